package matrix

import (
	"slices"
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

// PageHeadline is the headline on pages, where a yes that rests on a success which its own
// tests do not bear out is one to doubt too.
func (d Decision) PageHeadline() Headline {
	if h := d.Headline(); h != HeadlineYes || d.Doubtful == 0 {
		return h
	}
	return HeadlineDoubt
}

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
