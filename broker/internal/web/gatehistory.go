package web

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// answersOnGate is how many kept answers the page of the gate shows.
const answersOnGate = 10

// history lists the newest answers about an application. Pages add none to it.
func (w *web) history(ctx context.Context, l links.Links, application string) (kit.Table, error) {
	t := historyTable(application)
	kept, err := w.service.Gate.ListGateAnswers(ctx, kernel.GateHistoryQuery{Pacticipant: application, Limit: answersOnGate})
	if err != nil {
		return t, err
	}
	for _, a := range kept {
		t.Rows = append(t.Rows, w.answerRow(l, application, a))
	}
	return t, nil
}

func historyTable(application string, rows ...kit.Row) kit.Table {
	return kit.Table{
		Name: "history", Caption: "The last answers about " + application + " that somebody asked for. Looking at this page is not asking.",
		Columns: []kit.Column{{Title: "Version"}, {Title: "To"}, {Title: "Answer"}, {Title: "Why"}, {Title: "Given"}, {Title: "Asked by"}, {Title: "See"}}, Rows: rows,
	}
}

// answerRow is an answer that the gate has given to somebody who asked.
func (w *web) answerRow(l links.Links, application string, a kernel.GateAnswer) kit.Row {
	to, given := kit.Cell{kit.Text{Text: targetWords(a.Question.Target)}}, kit.Cell{w.moment(a.LastAt)}
	if ignored := a.Question.Ignore; len(ignored) > 0 {
		to = append(to, kit.Muted{Text: "ignoring " + joinSelectors(ignored)})
	}
	if a.Times > 1 {
		given = append(given, kit.Muted{Text: wording.Count(a.Times, "time") + ", first"}, w.moment(a.FirstAt))
	}
	return kit.Row{
		askedAbout(l, application, a.Question), to, {decisionVerdict(matrix.Tell(a.Verdict, a.Counts, a.Explanations), a.Counts)}, whyCell(a), given, askerCell(a.Question.Asker),
		{kit.Link{Text: "answer " + strconv.FormatInt(a.Number, 10), URL: l.GateAnswerPage(a.Number)}},
	}
}

// whyCell is the first reason of an answer, and how many there are besides.
func whyCell(a kernel.GateAnswer) kit.Cell {
	var reasons []string
	for _, n := range a.Notices {
		if n.Level != matrix.LevelWarning {
			reasons = append(reasons, n.Text)
		}
	}
	if len(reasons) == 0 {
		return nil
	}
	text := reasons[0]
	if more := len(reasons) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return kit.Cell{kit.Sentence{Text: text}}
}

// askerCell says who asked.
func askerCell(a kernel.Asker) kit.Cell {
	var cell kit.Cell
	if a.Principal != "" {
		cell = append(cell, kit.Text{Text: a.Principal})
	}
	if a.BuildURL != "" {
		cell = append(cell, kit.Outside{Text: "the build", Address: a.BuildURL})
	}
	if len(cell) == 0 {
		return kit.Cell{kit.Muted{Text: "not known"}}
	}
	return cell
}

// askedAbout says which versions were asked about: a single one leads to its page.
func askedAbout(l links.Links, application string, q kernel.GateQuestion) kit.Cell {
	if len(q.Selectors) == 1 && (q.Selectors[0] == matrix.Selector{Pacticipant: application, Version: q.Selectors[0].Version}) && q.Selectors[0].Version != "" {
		return kit.Cell{versionOf(l, application, q.Selectors[0].Version)}
	}
	return kit.Cell{kit.Mono{Text: askedWords(application, q)}}
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
		{s.Version != "", kit.Short(s.Version)}, {s.MainBranch, "main branch"}, {s.Branch != "", "branch " + s.Branch},
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
