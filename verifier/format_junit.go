package verifier

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/treatyhq/treaty/internal/junit"
)

// WriteJUnit writes the report as JUnit XML: a suite for each pact, a case for
// each interaction. Pending failures and what was not run are skipped cases;
// problems outside any interaction are a suite of their own. The error is that of
// w.
func WriteJUnit(w io.Writer, r Report) error {
	out := junit.Suites{Name: "Pact verification of " + nameOr(r.Provider, "provider"), Time: junit.Seconds(r.Duration)}
	for _, p := range r.Pacts {
		out.Add(junitSuiteOf(p, r.Started))
	}
	if len(r.Problems) > 0 {
		out.Add(junitProblems(r.Problems))
	}
	return junit.Write(w, out)
}

func junitSuiteOf(p PactReport, started time.Time) junit.Suite {
	suite := junit.Suite{Name: p.Consumer + " → " + p.Provider, Timestamp: started.UTC().Format("2006-01-02T15:04:05")}
	var total time.Duration
	for _, i := range p.Interactions {
		total += i.Duration
		c := junit.Case{Name: i.Title(), Class: p.Consumer + "." + p.Provider, Time: junit.Seconds(i.Duration)}
		detail := &junit.Detail{Message: headline(i), Text: xmlText(interactionText(p.Consumer, p.Provider, i))}
		switch {
		case i.Outcome == Passed:
		case i.Outcome == NotRun:
			c.Skipped = &junit.Detail{Message: "not run: the run was stopped"}
		case i.Pending && !i.Untried:
			detail.Message = "pending: " + detail.Message
			c.Skipped = detail
		case i.Outcome == Failed:
			c.Failure = detail
		default:
			c.Error = detail
		}
		suite.Add(c)
	}
	suite.Time = junit.Seconds(total)
	return suite
}

func junitProblems(problems []string) junit.Suite {
	suite := junit.Suite{Name: "verification", Time: junit.Seconds(0)}
	for _, problem := range problems {
		first, _, _ := strings.Cut(problem, "\n")
		suite.Add(junit.Case{
			Name: "loading and publishing", Class: "verification", Time: junit.Seconds(0),
			Error: &junit.Detail{Message: xmlText(first), Text: xmlText(problem)},
		})
	}
	return suite
}

// problemOf is the problem of an interaction with what it means, for readers who
// see only a red mark beside it.
func problemOf(i InteractionReport) string {
	if i.Untried {
		return "could not be tried: " + i.Problem
	}
	return i.Problem
}

// headline is what is wrong with an interaction in one line.
func headline(i InteractionReport) string {
	if len(i.Mismatches) == 0 {
		first, _, _ := strings.Cut(problemOf(i), "\n")
		return xmlText(first)
	}
	text := place(i.Mismatches[0]) + ": " + i.Mismatches[0].Why
	if more := len(i.Mismatches) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return xmlText(strings.ReplaceAll(text, "\n", " "))
}

// xmlText takes out what XML 1.0 cannot carry.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
