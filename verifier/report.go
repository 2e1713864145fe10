package verifier

import (
	"fmt"
	"strings"
	"time"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// Report says what a verification found. It is plain data: [WriteText],
// [WriteJSON], [WriteJUnit], [WriteGitHub] and [WriteHTML] put it into words.
type Report struct {
	// Provider is the name of the provider that was verified; Version its
	// version number, if told.
	Provider string
	Version  string
	// Target is the address of the provider without secrets, "in process", or
	// empty where only handlers of messages were asked.
	Target string
	// Pacts in the order of the sources.
	Pacts []PactReport
	// Problems are what went wrong outside any interaction: a pact that could
	// not be loaded, results that could not be published. One is enough for
	// the run not to be a success.
	Problems []string
	// Warnings do not change the verdict.
	Warnings []string
	// Filtered is true when interactions were left out by a filter or by
	// go test -run. Such a run is never published.
	Filtered bool
	// Started and Duration of the whole run, publishing included.
	Started  time.Time
	Duration time.Duration
}

// PactReport is the part of a [Report] about one pact.
type PactReport struct {
	// Consumer and Provider are the names in the pact.
	Consumer string
	Provider string
	// Source is the file or URL the pact came from, without secrets.
	Source string
	// Pending is true if the broker says that failures of this pact must not
	// fail the build; WIP if it is a work-in-progress pact.
	Pending bool
	WIP     bool
	// Notices of the broker for people, those that fit the outcome.
	Notices []string
	// Interactions in file order, without those that were filtered out.
	Interactions []InteractionReport
	// Published is the URL of the verification result in the broker, empty if
	// none was published.
	Published string
}

// Outcome is what became of an interaction.
type Outcome string

// The outcomes of an interaction.
const (
	// Passed means that the answer matches, or that nothing is asked of it.
	Passed Outcome = "passed"
	// Failed means that the provider answered and the answer does not match.
	Failed Outcome = "failed"
	// Errored means that there was no answer to compare.
	Errored Outcome = "error"
	// NotRun means that the run was stopped before.
	NotRun Outcome = "not run"
)

// InteractionReport is the part of a [Report] about one interaction.
type InteractionReport struct {
	// ID is the broker's "_id"; Key that of a V4 file. Both may be empty.
	ID, Key string
	// Description, States and Kind are those in the pact.
	Description string
	States      []contract.ProviderState
	Kind        contract.Kind
	// Pending is true if the interaction or its whole pact is pending.
	Pending bool
	// Outcome is what became of it, whether it is pending or not.
	Outcome Outcome
	// Untried is true for an interaction in error of which nothing was learned:
	// the provider, or what sets up its states, was not reached. It fails the
	// run even where it is pending, and keeps the pact's result from being
	// published unless another interaction has failed.
	Untried bool
	// silent is the peer that accepted a request and gave no whole answer.
	silent *peer
	// Mismatches of a failed interaction, in the order of [matching.Result].
	Mismatches []matching.Mismatch
	// Problem of an interaction in error, as sentences with the next step.
	Problem string
	// Warnings do not change the outcome.
	Warnings []string
	// missing are the states without a handler that were warned of.
	missing []*missingStateError
	// Request is what was sent, for HTTP; nil for messages and when it did not
	// come to that. Secrets of custom headers are not in it.
	Request *SentRequest
	// TestName, Comments and References are the V4 comments of the consumer's
	// author.
	TestName   string
	Comments   []string
	References []contract.Reference
	// Duration is what it took, with its provider states.
	Duration time.Duration
}

// Counts are the numbers of interactions by outcome. Failed and Errors are
// without the pending ones, which are in Pending.
type Counts struct {
	// Total is the sum of Passed, Failed, Errors, NotRun and Pending.
	Total, Passed, Failed, Errors, NotRun int
	// Untried counts those of Errors that could not be tried, pending or not.
	Untried int
	// Pending counts failures and errors that do not fail the run.
	Pending int
}

// Counts adds up the interactions of all pacts by their outcome.
func (r Report) Counts() Counts {
	var c Counts
	for _, p := range r.Pacts {
		for _, i := range p.Interactions {
			c.add(i)
		}
	}
	return c
}

func (c *Counts) add(i InteractionReport) {
	c.Total++
	switch {
	case i.Outcome == Passed:
		c.Passed++
	case i.Outcome == NotRun:
		c.NotRun++
	case i.Untried:
		c.Errors++
		c.Untried++
	case i.Pending:
		c.Pending++
	case i.Outcome == Failed:
		c.Failed++
	default:
		c.Errors++
	}
}

// OK reports whether the run is a success: nothing failed but pending
// interactions, everything was tried, and nothing else went wrong.
func (r Report) OK() bool {
	c := r.Counts()
	return c.Failed == 0 && c.Errors == 0 && c.NotRun == 0 && len(r.Problems) == 0
}

// TookPlace reports whether the provider was there to be verified. It is false
// when interactions could not be tried and nothing else counts against it.
func (r Report) TookPlace() bool {
	c := r.Counts()
	return c.Untried == 0 || c.Failed > 0 || c.Errors > c.Untried
}

// complete reports whether everything was tried, and nothing went wrong beside
// the interactions.
func (r Report) complete() bool {
	c := r.Counts()
	return c.Untried == 0 && c.NotRun == 0 && len(r.Problems) == 0
}

// LeftToGate reports whether everything that failed is known to the broker, so
// that a later can-i-deploy can decide: each pact that was broken has its
// result published, and nothing else went wrong.
func (r Report) LeftToGate() bool {
	if !r.complete() {
		return false
	}
	for _, p := range r.Pacts {
		if !p.OK() && p.Published == "" {
			return false
		}
	}
	return true
}

// Err returns nil if the run is a success, and a [*FailedError] otherwise, to be
// asked with errors.Is.
func (r Report) Err() error {
	if r.OK() {
		return nil
	}
	return &FailedError{Report: r}
}

// Summary returns the numbers of the run in one line: interactions, pacts,
// problems.
func (r Report) Summary() string {
	c := r.Counts()
	parts := []string{fmt.Sprintf("%s, %d passed", count(c.Total, "interaction"), c.Passed)}
	for _, more := range []struct {
		n    int
		text string
	}{
		{c.Failed, fmt.Sprintf("%d failed", c.Failed)},
		{c.Errors - c.Untried, fmt.Sprintf("%d in error", c.Errors-c.Untried)},
		{c.Untried, fmt.Sprintf("%d could not be tried", c.Untried)},
		{c.NotRun, fmt.Sprintf("%d not run", c.NotRun)},
		{c.Pending, fmt.Sprintf("%d pending and not counted", c.Pending)},
		{len(r.Problems), count(len(r.Problems), "other problem")},
	} {
		if more.n > 0 {
			parts = append(parts, more.text)
		}
	}
	return fmt.Sprintf("%s against %s: %s", nameOr(r.Provider, "provider"), count(len(r.Pacts), "pact"), strings.Join(parts, ", "))
}

// OK reports whether every interaction of the pact has passed or is pending.
func (p PactReport) OK() bool {
	var c Counts
	for _, i := range p.Interactions {
		c.add(i)
	}
	return c.Failed == 0 && c.Errors == 0 && c.NotRun == 0
}

// verdict reports whether the pact is kept, and whether that is known: one
// failure is enough for a no, a yes needs all interactions. That is what a
// broker is told, also of pending ones: what does not fail a build must not
// open the gate either.
func (p PactReport) verdict() (kept, known bool) {
	kept = true
	for _, i := range p.Interactions {
		switch {
		case i.Outcome == Passed:
		case i.Untried, i.Outcome == NotRun:
			kept = false
		default:
			return false, true
		}
	}
	return kept, kept
}

// Title returns what people call the interaction: its description and the names of
// its provider states.
func (i InteractionReport) Title() string {
	return title(i.Description, i.States)
}

func title(description string, states []contract.ProviderState) string {
	var b strings.Builder
	b.WriteString(nameOr(description, "(no description)"))
	for n, s := range states {
		if n == 0 {
			b.WriteString(", given ")
		} else {
			b.WriteString(" and ")
		}
		b.WriteString(s.Name)
	}
	return b.String()
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func nameOr(name, other string) string {
	if name == "" {
		return other
	}
	return name
}
