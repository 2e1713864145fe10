package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/cleanup"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

type retentionPage struct {
	base
	Parent kit.Link
	Note   string
	Rules  kit.Facts
	Last   kit.Facts
	// Preview is what would go; nil where nobody asked.
	Preview *previewShown
	Ask     kit.Link
}

func (*retentionPage) template() string { return "retention" }

// previewShown is a preview with the question whether to do it.
type previewShown struct {
	// Lacks says what whoever looks would need to run it.
	Lacks string
	Lead  string
	// Applications counts versions, Examples names some of what would go.
	Applications kit.Table
	Examples     kit.Table
	Confirm      kit.Confirm
}

func (w *web) retention(r *http.Request) (page, error) {
	l, query := w.links(r), r.URL.Query()
	found, err := w.service.Overview.LookAtAdmin(r.Context(), cleanup.WorkName)
	if err != nil {
		return nil, err
	}
	p := &retentionPage{
		base: base{title: "Clean up"}, Parent: kit.Link{Text: "Admin", URL: l.AdminPage(), Own: true}, Rules: retentionRules(w.service.Cleanup), Last: w.lastFacts(found.Work[0]),
		Ask: kit.Link{Text: "Look what it would take now", URL: l.RetentionPage() + "?preview=true", Own: true},
	}
	if query.Get("done") == "cleaned" {
		p.Note = "The clean-up has run: what it took is told below."
	}
	if query.Get("preview") == "true" {
		report, err := w.service.Cleanup.Preview(r.Context())
		if err != nil {
			return nil, err
		}
		p.Preview, p.still = previewOf(l, report), true
		p.Preview.Lacks = lacks(r, "run the clean-up", access.DeleteInBulk)
	}
	return p, nil
}

// retentionRules say what the clean-up of this broker keeps.
func retentionRules(c *cleanup.Service) kit.Facts {
	var f kit.Facts
	o := c.Configured
	var kept kit.Cell
	for i, k := range o.KeptBy() {
		text := k.Words()
		if i > 0 {
			text = "· " + text
		}
		kept = append(kept, kit.Text{Text: text})
	}
	f.Add("Keeps", kept...)
	never := func(d time.Duration) string {
		if d <= 0 {
			return "never"
		}
		return "after " + cleanup.Days(d)
	}
	f.Add("Takes branches to which nothing comes", kit.Text{Text: never(o.BranchAge)})
	f.Add("Takes contracts, results and deliveries that newer ones replaced", kit.Text{Text: never(o.OverwrittenAge)})
	when := "not by itself"
	if c.When != "" {
		when = c.When
	}
	f.Add("Runs", kit.Text{Text: when})
	return f
}

func (w *web) lastFacts(work overview.Work) kit.Facts {
	var f kit.Facts
	last := work.Last
	if last == nil {
		f.Add("Last time", kit.Muted{Text: "never"})
		return f
	}
	f.Add("Last time", w.moment(last.EndedAt).InFull())
	f.Add("It took", outcomeCell(*last)...)
	report := cleanup.ReadReport(*last)
	if versions := versionsByApplication(report); versions != "" {
		f.Add("Versions", kit.Text{Text: versions})
	}
	if report.More {
		f.Add("Left", kit.Text{Text: "It had not come to its end: run it again, and it goes on from there."})
	}
	f.Add("Worked for", kit.Text{Text: max(last.EndedAt.Sub(last.BeganAt), 0).Round(time.Millisecond).String()})
	return f
}

// applicationsTold is of how many applications a sentence tells.
const applicationsTold = 10

func versionsByApplication(r cleanup.Report) string {
	var parts []string
	rows := versionRows(r)
	for _, row := range rows[:min(len(rows), applicationsTold)] {
		parts = append(parts, row[0].Plain()+" "+row[1].Plain())
	}
	if more := len(rows) - applicationsTold; more > 0 {
		parts = append(parts, "and of "+wording.Count(more, "other application"))
	}
	return strings.Join(parts, ", ")
}

// versionRows are the applications of which versions go, those with the most first.
func versionRows(r cleanup.Report) []kit.Row {
	t := kit.Table{Begin: "-count", Columns: []kit.Column{{Title: "Application", Key: "name"}, {Title: "Versions", Key: "count"}}}
	for name, n := range r.Versions {
		t.Rows = append(t.Rows, kit.Row{{kit.Text{Text: name}}, {kit.Number{N: n}}})
	}
	t.Sort(url.Values{"sort": {"name"}})
	t.Sort(nil)
	return t.Rows
}

func previewOf(l links.Links, r cleanup.Report) *previewShown {
	rows := versionRows(r)
	p := &previewShown{
		Applications: kit.Table{Name: "applications", Columns: []kit.Column{{Title: "Application"}, {Title: "Versions"}}, Rows: rows[:min(len(rows), pageSize)]},
		Examples:     kit.Table{Name: "examples", Caption: "Some of them, the oldest first", Columns: []kit.Column{{Title: "Application"}, {Title: "What"}, {Title: "Which"}}},
		Confirm: kit.Confirm{
			Question: "Run the clean-up now?", Action: l.RetentionPage(), Yes: "Run it now", No: kit.Link{Text: "Take nothing", URL: l.RetentionPage()},
			Lost: []string{"What it takes is gone: there is no way back but a copy of the database.", "It works for some seconds at most, and then says what it took. What is left goes with the next time."},
		},
	}
	if more := len(rows) - pageSize; more > 0 {
		p.Applications.Rest = "There are " + wording.Count(more, "more application") + "."
	}
	p.Lead = "It would take now: " + tookText(r) + "."
	if r.More {
		p.Lead = "It would take now, of what was looked at: " + tookText(r) + ". There may be more."
	}
	for what, examples := range map[string][]cleanup.Example{"version": r.SomeVersions, "branch": r.SomeBranches} {
		for _, e := range examples {
			p.Examples.Rows = append(p.Examples.Rows, kit.Row{{kit.Link{Text: e.Application, URL: l.ApplicationPage(e.Application)}}, {kit.Text{Text: what}}, exampleCell(l, what, e)})
		}
	}
	p.Examples.Begin = "what"
	p.Examples.Columns[1].Key = "what"
	p.Examples.Sort(nil)
	p.Examples.Columns[1].URL = ""
	if len(takenParts(r)) == 0 && !r.More {
		p.Confirm.Question = "There is nothing to take. Run the clean-up all the same?"
	}
	return p
}

func exampleCell(l links.Links, what string, e cleanup.Example) kit.Cell {
	if what == "version" {
		return kit.Cell{versionOf(l, e.Application, e.Name)}
	}
	return kit.Cell{kit.Mono{Text: e.Name}}
}

func (w *web) cleanUp(r *http.Request, _ url.Values) (done, error) {
	if _, err := w.service.Cleanup.RunNow(r.Context()); err != nil {
		return done{}, err
	}
	return done{to: w.links(r).RetentionPage() + "?done=cleaned"}, nil
}
