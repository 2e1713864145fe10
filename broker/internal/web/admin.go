package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/cleanup"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// Setting is a setting in effect, for people. A secret is no value.
type Setting struct {
	Section, Name string
	Value         string
	// From says where it comes from, such as "default" or "--port".
	From string
}

// routeAdmin adds the pages about the broker itself.
func (w *web) routeAdmin() {
	w.route("GET /ui/admin", w.admin)
	w.route("GET /ui/admin/retention", w.retention)
	w.form("POST /ui/admin/retention", w.cleanUp)
	w.route("GET /ui/admin/delete", w.askDelete)
	w.form("POST /ui/admin/delete", w.delete)
}

type adminPage struct {
	base
	Note   string
	Answer kit.Answer
	// Problem is why the rest cannot be told; "" if it can.
	Problem  string
	Storage  kit.Facts
	Contents kit.Table
	Work     kit.Table
	Replicas kit.Table
	Settings kit.Table
	// Retention leads to the clean-up; Delete are the questions of what to delete.
	Retention kit.Link
	Delete    []kit.Form
}

func (*adminPage) template() string { return "admin" }

func workTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "work", Columns: []kit.Column{{Title: "Work"}, {Title: "Last time"}, {Title: "Result"}, {Title: "Next time"}, {Title: "See"}}, Rows: rows}
}

func replicasTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "replicas", Columns: []kit.Column{{Title: "Replica"}, {Title: "Release"}, {Title: "Since"}}, Rows: rows}
}

func settingsTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "settings", Columns: []kit.Column{{Title: "Setting"}, {Title: "Value"}, {Title: "From"}, {Title: "About"}}, Rows: rows,
		Empty: kit.Empty{Text: "The program that started this broker does not tell its settings."}}
}

func contentsTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "contents", Columns: []kit.Column{{Title: "What"}, {Title: "How many"}, {Title: "Of these"}}, Rows: rows}
}

func (w *web) admin(r *http.Request) (page, error) {
	l := w.links(r)
	p := &adminPage{base: base{title: "Admin", twin: api.Metrics()}, Note: adminNotes[r.URL.Query().Get("done")], Answer: w.readiness(r.Context()), Retention: kit.Link{Text: "Clean up", URL: l.RetentionPage(), Own: true}, Delete: deleteForms(l), Settings: w.settingRows()}
	if !maySome(r, access.DeleteInBulk) {
		p.Delete = nil
	}
	known := adminKnown{when: w.service.Cleanup.When}
	var err error
	if known.AdminAnswer, err = w.service.Overview.LookAtAdmin(r.Context(), cleanup.WorkName); err == nil {
		known.counts, known.counted, err = w.service.Overview.CountSoFar(r.Context())
	}
	if err == nil {
		w.fillAdmin(l, p, known)
	}
	if kernel.CodeOf(err) == kernel.CodeUnavailable { // what can be told without the database is told
		p.Problem, err = sentence(err), nil
	}
	return p, err
}

// adminNotes say what was done just now.
var adminNotes = map[string]string{"deleted": "It is deleted, with all that hung on it."}

// readiness says whether the broker can do its work, and why not.
func (w *web) readiness(ctx context.Context) kit.Answer {
	if w.config.Ready == nil {
		return kit.Answer{Verdict: kit.None("not told"), Sentence: "This broker does not tell whether it is ready."}
	}
	err := w.config.Ready(ctx)
	switch {
	case err == nil:
		return kit.Answer{Verdict: kit.Yes("ready"), Sentence: "The broker is ready: it reads and writes its database."}
	case kernel.CodeOf(err) == kernel.CodeInternal:
		return kit.Answer{Verdict: kit.No("not ready"), Sentence: "The broker is not ready.", Reasons: []string{"The reason is in its log."}}
	}
	return kit.Answer{Verdict: kit.No("not ready"), Sentence: "The broker is not ready.", Reasons: []string{sentence(err)}}
}

// adminKnown is what is told of the broker.
type adminKnown struct {
	overview.AdminAnswer
	counts  kernel.Metrics
	counted bool
	// when says when the clean-up runs by itself; "" if it does not.
	when string
}

func (w *web) fillAdmin(l links.Links, p *adminPage, found adminKnown) {
	p.Storage.Add("Database", kit.Text{Text: bytesText(found.Bytes)})
	if found.Free > 0 {
		p.Storage.Add("Free in it", kit.Text{Text: bytesText(found.Free)}, kit.Muted{Text: "used again before it grows"})
	}
	deliveries := kit.Cell{kit.Text{Text: countUpTo(found.Open, found.OpenMost)}}
	if found.Open > 0 {
		deliveries = append(deliveries, kit.Muted{Text: "the oldest since"}, w.moment(found.OldestOpen), kit.Link{Text: "webhooks", URL: l.WebhooksPage() + "?state=failing", Own: true})
	}
	p.Storage.Add("Deliveries that wait", deliveries...)
	p.Contents = w.contentRows(found.counts, found.counted)
	p.Work, p.Replicas = w.workRows(l, found.Work, found.when), w.replicaRows(found.Replicas)
}

// countUpTo is a count that ends somewhere.
func countUpTo(n, most int) string {
	if n >= most {
		return "more than " + strconv.Itoa(most-1)
	}
	return strconv.Itoa(n)
}

func bytesText(n int64) string {
	size, unit := float64(n), "bytes"
	for _, next := range []string{"kB", "MB", "GB", "TB"} {
		if size < 1000 {
			break
		}
		size, unit = size/1000, next
	}
	if unit == "bytes" {
		return strconv.FormatInt(n, 10) + " bytes"
	}
	return fmt.Sprintf("%.1f %s", size, unit)
}

