// Package rank orders interactions that fit the same request: the one that
// says most about it answers.
//
//  1. An exact path comes before a path by rule.
//  2. More query parameters come before fewer, then more exact ones.
//  3. More headers come before fewer, then more exact ones.
//  4. A body comes before none: an exact one, then one by rules, then the
//     demand that there is none.
package rank

import (
	"cmp"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// Rank says how much a request demands, in the order of the rules. Ranks are
// equal by ==.
type Rank struct {
	path                  int // 1
	queries, exactQueries int // 2
	headers, exactHeaders int // 3
	body                  int // 4
}

// Of returns the rank of an expected request.
func Of(r contract.Request) Rank {
	rank := Rank{path: 1, body: bodyRank(r)}
	if ByRule(r.Rules, contract.CategoryPath) {
		rank.path = 0
	}
	rank.queries, rank.exactQueries = count(r.Query, r.Rules[contract.CategoryQuery])
	rank.headers, rank.exactHeaders = count(r.Headers, r.Rules[contract.CategoryHeader])
	return rank
}

// Compare is negative if r comes before other.
func (r Rank) Compare(other Rank) int {
	return cmp.Or(
		cmp.Compare(other.path, r.path),                                                        // 1
		cmp.Compare(other.queries, r.queries), cmp.Compare(other.exactQueries, r.exactQueries), // 2
		cmp.Compare(other.headers, r.headers), cmp.Compare(other.exactHeaders, r.exactHeaders), // 3
		cmp.Compare(other.body, r.body), // 4
	)
}

// ByRule reports whether a category has rules at all.
func ByRule(rules contract.RuleSet, category contract.Category) bool {
	for _, list := range rules[category] {
		if len(list.Rules) > 0 {
			return true
		}
	}
	return false
}

// count returns how many names there are, and how many of them have no rule.
func count(values contract.Values, rules map[string]contract.RuleList) (all, exact int) {
	for name := range values {
		all++
		if !ruled(name, rules) {
			exact++
		}
	}
	return all, exact
}

// ruled reports whether a rule is for name, or for one of its values as "name[0]".
func ruled(name string, rules map[string]contract.RuleList) bool {
	for key, list := range rules {
		if len(list.Rules) == 0 {
			continue
		}
		if plain, _, _ := strings.Cut(key, "["); strings.EqualFold(key, name) || strings.EqualFold(plain, name) {
			return true
		}
	}
	return false
}

func bodyRank(r contract.Request) int {
	switch {
	case r.Body.State == contract.BodyMissing:
		return 0
	case r.Body.State != contract.BodyPresent:
		return 1
	case ByRule(r.Rules, contract.CategoryBody):
		return 2
	default:
		return 3
	}
}

// Best returns the items of the first rank among items, in their order.
func Best[T any](items []T, of func(T) Rank) []T {
	if len(items) < 2 {
		return items
	}
	first := of(slices.MinFunc(items, func(a, b T) int { return of(a).Compare(of(b)) }))
	return slices.DeleteFunc(slices.Clone(items), func(item T) bool { return of(item) != first })
}
