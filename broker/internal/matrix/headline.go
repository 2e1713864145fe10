package matrix

import (
	"slices"

	"github.com/treatyhq/treaty/internal/wording"
)

// Headline is a decision as people are told it, in words and in colour. It
// differs from the verdict, which keeps to Pact Broker's answers, in two cases:
// a failure is a no even where something else is unknown besides, and a yes that
// rests on pacts which are missing is told as one to doubt.
type Headline int

// The headlines.
const (
	// HeadlineUnknown means that something that would decide is missing.
	HeadlineUnknown Headline = iota
	// HeadlineYes means yes.
	HeadlineYes
	// HeadlineDoubt means that nothing stands in the way, and that a version
	// which takes part has published no pact although earlier ones had.
	HeadlineDoubt
	// HeadlineNo means that something stands in the way.
	HeadlineNo
)

// Headline says what people are told.
func (d Decision) Headline() Headline { return Tell(d.Verdict, d.Counts, d.Explanations) }

// Tell is the headline of an answer that was kept.
func Tell(v Verdict, counts Counts, explanations []Explanation) Headline {
	// A failure counts as well where a filter keeps its row out of the counts.
	failed := counts.Failed > 0 || slices.ContainsFunc(explanations, func(e Explanation) bool { return e.Cause == CauseFailed && e.Blocking })
	switch {
	case v == NotDeployable, v == Unknown && failed:
		return HeadlineNo
	case v == Unknown:
		return HeadlineUnknown
	}
	for _, e := range explanations {
		if e.Doubt {
			return HeadlineDoubt
		}
	}
	return HeadlineYes
}

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
