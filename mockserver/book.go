package mockserver

import (
	"cmp"
	"slices"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
	"github.com/treatyhq/treaty/mockserver/internal/rank"
	"github.com/treatyhq/treaty/mockserver/internal/shelf"
)

// book holds the interactions of a server, ready to be searched: a request
// meets only those that may fit it, whatever their number.
type book struct {
	interactions []*contract.HTTP
	shelf        shelf.Shelf[int]
	ranks        []rank.Rank
}

func newBook(interactions []*contract.HTTP) *book {
	b := &book{interactions: interactions, ranks: make([]rank.Rank, len(interactions))}
	for i, interaction := range interactions {
		b.ranks[i] = rank.Of(interaction.Request)
		b.shelf.Put(i, interaction.Request, true)
	}
	return b
}

// sort puts the interactions that say most about a request first; of equals
// the one with the larger example, then file order.
func (b *book) sort(list []int) {
	size := func(i int) int { return len(b.interactions[i].Request.Body.Content) / 64 }
	slices.SortFunc(list, func(x, y int) int {
		return cmp.Or(b.ranks[x].Compare(b.ranks[y]), cmp.Compare(size(y), size(x)), cmp.Compare(x, y))
	})
}

// candidates returns the interactions worth matching against r fully.
func (b *book) candidates(r contract.Request) []int {
	return b.shelf.Find(shelf.Request{
		Method: r.Method, Path: r.Path, Query: r.Query,
		Body: func() (contract.Body, bool) { return r.Body, true },
	})
}

// match compares one interaction with a request.
func (b *book) match(i int, r Received) matching.Result {
	return r.Match(b.interactions[i].Request)
}
