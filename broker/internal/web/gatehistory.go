package web

import (
	"context"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/internal/wording"
)

// answersOnGate is how many kept answers the page of the gate shows.
const answersOnGate = 10

// answerRow is an answer that the gate has given to somebody who asked.
type answerRow struct {
	Version string
	To      string
	// Ignoring says what was left out of the answer.
	Ignoring string
	Status   status
	Given    moment
	Times    string
	// Asker is who asked, Build the address of the build that did.
	Asker string
	Build string
}

// history lists the newest answers about an application. Pages add none to it.
func (w *web) history(ctx context.Context, application string) ([]answerRow, error) {
	kept, err := w.service.Gate.ListGateAnswers(ctx, kernel.GateHistoryQuery{Pacticipant: application, Limit: answersOnGate})
	if err != nil {
		return nil, err
	}
	var rows []answerRow
	for _, a := range kept {
		row := answerRow{
			Version: askedWords(application, a.Question), To: targetWords(a.Question.Target), Status: headlineStatus(matrix.Tell(a.Verdict, a.Counts, a.Explanations)),
			Given: w.moment(a.LastAt), Asker: a.Question.Asker.Principal, Build: a.Question.Asker.BuildURL,
		}
		if ignored := a.Question.Ignore; len(ignored) > 0 {
			row.Ignoring = "ignoring " + joinSelectors(ignored)
		}
		if a.Times > 1 {
			row.Times = wording.Count(a.Times, "time")
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// askedWords say which versions of the application were asked about, and
// together with what.
func askedWords(application string, q kernel.GateQuestion) string {
	var own, others []matrix.Selector
	for _, s := range q.Selectors {
		if s.Pacticipant == application {
			own = append(own, s)
		} else {
			others = append(others, s)
		}
	}
	var versions []string
	for _, s := range own {
		versions = append(versions, selectorWords(s))
	}
	out := strings.Join(versions, " and ")
	if len(others) > 0 {
		out += " with " + joinSelectors(others)
	}
	return out
}

// joinSelectors names versions of several applications.
func joinSelectors(list []matrix.Selector) string {
	var out []string
	for _, s := range list {
		out = append(out, strings.TrimSpace(s.Pacticipant+" "+selectorWords(s)))
	}
	return strings.Join(out, ", ")
}

// selectorWords say which version was asked about.
func selectorWords(s matrix.Selector) string {
	var words []string
	for _, part := range []struct {
		given bool
		text  string
	}{
		{s.Version != "", short(s.Version)}, {s.MainBranch, "main branch"}, {s.Branch != "", "branch " + s.Branch},
		{s.Tag != "", "tag " + s.Tag}, {s.Environment != "", "in " + s.Environment}, {s.Latest && s == matrix.Selector{Pacticipant: s.Pacticipant, Latest: true}, "latest"},
	} {
		if part.given {
			words = append(words, part.text)
		}
	}
	return strings.Join(words, ", ")
}

// targetWords say where it was to go.
func targetWords(t matrix.Target) string {
	switch {
	case t.Environment != "":
		return t.Environment
	case t.Tag != "":
		return "tag " + t.Tag
	case t.MainBranch:
		return "main branches"
	case t.Branch != "":
		return "branch " + t.Branch
	default:
		return "the latest versions"
	}
}
