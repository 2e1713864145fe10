package matrix

import (
	"slices"

	"github.com/treatyhq/treaty/internal/wording"
)

// Dropped is a provider that an earlier version of the same consumer has a pact
// with, and the version itself has none.
type Dropped struct {
	ConsumerVersion int64
	Provider        Pacticipant
	// All says that the version has no pact with anybody.
	All bool
}

// explainDropped tells of the asked versions which pacts they no longer have.
// A version that dropped one provider of several may have meant it; one that
// published nothing at all was rather forgotten by its build.
func (d *decider) explainDropped() []Explanation {
	byVersion := map[int64][]Dropped{}
	for _, gone := range d.Dropped {
		if !d.ignores(gone.Provider.ID, nil) {
			byVersion[gone.ConsumerVersion] = append(byVersion[gone.ConsumerVersion], gone)
		}
	}
	var out []Explanation
	for _, s := range d.Specified {
		gone := byVersion[s.Found.ID]
		if s.Finding != OneVersion || s.Ignored || len(gone) == 0 {
			continue
		}
		delete(byVersion, s.Found.ID) // two selectors may stand for one version
		out = append(out, explainDroppedOf(s, gone))
	}
	return out
}

func explainDroppedOf(s Resolved, gone []Dropped) Explanation {
	names := make([]string, len(gone))
	for i, g := range gone {
		names[i] = g.Provider.Name
	}
	slices.Sort(names)
	e := Explanation{
		Cause: CauseDropped, Doubt: gone[0].All, Consumer: s.Name, ConsumerVersion: s.Found.Number, Owner: s.Name,
		Sentence: "Version " + s.Found.Number + " of " + s.Name + " has no pact with " + wording.List(names, "and") + ", which earlier versions had.",
		NextStep: "Nothing, if " + s.Name + " no longer uses " + wording.List(names, "and") + ". Otherwise publish the pacts of this version.",
		Steps:    []Step{{Do: Publish, Application: s.Name, Version: s.Found.Number}},
	}
	if len(gone) == 1 {
		e.Provider = gone[0].Provider.Name
	}
	if e.Doubt {
		e.Sentence = "Version " + s.Found.Number + " of " + s.Name + " has published no pact at all. Earlier versions had pacts with " + wording.List(names, "and") + "."
	}
	return e
}
