package matrix

import (
	"cmp"
	"maps"
	"slices"
)

// Meeting is a pact of a pair with what became of it, in one place.
type Meeting struct {
	Consumer, Provider Pacticipant
	// Place is the environment in which the two meet; "" is among the newest
	// versions.
	Place   string
	Outcome Outcome
}

// Meetings are the pacts of newest versions with the newest versions of their
// providers and, in each environment, of what is there with what is there. A pair
// that meets several times in one place has the worst outcome of all: what failed
// counts before what is not proven.
func (b *Board) Meetings() []Meeting {
	type key struct {
		consumer, provider int64
		place              string
	}
	worst := map[key]Meeting{}
	meet := func(place string, p Publication, outcome Outcome) {
		at := key{p.Consumer.ID, p.Provider.ID, place}
		if known, met := worst[at]; !met || badness(outcome) > badness(known.Outcome) {
			worst[at] = Meeting{p.Consumer, p.Provider, place, outcome}
		}
	}
	for _, head := range b.heads {
		for _, p := range b.pacts[head.ID] {
			meet("", p, b.outcome(p, b.heads[p.Provider.ID])) // a provider that nobody knows has proven nothing
		}
	}
	for place, there := range b.live {
		for _, v := range slices.Concat(slices.Collect(maps.Values(there))...) {
			for _, p := range b.pacts[v.ID] {
				for _, provider := range there[p.Provider.ID] {
					meet(place, p, b.outcome(p, provider))
				}
			}
		}
	}
	out := slices.Collect(maps.Values(worst))
	slices.SortFunc(out, compareMeetings)
	return out
}

func (b *Board) outcome(p Publication, v Version) Outcome {
	result, known := b.results[Pair{p.ContentID, v.ID}]
	switch {
	case !known:
		return Unverified
	case !result.Success, result.Telling == TestFailed:
		return Failed
	case result.doubtful():
		return Unverified
	}
	return Passed
}

// badness puts what failed before what is not proven, and that before what holds.
func badness(o Outcome) int {
	switch o {
	case Failed:
		return 3
	case Unverified:
		return 2
	default:
		return 1
	}
}

func compareMeetings(a, b Meeting) int {
	return cmp.Or(cmp.Compare(a.Consumer.Name, b.Consumer.Name), cmp.Compare(a.Provider.Name, b.Provider.Name), cmp.Compare(a.Place, b.Place))
}
