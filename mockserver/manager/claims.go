package manager

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/treatyhq/treaty/contract"
)

// claims are what the drafts of this master say now. The file of a pact cannot
// tell an expectation that was edited from two that are called the same: here a
// draft takes back what it said before when a mock server is made of it anew.
// The zero value is ready; it is safe for concurrent use.
type claims struct {
	mu sync.Mutex
	// kept are the interactions that were written, by pact and draft.
	kept map[parties]map[string][]contract.Interaction
}

type parties struct{ consumer, provider string }

func partiesOf(p *contract.Pact) parties { return parties{p.Consumer, p.Provider} }

// describe notes that draft is p now: what it was before is nobody's claim.
func (c *claims) describe(p *contract.Pact, draft string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ours := newLookup(p.Interactions)
	drafts := c.kept[partiesOf(p)]
	if stands := slices.DeleteFunc(slices.Clone(drafts[draft]), func(i contract.Interaction) bool { return !ours.has(i) }); len(stands) > 0 {
		drafts[draft] = stands
	} else {
		delete(drafts, draft)
	}
}

// check returns a [*TwinError] if writing p would replace what another draft
// says in another way.
func (c *claims) check(p *contract.Pact, draft string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	ours := newLookup(p.Interactions)
	drafts := c.kept[partiesOf(p)]
	for _, other := range slices.Sorted(maps.Keys(drafts)) {
		if other == draft {
			continue
		}
		for _, i := range drafts[other] {
			if ours.replaces(i) {
				return &TwinError{Interaction: i, Draft: other}
			}
		}
	}
	return nil
}

// keep notes that p of draft was written. Of a pact that comes from nowhere
// nobody can tell whether it was edited, so it claims nothing.
func (c *claims) keep(p *contract.Pact, draft string) {
	if draft == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := partiesOf(p)
	if c.kept == nil {
		c.kept = map[parties]map[string][]contract.Interaction{}
	}
	if c.kept[key] == nil {
		c.kept[key] = map[string][]contract.Interaction{}
	}
	c.kept[key][draft] = slices.Clone(p.Interactions)
}

// TwinError tells that two drafts describe one interaction in two ways.
type TwinError struct {
	// Interaction is what the other draft says.
	Interaction contract.Interaction
	// Draft is the name of the other draft.
	Draft string
}

// Error says which interaction it is and what to do about it.
func (e *TwinError) Error() string {
	var states []string
	for _, s := range e.Interaction.Base().States {
		states = append(states, fmt.Sprintf("%q", s.Name))
	}
	given := ""
	if len(states) > 0 {
		given = " given " + strings.Join(states, " and ")
	}
	return fmt.Sprintf("the pact is not written: it describes %q%s in another way than the draft %s, which would be lost. "+
		"If the two mean different things, give them different descriptions or provider states. "+
		"If it is one expectation that was edited in both drafts, make a mock server of %s anew and verify this one again",
		e.Interaction.Base().Description, given, e.Draft, e.Draft)
}

// lookup finds the interactions that merging takes for the same as another one.
type lookup struct {
	byKey  map[string][]contract.Interaction
	byName map[string][]contract.Interaction
}

func newLookup(list []contract.Interaction) lookup {
	l := lookup{map[string][]contract.Interaction{}, map[string][]contract.Interaction{}}
	for _, i := range list {
		name := contract.Identity(i)
		l.byName[name] = append(l.byName[name], i)
		if key := i.Base().Key; key != "" {
			l.byKey[key] = append(l.byKey[key], i)
		}
	}
	return l
}

// same lists those that are the same expectation as i, as [contract.Merge] sees it.
func (l lookup) same(i contract.Interaction) []contract.Interaction {
	key := i.Base().Key
	if list := l.byKey[key]; len(list) > 0 {
		return list
	}
	return slices.DeleteFunc(slices.Clone(l.byName[contract.Identity(i)]), func(other contract.Interaction) bool {
		return key != "" && other.Base().Key != ""
	})
}

// has reports whether i is one of them as it is.
func (l lookup) has(i contract.Interaction) bool {
	return slices.ContainsFunc(l.same(i), func(other contract.Interaction) bool { return alike(i, other) })
}

// replaces reports whether i is one of them, and none is as it is.
func (l lookup) replaces(i contract.Interaction) bool { return len(l.same(i)) > 0 && !l.has(i) }

// alike reports whether two interactions are the same in a file.
func alike(a, b contract.Interaction) bool {
	x, errX := contract.EncodeInteraction(a, contract.V4, contract.V4)
	y, errY := contract.EncodeInteraction(b, contract.V4, contract.V4)
	if errX != nil || errY != nil {
		return reflect.DeepEqual(a, b)
	}
	return string(x) == string(y)
}
