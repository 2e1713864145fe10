package picking

import (
	"fmt"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// checkVerificationQuery collects what is wrong with the selectors, each
// message with the index of its selector.
func checkVerificationQuery(tx kernel.Tx, q PactsForVerificationQuery) error {
	fields := postFields
	if q.Beta {
		fields = getFields
	}
	problems := kernel.Fields{}
	unknown := make([]bool, len(q.Selectors))
	if err := eachTogether(tx, q.Selectors, func(i int, s ConsumerVersionSelector) error {
		if s.Environment == "" {
			return nil
		}
		known, err := kernel.Exists(tx.FindEnvironmentByName(s.Environment))
		unknown[i] = !known
		return err
	}); err != nil {
		return err
	}
	for i, s := range q.Selectors {
		messages := s.problems(q.ProviderBranch)
		if unknown[i] {
			messages = append(messages, fmt.Sprintf("environment with name '%s' does not exist", s.Environment))
		}
		for _, m := range messages {
			problems.Add(fields.selectors, "%s (at index %d)", m, i)
		}
	}
	return problems.Err()
}

// given lists the names of what the selector sets, in two groups: what names a
// line of versions, and what names a place.
func (s ConsumerVersionSelector) given() (lines, places []string) {
	add := func(list *[]string, name string, given bool) {
		if given {
			*list = append(*list, name)
		}
	}
	add(&lines, "branch", s.Branch != "" || s.EveryBranch)
	add(&lines, "fallbackBranch", s.FallbackBranch != "")
	add(&lines, "fallbackTag", s.FallbackTag != "")
	add(&lines, "latest", s.Latest || s.NotLatest)
	add(&lines, "mainBranch", s.MainBranch)
	add(&lines, "matchingBranch", s.MatchingBranch)
	add(&lines, "tag", s.Tag != "")
	add(&places, "deployed", s.Deployed)
	add(&places, "deployedOrReleased", s.DeployedOrReleased)
	add(&places, "environment", s.Environment != "")
	add(&places, "released", s.Released)
	slices.Sort(lines)
	slices.Sort(places)
	return lines, places
}

// problems says what is wrong with the selector by itself.
func (s ConsumerVersionSelector) problems(providerBranch string) []string {
	lines, places := s.given()
	branch := s.Branch != "" || s.EveryBranch
	chooses := s.MainBranch || branch || s.MatchingBranch || s.Tag != "" || s.Latest || len(places) > 0
	beyondMain := len(places) > 0 || len(without(lines, "mainBranch", "latest")) > 0
	beyondMatching := len(places) > 0 || len(without(lines, "matchingBranch")) > 0
	var out []string
	for _, rule := range []struct {
		broken  bool
		message string
	}{
		{!chooses, "needs a tag, a branch or an environment, or one of mainBranch, matchingBranch, latest, deployed, released and deployedOrReleased set to true"},
		{s.MainBranch && beyondMain, "mainBranch goes with nothing but consumer"},
		{s.MainBranch && s.NotLatest, "mainBranch does not go with latest=false"},
		{s.MatchingBranch && beyondMatching, "matchingBranch goes with nothing but consumer"},
		{s.MatchingBranch && strings.TrimSpace(providerBranch) == "", "matchingBranch needs the branch of the provider, in providerVersionBranch"},
		{s.Tag != "" && branch, "takes a tag or a branch, not both"},
		{len(lines) > 0 && len(places) > 0, fmt.Sprintf("%s does not go with %s", strings.Join(lines, "/"), strings.Join(places, "/"))},
		{s.FallbackTag != "" && !s.Latest, "fallbackTag needs latest=true"},
		{s.FallbackTag != "" && s.Tag == "", "fallbackTag needs a tag that it falls back from"},
		{s.FallbackBranch != "" && !branch, "fallbackBranch needs a branch that it falls back from"},
		{s.FallbackBranch != "" && s.NotLatest, "fallbackBranch does not go with latest=false"},
		{branch && s.NotLatest, "branch does not go with latest=false"},
		{s.Deployed && s.Released, "takes deployed or released; for both, use deployedOrReleased"},
		{s.Deployed && s.DeployedOrReleased, "takes deployed or deployedOrReleased, not both"},
		{s.Released && s.DeployedOrReleased, "takes released or deployedOrReleased, not both"},
	} {
		if rule.broken {
			out = append(out, rule.message)
		}
	}
	return out
}

func without(list []string, names ...string) []string {
	var out []string
next:
	for _, item := range list {
		for _, name := range names {
			if item == name {
				continue next
			}
		}
		out = append(out, item)
	}
	return out
}

// checkQuestion refuses a question with more selectors, or more tags of the
// provider's version, than anybody asks with.
func (s *Service) checkQuestion(q PactsForVerificationQuery) error {
	fields, limits := kernel.Fields{}, s.Settings.Limits
	kernel.CheckCount(fields, "consumerVersionSelectors", len(q.Selectors), limits.Selectors, "selectors", "leave out those that find nothing, or ask in several questions")
	kernel.CheckCount(fields, "providerVersionTags", len(q.ProviderTags), limits.Tags, "tags", "name those that decide what is pending")
	return fields.BeyondLimit()
}
