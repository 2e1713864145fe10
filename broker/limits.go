package broker

import (
	"fmt"
	"slices"
)

// Limits bound what one request, or the history of one version, may make the
// broker do at once: the work of publishing is the product of the pacts and of
// what their version is called. They are far above what builds need; 0 is none.
type Limits struct {
	// Contracts is how many contracts a request may publish.
	Contracts int
	// Tags and Branches are how many a version may have.
	Tags     int
	Branches int
	// Selectors is how many selectors a question may name.
	Selectors int
}

// DefaultLimits returns the limits of a broker that nobody configured.
func DefaultLimits() Limits {
	return Limits{Contracts: 300, Tags: 100, Branches: 100, Selectors: 500}
}

// checkCount notes what goes beyond a limit; 0 is none. advice says what to do.
func checkCount(fields Fields, field string, n, limit int, what, advice string) {
	if limit > 0 && n > limit {
		fields.Add(field, "has %d %s, but %d are the most that this broker takes: %s", n, what, limit, advice)
	}
}

const adviceTags = "give each build a version of its own, and take off tags that nobody asks for"

// checkTagCount refuses to give a version more tags than it may have.
func (s *Service) checkTagCount(tx Tx, v Version, names []string) error {
	limit := s.Settings.Limits.Tags
	if limit <= 0 {
		return nil
	}
	present, err := tx.CountTags(v.ID)
	if err != nil || present+len(names) <= limit {
		return err
	}
	tags, err := tx.TagsOf([]int64{v.ID})
	if err != nil {
		return err
	}
	n := len(unique(append(tagNames(tags[v.ID]), names...)))
	fields := Fields{}
	checkCount(fields, "tags", n, limit, fmt.Sprintf("tags for version %s", v.Number), adviceTags)
	return fields.Err()
}

// checkQuestion refuses a question with more selectors, or more tags of the
// provider's version, than anybody asks with.
func (s *Service) checkQuestion(q PactsForVerificationQuery) error {
	fields, limits := Fields{}, s.Settings.Limits
	checkCount(fields, "consumerVersionSelectors", len(q.Selectors), limits.Selectors, "selectors", "leave out those that find nothing, or ask in several questions")
	checkCount(fields, "providerVersionTags", len(q.ProviderTags), limits.Tags, "tags", "name those that decide what is pending")
	return fields.Err()
}

// checkBranchCount refuses to put a version on more branches than it may be on.
func (s *Service) checkBranchCount(tx Tx, v Version, branch string) error {
	limit := s.Settings.Limits.Branches
	if limit <= 0 {
		return nil
	}
	present, err := tx.CountBranches(v.ID)
	if err != nil || present < limit {
		return err
	}
	branches, err := tx.BranchesOf([]int64{v.ID})
	if err != nil || slices.ContainsFunc(branches[v.ID], func(b BranchVersion) bool { return b.Branch == branch }) {
		return err
	}
	fields := Fields{}
	checkCount(fields, "branch", present+1, limit, fmt.Sprintf("branches for version %s", v.Number), "give each build a version of its own")
	return fields.Err()
}
