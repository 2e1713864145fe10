package mockserver

import (
	"cmp"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
	"github.com/treatyhq/treaty/mockserver/internal/rank"
)

// book holds the interactions of a server, ready to be searched: a request
// meets first those of its own method and path, whatever their number.
type book struct {
	interactions []*contract.HTTP
	// byRoute lists, for a method and a literal path ([RouteOf]), the
	// interactions that expect exactly it, the most demanding first.
	byRoute map[string][]int
	// byRule lists, for a method, the interactions whose path is a rule.
	byRule map[string][]int
	ranks  []rank.Rank
}

func newBook(interactions []*contract.HTTP) *book {
	b := &book{
		interactions: interactions,
		byRoute:      make(map[string][]int, len(interactions)),
		byRule:       map[string][]int{},
		ranks:        make([]rank.Rank, len(interactions)),
	}
	for i, interaction := range interactions {
		expected := interaction.Request
		b.ranks[i] = rank.Of(expected)
		if rank.ByRule(expected.Rules, contract.CategoryPath) {
			method := strings.ToUpper(expected.Method)
			b.byRule[method] = append(b.byRule[method], i)
			continue
		}
		r := RouteOf(expected.Method, expected.Path)
		b.byRoute[r] = append(b.byRoute[r], i)
	}
	for _, list := range b.byRoute {
		b.sort(list)
	}
	for _, list := range b.byRule {
		b.sort(list)
	}
	return b
}

// sort puts the interactions that say most about a request first; of equals
// the one with the larger example, then file order.
func (b *book) sort(list []int) {
	size := func(i int) int { return len(b.interactions[i].Request.Body.Content) / 64 }
	slices.SortStableFunc(list, func(x, y int) int {
		return cmp.Or(b.ranks[x].Compare(b.ranks[y]), cmp.Compare(size(y), size(x)))
	})
}

// candidates returns the interactions worth matching against r fully: first
// those of its literal route, then those whose path is a rule.
func (b *book) candidates(r contract.Request) []int {
	literal := b.byRoute[RouteOf(r.Method, r.Path)]
	rules := b.byRule[r.Method]
	if len(rules) == 0 {
		return literal
	}
	return slices.Concat(literal, rules)
}

// match compares one interaction with a request.
func (b *book) match(i int, r Received) matching.Result {
	return r.Match(b.interactions[i].Request)
}
