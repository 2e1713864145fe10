package verifier

import (
	_ "embed"
	"html/template"
	"io"
	"time"
)

//go:embed report.html.tmpl
var htmlSource string

var htmlPage = template.Must(template.New("report").Parse(htmlSource))

type htmlReport struct {
	OK       bool
	Provider string
	Version  string
	Target   string
	Summary  string
	Started  string
	Duration string
	Problems []string
	Warnings []string
	Pacts    []htmlPact
}

type htmlPact struct {
	Title, Source, Marks string
	Published            string
	Notices              []string
	Interactions         []htmlInteraction
}

type htmlInteraction struct {
	Class, Mark, Word, Title string
	Open                     bool
	Text                     string
	Warnings                 []string
}

// WriteHTML writes the report as one HTML page that needs nothing else: no
// script, no other file, light and dark. The error is that of w.
func WriteHTML(w io.Writer, r Report) error {
	page := htmlReport{
		OK: r.OK(), Provider: nameOr(r.Provider, "provider"), Version: r.Version, Target: r.Target, Summary: r.Summary(),
		Started: r.Started.UTC().Format("2006-01-02 15:04:05 UTC"), Duration: r.Duration.Round(time.Millisecond).String(),
		Problems: r.Problems, Warnings: r.Warnings,
	}
	for _, p := range r.Pacts {
		out := htmlPact{Title: p.Consumer + " → " + p.Provider, Source: p.Source, Marks: pactMarks(p), Published: p.Published, Notices: p.Notices}
		for _, i := range p.Interactions {
			out.Interactions = append(out.Interactions, htmlInteractionOf(p, i))
		}
		page.Pacts = append(page.Pacts, out)
	}
	return htmlPage.Execute(w, page)
}

func htmlInteractionOf(p PactReport, i InteractionReport) htmlInteraction {
	out := htmlInteraction{Mark: mark(i), Title: i.Title(), Warnings: i.Warnings}
	switch {
	case i.Outcome == Passed:
		out.Class, out.Word = "ok", "passed"
	case i.Outcome == NotRun:
		out.Class, out.Word = "none", "not run"
	case i.Untried:
		out.Class, out.Word, out.Open = "bad", "not tried", true
	case i.Pending:
		out.Class, out.Word = "pending", "pending, failed"
	default:
		out.Class, out.Word, out.Open = "bad", "failed", true
	}
	if i.Outcome == Failed || i.Outcome == Errored {
		out.Text = interactionText(p.Consumer, p.Provider, i)
	}
	return out
}
