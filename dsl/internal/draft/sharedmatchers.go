package draft

import (
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// sharedList says why an example of several elements may not fit matchers that
// each fit one of them. Pact's own libraries write the same rules, which no
// provider can keep, and their mock server refuses the example, too.
const sharedList = "\nThe elements of a list that stands in a matcher, such as Like([]any{…}), share their matchers: each is held to those of all. " +
	"Where each place has a matcher of its own, give the list without one around it; for elements in any place, use ArrayContaining"

// sharesMatchers reports whether elements of one list in i brought several
// matchers for one place.
func sharesMatchers(i contract.Interaction) bool {
	for _, rules := range ruleSets(i) {
		for path, list := range rules[contract.CategoryBody] {
			if len(list.Rules) > 1 && strings.Contains(path, "[*]") {
				return true
			}
		}
	}
	return false
}

func ruleSets(i contract.Interaction) []contract.RuleSet {
	switch i := i.(type) {
	case *contract.HTTP:
		return []contract.RuleSet{i.Request.Rules, i.Response.Rules}
	case *contract.AsyncMessage:
		return []contract.RuleSet{i.Message.Rules}
	case *contract.SyncMessage:
		sets := []contract.RuleSet{i.Request.Rules}
		for _, response := range i.Responses {
			sets = append(sets, response.Rules)
		}
		return sets
	default:
		return nil
	}
}