func (w *web) contentRows(m kernel.Metrics, known bool) kit.Table {
	t := contentsTable()
	if !known {
		t.Empty = kit.Empty{Text: "This broker holds much, and counts it for the first time. Look again in some minutes."}
		return t
	}
	if !m.CountedAt.IsZero() {
		t.Caption = "As counted at " + w.moment(m.CountedAt).Absolute
	}
	add := func(what string, n int64, of string) {
		t.Rows = append(t.Rows, kit.Row{{kit.Text{Text: what}}, {kit.Number{N: int(n)}}, {kit.Muted{Text: of}}})
	}
	add("Applications", m.Pacticipants, "")
	add("Versions", m.Versions, fmt.Sprintf("%d on a branch", m.VersionsWithBranch))
	add("Contracts published", m.Publications, fmt.Sprintf("%d different ones, of %s", m.Contents, wording.Count(int(m.Integrations), "pair")))
	add("Verification results", m.Verifications, fmt.Sprintf("%d good, %d failed", m.Successes, m.Failures))
	add("Tags", m.Tags, fmt.Sprintf("%d different names", m.DistinctTags))
	add("Environments", m.Environments, "")
	add("Deployments", m.Deployed, fmt.Sprintf("%d now", m.CurrentlyDeployed))
	add("Releases", m.Released, fmt.Sprintf("%d supported now", m.CurrentlySupported))
	add("Webhooks", m.Webhooks, "")
	add("Deliveries of webhooks", m.TriggeredWebhooks, wording.CountOf(int(m.WebhookExecutions), "try", "tries"))
	return t
}

func (w *web) workRows(l links.Links, work []overview.Work, when string) kit.Table {
	t := workTable()
	for _, one := range work {
		row := kit.Row{{kit.Text{Text: "Clean-up"}}, {kit.Time{}}, {}, {kit.Muted{Text: "not by itself: start the broker with --database-clean-enabled"}}, {kit.Link{Text: "what it takes", URL: l.RetentionPage(), Own: true}}}
		if last := one.Last; last != nil {
			row[1], row[2] = kit.Cell{w.moment(last.EndedAt)}, outcomeCell(*last)
		}
		if when != "" {
			row[3] = kit.Cell{kit.Text{Text: when}}
			switch {
			case one.Runner != "":
				row[3] = append(row[3], kit.Unknown("runs now"))
			case !one.Due.IsZero():
				row[3] = append(row[3], kit.Muted{Text: "due " + one.Due.UTC().Format("2 January 2006, 15:04:05 UTC")})
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// outcomeCell is what came of work.
func outcomeCell(o kernel.WorkOutcome) kit.Cell {
	how := kit.Muted{Text: "by itself"}
	if o.Asked {
		how.Text = "asked for by hand"
	}
	if o.Failure != "" {
		return kit.Cell{kit.No("failed"), kit.Sentence{Text: o.Failure}, how}
	}
	return kit.Cell{kit.Yes("done"), kit.Text{Text: tookText(cleanup.ReadReport(o))}, how}
}

// tookText says what a clean-up took, or would.
func tookText(r cleanup.Report) string {
	parts := takenParts(r)
	if len(parts) == 0 {
		return "nothing"
	}
	return wording.List(parts, "and")
}

func takenParts(r cleanup.Report) []string {
	versions := 0
	for _, n := range r.Versions {
		versions += n
	}
	var parts []string
	for _, one := range []struct {
		n         int
		one, many string
	}{
		{versions, "version", "versions"}, {r.Branches, "branch", "branches"}, {r.Revisions, "replaced contract", "replaced contracts"}, {r.Results, "replaced result", "replaced results"},
		{r.Firings, "delivery of a webhook", "deliveries of webhooks"}, {r.Contents, "content that nothing uses", "contents that nothing uses"}, {r.GateAnswers, "old answer of the gate", "old answers of the gate"},
	} {
		if one.n > 0 {
			parts = append(parts, wording.CountOf(one.n, one.one, one.many))
		}
	}
	return parts
}

func (w *web) replicaRows(found []kernel.Replica) kit.Table {
	t := replicasTable()
	if len(found) == 0 {
		t.Caption = "This broker has its database for itself"
		t.Rows = []kit.Row{{{kit.Text{Text: "this one"}}, {kit.Mono{Text: w.config.Version}}, {w.moment(w.config.Started)}}}
		return t
	}
	t.Caption = "Brokers on this database that said within the last seconds that they live"
	for _, r := range found {
		row := kit.Row{{kit.Mono{Text: r.Name}}, {kit.Mono{Text: r.Release}}, {w.moment(r.Since)}}
		if r.Release == "" {
			row[1] = kit.Cell{kit.Muted{Text: "an earlier one, which does not tell"}}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (w *web) settingRows() kit.Table {
	t := settingsTable()
	for _, s := range w.config.Settings {
		value, from := kit.Cell{kit.Mono{Text: s.Value}}, kit.Cell{kit.Text{Text: s.From}}
		if s.Value == "" {
			value = kit.Cell{kit.Muted{Text: "empty"}}
		}
		if s.From == "default" {
			from = kit.Cell{kit.Muted{Text: s.From}}
		}
		t.Rows = append(t.Rows, kit.Row{{kit.Mono{Text: s.Name}}, value, from, {kit.Muted{Text: s.Section}}})
	}
	return t
}
