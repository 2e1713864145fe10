package mockserver

import (
	"net/url"
	"slices"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// book holds the interactions of a server, ready to be searched: a request
// meets first those of its own method and path, whatever their number.
type book struct {
	interactions []*contract.HTTP
	// byRoute lists, for a method and a literal path, the interactions that
	// expect exactly it, the most demanding first.
	byRoute map[route][]int
	// byRule lists, for a method, the interactions whose path is a rule.
	byRule map[string][]int
	// weight of each interaction: how many things it asks for.
	weight []int
}

type route struct{ method, path string }

func newBook(interactions []*contract.HTTP) *book {
	b := &book{
		interactions: interactions,
		byRoute:      make(map[route][]int, len(interactions)),
		byRule:       map[string][]int{},
		weight:       make([]int, len(interactions)),
	}
	for i, interaction := range interactions {
		expected := interaction.Request
		b.weight[i] = demands(expected)
		if len(expected.Rules[contract.CategoryPath]) > 0 {
			b.byRule[expected.Method] = append(b.byRule[expected.Method], i)
			continue
		}
		r := route{expected.Method, plainPath(expected.Path)}
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

// sort puts the interactions that ask for more first, so that a request that
// fits two goes to the one that knows it better; among equals file order rules.
func (b *book) sort(list []int) {
	slices.SortStableFunc(list, func(x, y int) int { return b.weight[y] - b.weight[x] })
}

// candidates returns the interactions worth matching against r fully: first
// those of its literal route, then those whose path is a rule.
func (b *book) candidates(r contract.Request) []int {
	literal := b.byRoute[route{r.Method, plainPath(r.Path)}]
	rules := b.byRule[r.Method]
	if len(rules) == 0 {
		return literal
	}
	return slices.Concat(literal, rules)
}

// demands counts what a request asks for beyond method and path.
func demands(r contract.Request) int {
	n := len(r.Headers)
	for _, values := range r.Query {
		n += len(values)
	}
	if r.Body.State == contract.BodyPresent {
		n += 1 + len(r.Body.Content)/64 // a larger example says more
	}
	return n
}

// plainPath undoes percent-encoding so that two spellings of a path meet in
// the index; matching has the last word.
func plainPath(path string) string {
	if plain, err := url.PathUnescape(path); err == nil {
		return plain
	}
	return path
}

// match compares one interaction with a request.
func (b *book) match(i int, r contract.Request) matching.Result {
	return matching.Request(b.interactions[i].Request, r)
}
