package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/cleanup"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/registry"
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

// deleteForms ask what to delete; each leads to a page that asks again.
func deleteForms(l links.Links) []kit.Form {
	form := func(submit string, fields ...kit.Field) kit.Form {
		return kit.Form{Action: l.DeletePage(nil), Method: "get", Inline: true, Submit: submit, Fields: fields}
	}
	field := func(id, name, label string) kit.Field {
		return kit.Field{ID: id, Name: name, Label: label, Required: true}
	}
	return []kit.Form{
		form("Look what goes with it", field("delete-application", "application", "Application")),
		form("Look what goes with the pair", field("delete-consumer", "consumer", "Consumer"), field("delete-provider", "provider", "Provider")),
		form("Look what goes with the branch", field("delete-of", "application", "Application of the branch"), field("delete-branch", "branch", "Branch")),
	}
}

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
	Lead string
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

// doomedQuestion is what is to be deleted: an application, a pair or a branch.
type doomedQuestion struct{ application, branch, consumer, provider string }

func doomedOf(values url.Values) doomedQuestion {
	value := func(name string) string { return strings.TrimSpace(values.Get(name)) }
	return doomedQuestion{value("application"), value("branch"), value("consumer"), value("provider")}
}

func (q doomedQuestion) parameters() []kit.Parameter {
	var out []kit.Parameter
	for _, p := range []kit.Parameter{{Name: "application", Value: q.application}, {Name: "branch", Value: q.branch}, {Name: "consumer", Value: q.consumer}, {Name: "provider", Value: q.provider}} {
		if p.Value != "" {
			out = append(out, p)
		}
	}
	return out
}

var errNothingNamed = kernel.Errorf(kernel.CodeInvalid, "Name what is to be deleted: an application, a consumer and a provider, or an application and a branch.")

// deletePage asks what is to be deleted.
type deletePage struct {
	base
	Parent  kit.Link
	Problem string
	Forms   []kit.Form
}

func (*deletePage) template() string { return "delete" }

func nothingNamed(l links.Links, q doomedQuestion) *deletePage {
	p := &deletePage{base: base{title: "Delete"}, Parent: kit.Link{Text: "Admin", URL: l.AdminPage(), Own: true}, Forms: deleteForms(l)}
	if len(q.parameters()) > 0 {
		p.Problem = sentence(errNothingNamed)
	}
	return p
}

// askDelete says what goes, and asks again.
func (w *web) askDelete(r *http.Request) (page, error) {
	ctx, l, q := r.Context(), w.links(r), doomedOf(r.URL.Query())
	p := &confirmPage{base: base{title: "Delete"}, Parents: kit.Links{{Text: "Admin", URL: l.AdminPage(), Own: true}}}
	c := &p.Confirm
	c.Action, c.Hidden, c.No = l.DeletePage(nil), q.parameters(), kit.Link{Text: "Keep it", URL: l.AdminPage()}
	var found registry.Doomed
	var err error
	switch {
	case q.application != "" && q.branch != "":
		found, err = w.service.Registry.WeighBranch(ctx, q.application, q.branch)
		c.Question, c.Yes = fmt.Sprintf("Delete the branch “%s” of %s?", q.branch, q.application), "Delete the branch"
		p.twin = api.Branch(q.application, q.branch)
		c.Lost = append(c.Lost, "Its versions stay: "+countOf(found, found.Memberships, "is on it", "are on it", "version", "versions")+".", "What names the branch, such as a selector of a provider, finds nothing any more.")
		if found.IsMainBranch {
			c.Lost = append(c.Lost, "It is the main branch of "+q.application+".")
		}
	case q.application != "":
		found, err = w.service.Registry.WeighPacticipant(ctx, q.application)
		c.Question, c.Yes = fmt.Sprintf("Delete the application “%s”?", q.application), "Delete the application"
		p.twin = api.Pacticipant(q.application)
		if len(found.LiveIn) > 0 {
			c.Lost = append(c.Lost, "It is live in "+wording.List(found.LiveIn, "and")+". Nothing protects its partners there from what does not fit it any more.")
		}
	case q.consumer != "" && q.provider != "":
		found, err = w.service.Registry.WeighIntegration(ctx, q.consumer, q.provider)
		c.Question, c.Yes = fmt.Sprintf("Delete all contracts of “%s” with “%s”?", q.consumer, q.provider), "Delete the contracts"
		p.twin = api.Integration(q.provider, q.consumer)
		c.Lost = append(c.Lost, "Versions and applications of which nothing else is known go too.")
	default:
		return nothingNamed(l, q), nil
	}
	if err != nil {
		return nil, namedApplication(err, q.application, q.consumer, q.provider)
	}
	p.Facts = doomedFacts(found)
	c.Lost = append(c.Lost, "What is deleted is gone: there is no way back but a copy of the database.")
	return p, nil
}

// namedApplication says that there is no application of a name, where an error says it
// of one of these in the words of the API.
func namedApplication(err error, names ...string) error {
	if kernel.ReasonOf(err) != kernel.ReasonUnknownName {
		return err
	}
	for _, name := range names {
		if name != "" && strings.Contains(err.Error(), "'"+name+"'") {
			return kernel.Errorf(kernel.CodeNotFound, "There is no application named %q.", name)
		}
	}
	return err
}

func countOf(d registry.Doomed, n int, is, are, one, many string) string {
	if n == 1 {
		return "1 " + one + " " + is
	}
	return countUpTo(n, d.Most) + " " + many + " " + are
}

// doomedFacts count what goes.
func doomedFacts(d registry.Doomed) kit.Facts {
	var f kit.Facts
	for _, one := range []struct {
		name string
		n    int
	}{
		{"Versions", d.Versions}, {"Branches", d.Branches}, {"Tags", d.Tags}, {"Pairs", d.Pairs}, {"Contracts", d.Contracts}, {"Verification results", d.Results},
		{"Webhooks that name it", d.Webhooks}, {"Deliveries of webhooks", d.Deliveries}, {"Deployed now", d.Deployments}, {"Released and supported now", d.Releases},
	} {
		if one.n > 0 {
			f.Add(one.name, kit.Text{Text: countUpTo(one.n, d.Most)})
		}
	}
	return f
}

// delete deletes what was asked about.
func (w *web) delete(r *http.Request, values url.Values) (done, error) {
	ctx, q := r.Context(), doomedOf(values)
	var err error
	switch {
	case q.application != "" && q.branch != "":
		err = w.service.Registry.DeleteBranch(ctx, q.application, q.branch)
	case q.application != "":
		err = w.service.Registry.DeletePacticipant(ctx, q.application)
	case q.consumer != "" && q.provider != "":
		err = w.service.Registry.DeleteIntegration(ctx, q.consumer, q.provider)
	default:
		err = errNothingNamed
	}
	if kernel.IsNotFound(err) {
		err = kernel.Errorf(kernel.CodeNotFound, "There is nothing of that name any more: perhaps it is deleted already.")
	}
	if err != nil {
		return done{}, err
	}
	return done{to: w.links(r).AdminPage() + "?done=deleted"}, nil
}
