package mockserver

import (
	"github.com/treatyhq/treaty/matching"
	"github.com/treatyhq/treaty/mockserver/internal/rank"
)

// choice is the outcome for one request.
type choice struct {
	// matches are the interactions that fit the request and say most about it
	// (package rank); several only where they say equally much.
	matches []int
	// nearest is the interaction nearest to a request that nothing matched;
	// -1 when there are no interactions.
	nearest int
	// result holds what the nearest interaction found different.
	result matching.Result
}

// choose finds the interactions that fit r. Without a full match it finds the
// nearest one.
func (b *book) choose(r Received) choice {
	var matches []int
	for _, i := range b.candidates(r.Request) {
		if b.match(i, r).OK() {
			matches = append(matches, i)
		}
	}
	if len(matches) > 0 {
		return b.best(matches)
	}
	return b.nearest(r)
}

func (b *book) best(matches []int) choice {
	b.sort(matches)
	return choice{matches: rank.Best(matches, func(i int) rank.Rank { return b.ranks[i] }), nearest: -1}
}

// pick takes one of the matches, which say equally much about the request:
// one that was not played yet goes first, so that a test can ask the same in
// two provider states.
func (c choice) pick(played []int) int {
	for _, i := range c.matches {
		if played[i] == 0 {
			return i
		}
	}
	return c.matches[0]
}
