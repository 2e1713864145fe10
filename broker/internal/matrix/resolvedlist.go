package matrix

import "iter"

// shortList is how many resolved selectors are gone through where one is looked for.
const shortList = 16

// resolvedList is a list of resolved selectors in which those of a pacticipant are
// found. A question about an environment has as many as there are applications, and
// looks for them for each pact: then there is an index.
type resolvedList struct {
	all []Resolved
	at  map[int64][]int // nil where the list is short
}

func newResolvedList(all []Resolved) resolvedList {
	l := resolvedList{all: all}
	if len(all) > shortList {
		l.at = make(map[int64][]int, len(all))
		for i := range all {
			l.at[all[i].PacticipantID] = append(l.at[all[i].PacticipantID], i)
		}
	}
	return l
}

// of returns those of a pacticipant, in their order.
func (l resolvedList) of(pacticipantID int64) iter.Seq[*Resolved] {
	return func(yield func(*Resolved) bool) {
		if l.at != nil {
			for _, i := range l.at[pacticipantID] {
				if !yield(&l.all[i]) {
					return
				}
			}
			return
		}
		for i := range l.all {
			if l.all[i].PacticipantID == pacticipantID && !yield(&l.all[i]) {
				return
			}
		}
	}
}
