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
	return Limits{Contracts: 300, Tags: 500, Branches: 100, Selectors: 500}
}

// checkCount notes what goes beyond a limit; 0 is none. advice says what to do.
func checkCount(fields Fields, field string, n, limit int, what, advice string) {
	if limit > 0 && n > limit {
		fields.Add(field, "has %d %s, but %d are the most that this broker takes: %s", n, what, limit, advice)
	}
}

// mostTagged is how many pacts times tags one publication may write, if neither
// is without limit: each tag is a row of each pact, and a row takes time.
const mostTagged = 30_000

// checkTagged notes what goes beyond mostTagged.
func (l Limits) checkTagged(fields Fields, contracts, tags int) {
	if l.Contracts > 0 && l.Tags > 0 && contracts*tags > mostTagged {
		fields.Add("tags", "are %d for %d contracts, which is more than this broker writes at once: publish the contracts in several requests, or with fewer tags", tags, contracts)
	}
}

const adviceTags = "give each build a version of its own, and take off tags that nobody asks for"

// checkTagCount refuses to give a version more tags than it may have. What it
// has already, from a time without a limit or with another, it keeps.
func (s *Service) checkTagCount(tx Tx, v Version, isNew bool, names []string) error {
	limit := s.Settings.Limits.Tags
	if limit <= 0 {
		return nil
	}
	var present []string
	if !isNew { // most versions have few: those are only counted
		n, err := tx.CountTags(v.ID)
		if err != nil || n+len(names) <= limit {
			return err
		}
		tags, err := tx.TagsOf([]int64{v.ID})
		if err != nil {
			return err
		}
		present = tagNames(tags[v.ID])
	}
	fields := Fields{}
	n := len(unique(append(present, names...)))
	if n == len(present) {
		return nil
	}
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
