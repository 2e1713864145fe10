package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/secret"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/broker/internal/webhook"
	"github.com/treatyhq/treaty/internal/wording"
)

// routeWebhooks adds the pages of webhooks and what is done on them.
func (w *web) routeWebhooks() {
	w.route("GET /ui/webhooks", w.webhooks)
	w.route("GET /ui/webhooks/new", w.newWebhook)
	w.form("POST /ui/webhooks/new", w.createWebhook)
	w.route("GET /ui/webhooks/{id}", w.webhook)
	w.route("GET /ui/webhooks/{id}/edit", w.editWebhook)
	w.form("POST /ui/webhooks/{id}/edit", w.saveWebhook)
	w.route("GET /ui/webhooks/{id}/delete", w.askDeleteWebhook)
	w.form("POST /ui/webhooks/{id}/delete", w.deleteWebhook)
	w.route("GET /ui/webhooks/{id}/test", w.askTestWebhook)
	w.form("POST /ui/webhooks/{id}/test", w.testWebhook)
	w.route("GET /ui/webhooks/{id}/deliveries/{delivery}", w.delivery)
	w.form("POST /ui/webhooks/{id}/deliveries/{delivery}/again", w.fireAgain)
}

type webhooksPage struct {
	base
	Lead string
	Note string
	New  kit.Link
	// Secrets leads to the values that webhooks may name.
	Secrets kit.Link
	Filter  kit.Filter
	Table   kit.Table
}

func (*webhooksPage) template() string { return "webhooks" }

func webhooksTable(rows ...kit.Row) kit.Table {
	return kit.Table{Caption: "Those that fail come first", Columns: []kit.Column{
		{Title: "Webhook"}, {Title: "Fires on"}, {Title: "For"}, {Title: "Sends to"}, {Title: "State"}, {Title: "Last delivery"},
	}, Rows: rows}
}

// webhooksAsked are the parameters of the list.
var webhooksAsked = []string{"q", "application", "event", "state"}

func (w *web) webhooks(r *http.Request) (page, error) {
	l, query := w.links(r), r.URL.Query()
	asked := overview.WebhooksQuery{Application: strings.TrimSpace(query.Get("application")), Event: kernel.EventName(query.Get("event")), Health: overview.WebhookHealth(query.Get("state"))}
	found, err := w.service.Overview.LookAtWebhooks(r.Context(), asked)
	if err != nil {
		return nil, namedApplication(err, asked.Application)
	}
	p := w.webhooksPage(l, query, found)
	if !maySome(r, access.ManageWebhooks) {
		p.New = kit.Link{}
		if found.All == 0 {
			p.Table.Empty.Links = nil
		}
	}
	if !maySome(r, access.ReadSecrets) {
		p.Secrets = kit.Link{}
	}
	return p, nil
}

func (w *web) webhooksPage(l links.Links, query url.Values, found overview.WebhooksAnswer) *webhooksPage {
	p := &webhooksPage{base: base{title: "Webhooks", twin: api.Webhooks()}, Lead: webhooksLead(found), Note: notes[query.Get("done")], New: kit.Link{Text: "New webhook", URL: l.NewWebhookPage(), Own: true}, Secrets: kit.Link{Text: "Secrets", URL: l.SecretsPage(), Own: true}, Table: webhooksTable()}
	words := strings.ToLower(strings.TrimSpace(query.Get("q")))
	for _, one := range found.Webhooks {
		if row := w.webhookRow(l, one); words == "" || strings.Contains(strings.ToLower(row.Plain()), words) {
			p.Table.Rows = append(p.Table.Rows, row)
		}
	}
	p.Filter = webhooksFilter(query, found, len(p.Table.Rows))
	p.Table.Empty = kit.Empty{Text: "No webhook is like that.", Links: kit.Links{{Text: "Show all", URL: l.WebhooksPage()}}}
	if found.All == 0 {
		p.Table.Empty = kit.Empty{Text: "There is no webhook yet. One starts a build, or tells people, when something happens to a contract.", Links: kit.Links{p.New}}
	}
	p.Table.Cut(query, pageSize)
	return p
}

// webhooksLead says how all of them do.
func webhooksLead(found overview.WebhooksAnswer) string {
	if found.All == 0 {
		return "What this broker tells others when something happens."
	}
	var parts []string
	for _, h := range overview.WebhookHealths() {
		if n := found.Counts[h]; n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+string(h))
		}
	}
	return "What this broker tells others when something happens. Of " + wording.Count(found.All, "webhook") + ": " + strings.Join(parts, ", ") + "."
}

func webhooksFilter(query url.Values, found overview.WebhooksAnswer, shown int) kit.Filter {
	f := kit.Filter{Region: "found", Count: strings.Replace(kit.CountOf(shown, found.All), "row", "webhook", 1), Search: &kit.Field{ID: "q", Name: "q", Label: "Find", Value: query.Get("q")}}
	var events, states []kit.Option
	for _, e := range webhook.EventNames() {
		events = append(events, kit.Option{Value: string(e), Text: eventText(e)})
	}
	for _, h := range overview.WebhookHealths() {
		states = append(states, kit.Option{Value: string(h), Text: string(h)})
	}
	f.Facets = []kit.Facet{
		kit.NewFacet("application", "Application", kit.Options(found.Names...), query.Get("application")),
		kit.NewFacet("event", "Fires when", events, query.Get("event")),
		kit.NewFacet("state", "State", states, query.Get("state")),
	}
	f.Finish(query, webhooksAsked)
	return f
}

func (w *web) webhookRow(l links.Links, one overview.ListedWebhook) kit.Row {
	row := kit.Row{
		{kit.Link{Text: cut(webhookTitle(one.Webhook)), URL: l.WebhookPage(one.UUID)}}, {kit.Text{Text: briefly(one.Events)}}, {kit.Text{Text: aboutText(one.Webhook)}},
		{kit.Mono{Text: cut(callText(one.Request))}}, {healthVerdict(one.Health)}, {kit.Time{}},
	}
	if !one.HostAllowed {
		row[3] = append(row[3], kit.Doubt("host not allowed"))
	}
	if last := one.Last; last != nil {
		row[5] = kit.Cell{firingVerdict(last.Status), w.moment(last.CreatedAt)}
	}
	if since := one.FailingSince; since != nil {
		row[4] = append(row[4], kit.Muted{Text: "since"}, w.moment(since.CreatedAt))
	}
	return row
}

type webhookPage struct {
	base
	// Lacks says what whoever looks would need to change it.
	Lacks  string
	Parent kit.Link
	Note   string
	Answer kit.Answer
	Doings kit.Cell
	Facts  kit.Facts
	// Body is what is sent.
	Body       kit.Code
	Tabs       kit.Tabs
	Deliveries kit.Table
	Ask        kit.Form
	Why        kit.Table
}

func (*webhookPage) template() string { return "webhook" }

func deliveriesTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "deliveries", Columns: []kit.Column{
		{Title: "When"}, {Title: "Result"}, {Title: "Because"}, {Title: "About"}, {Title: "Tries"}, {Title: "What is planned"}, {Title: "Do"},
	}, Rows: rows}
}

func whyTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "why", Caption: "The newest contracts of the pair and their newest results, newest first", Columns: []kit.Column{
		{Title: "What happened"}, {Title: "When"}, {Title: "About"}, {Title: "Fired"}, {Title: "Why"},
	}, Rows: rows}
}

// deliveriesShown is how many deliveries stand on one page.
const deliveriesShown = 20

// deliveryTabs are the choices of deliveries, by what the address says.
var deliveryTabs = []struct {
	name, text string
	statuses   []kernel.TriggerStatus
}{
	{"", "All", nil},
	{"failed", "Failed", []kernel.TriggerStatus{kernel.TriggerFailure, kernel.TriggerRetrying}},
	{"delivered", "Delivered", []kernel.TriggerStatus{kernel.TriggerSuccess}},
	{"waiting", "On their way", []kernel.TriggerStatus{kernel.TriggerNotRun}},
}

// notes are what a page says of what was done just now.
var notes = map[string]string{
	"created": "The webhook is created.", "saved": "The webhook is changed.", "deleted": "The webhook is deleted.", "fired": "It is fired again: this is the new delivery.",
}

func (w *web) webhook(r *http.Request) (page, error) {
	query := r.URL.Query()
	asked := webhook.LookQuery{UUID: r.PathValue("id"), Size: deliveriesShown, Consumer: strings.TrimSpace(query.Get("consumer")), Provider: strings.TrimSpace(query.Get("provider"))}
	asked.Before, _ = strconv.ParseInt(query.Get("before"), 10, 64) // anything odd shows the newest
	for _, t := range deliveryTabs {
		if t.name == query.Get("deliveries") {
			asked.Statuses = t.statuses
		}
	}
	found, err := w.service.Webhook.LookAtWebhook(r.Context(), asked)
	if err != nil {
		return nil, err
	}
	p := w.webhookPage(w.links(r), query, found)
	if p.Lacks = lacks(r, "change it", access.ManageWebhooks, access.Webhook(found.Team)); p.Lacks != "" {
		p.Doings, p.Deliveries = nil, withoutActs(p.Deliveries)
	}
	if found.Team != "" && w.config.Identity {
		p.Facts, err = w.teamFact(r, p.Facts, found.Team)
	}
	return p, err
}

func (w *web) webhookPage(l links.Links, query url.Values, found webhook.Look) *webhookPage {
	p := &webhookPage{
		base: base{title: webhookTitle(found.Webhook), twin: api.Webhook(found.UUID)}, Parent: kit.Link{Text: "Webhooks", URL: l.WebhooksPage(), Own: true},
		Note: notes[query.Get("done")], Answer: w.webhookAnswer(found), Facts: w.webhookFacts(l, found), Deliveries: w.deliveryRows(l, query, found), Why: w.whyRows(l, found),
		Doings: kit.Cell{
			kit.Link{Text: "Send a test", URL: l.TestWebhookPage(found.UUID), Own: true}, kit.Link{Text: "Change it", URL: l.EditWebhookPage(found.UUID), Own: true},
			kit.Link{Text: "Delete it", URL: l.DeleteWebhookPage(found.UUID), Own: true},
		},
		Tabs: kit.Tabs{Label: "Deliveries"},
	}
	if body := webhook.BodyText(found.Request.Body); body != "" {
		p.Body = kit.Code{Label: "Body", Text: body}
	}
	for _, t := range deliveryTabs {
		p.Tabs.Items = append(p.Tabs.Items, kit.Tab{Text: t.text, URL: kit.With(query, map[string]string{"deliveries": t.name, "before": "", "done": ""}) + "#deliveries", Current: t.name == query.Get("deliveries")})
	}
	p.Ask = kit.Form{Action: l.WebhookPage(found.UUID) + "#why", Method: "get", Inline: true, Submit: "Explain", Fields: []kit.Field{
		{ID: "consumer", Name: "consumer", Label: "Consumer", Value: found.Why.Consumer, Error: found.Why.Wrong},
		{ID: "provider", Name: "provider", Label: "Provider", Value: found.Why.Provider},
	}}
	return p
}

// withoutActs is a table without the buttons in it.
func withoutActs(t kit.Table) kit.Table {
	for _, row := range t.Rows {
		for i, cell := range row {
			row[i] = slices.DeleteFunc(cell, func(part kit.Part) bool { return part.Part() == "act" })
		}
	}
	return t
}

// teamFact says which team a webhook belongs to.
func (w *web) teamFact(r *http.Request, f kit.Facts, uuid string) (kit.Facts, error) {
	team, err := w.service.Identity.FindTeam(r.Context(), uuid)
	if kernel.IsNotFound(err) { // it was deleted just now
		return f, nil
	}
	f.Add("Team", kit.Link{Text: team.Name, URL: w.mayLinks(r).TeamPage(uuid)})
	return f, err
}

// webhookAnswer says in a sentence whether it works.
func (w *web) webhookAnswer(found webhook.Look) kit.Answer {
	var out kit.Answer
	last, since := found.State.Last, found.State.FailingSince
	switch {
	case !found.Enabled:
		out = kit.Answer{Verdict: kit.None("off"), Sentence: "It is switched off, so that it does not fire."}
	case since != nil:
		out = kit.Answer{Verdict: kit.No("failing"), Sentence: "It fails, since " + w.moment(since.CreatedAt).Absolute + ".", Reasons: []string{"Its newest delivery that was tried has failed."}}
		if found.LastFailure != nil {
			out.Reasons[0] = "The last time that it failed: " + ended(lastError(*found.LastFailure))
		}
	case last == nil:
		out = kit.Answer{Verdict: kit.None("never fired"), Sentence: "It has never fired.", Reasons: []string{"What happened lately, and why that did not fire it, is told below."}}
	case last.Status == kernel.TriggerNotRun:
		out = kit.Answer{Verdict: kit.Unknown("under way"), Sentence: "Its last delivery is on its way."}
	default:
		out = kit.Answer{Verdict: kit.Yes("delivered"), Sentence: "It works: its last delivery arrived."}
	}
	if missing := secret.Missing(found.Unknown); missing != "" {
		out.Verdict = kit.No("secret missing")
		out.Reasons = append(out.Reasons, missing)
	}
	if !found.HostAllowed {
		out.Verdict = kit.No("host not allowed")
		out.Reasons = append(out.Reasons, "This broker does not let webhooks reach its host (webhook host whitelist), so that each delivery is refused before it is sent.")
	}
	return out
}

func (w *web) webhookFacts(l links.Links, found webhook.Look) kit.Facts {
	var f kit.Facts
	r := found.Request
	f.Add("Fires", kit.Text{Text: whenText(found.Events)})
	for _, side := range []struct {
		name string
		side kernel.WebhookSide
	}{{"Consumer", found.Consumer}, {"Provider", found.Provider}} {
		part := kit.Link{Text: sideText(side.side)}
		if side.side.Name != "" {
			part.URL = l.ApplicationPage(side.side.Name)
		}
		f.Add(side.name, part)
	}
	f.Add("Sends", kit.Mono{Text: r.Method + " " + r.URL})
	for _, h := range r.Headers {
		f.Add("Header", kit.Mono{Text: h.Name + ": " + h.Value})
	}
	if r.Username != "" {
		f.Add("User", kit.Text{Text: r.Username})
	}
	password := "none"
	if r.Password != "" {
		password = "stored, and never shown"
	}
	f.Add("Password", kit.Muted{Text: password})
	f.Add("Switched", kit.Text{Text: map[bool]string{true: "on", false: "off"}[found.Enabled]})
	f.Add("Made", w.moment(found.CreatedAt).InFull())
	f.Add("Changed", w.moment(found.UpdatedAt).InFull())
	f.Add("Identity", kit.Mono{Text: found.UUID})
	return f
}

func (w *web) deliveryRows(l links.Links, query url.Values, found webhook.Look) kit.Table {
	t := deliveriesTable()
	for _, d := range found.Deliveries {
		row := kit.Row{
			{kit.Link{Text: w.moment(d.CreatedAt).Absolute, URL: l.DeliveryPage(d.WebhookUUID, d.UUID), Own: true}, w.moment(d.CreatedAt)}, {firingVerdict(d.Status)}, {kit.Text{Text: eventText(d.Event)}},
			aboutFiring(l, d.TriggeredWebhook), {kit.Number{N: d.Attempts}}, {kit.Muted{Text: w.planText(d)}}, {},
		}
		if d.Status != kernel.TriggerNotRun && d.PublicationID != 0 && found.Enabled {
			row[6] = kit.Cell{kit.Act{Action: l.FireAgainPage(d.WebhookUUID, d.UUID), Hidden: w.once(), Text: "Fire again", About: "for " + d.Consumer.Name + " " + d.Context.ConsumerVersionNumber}}
		}
		t.Rows = append(t.Rows, row)
	}
	t.Empty = kit.Empty{Text: "It has delivered nothing."}
	if len(query["before"])+len(query["deliveries"]) > 0 {
		t.Empty = kit.Empty{Text: "There are no deliveries like that.", Links: kit.Links{{Text: "Show the newest", URL: l.WebhookPage(found.UUID), Own: true}}}
	}
	if found.More {
		t.Pages.Next = kit.With(query, map[string]string{"before": strconv.FormatInt(found.Deliveries[len(found.Deliveries)-1].ID, 10), "done": ""}) + "#deliveries"
		t.Pages.Of = "deliveries"
	}
	if query.Get("before") != "" {
		t.Pages.Previous, t.Pages.Text = kit.With(query, map[string]string{"before": ""})+"#deliveries", "Previous leads to the newest"
		t.Pages.Of = "deliveries"
	}
	return t
}

// aboutFiring is what a firing was about.
func aboutFiring(l links.Links, t kernel.TriggeredWebhook) kit.Cell {
	consumer, provider, number := t.Consumer.Name, t.Provider.Name, t.Context.ConsumerVersionNumber
	cell := kit.Cell{kit.Link{Text: consumer + " → " + provider, URL: l.ContractPage(consumer, provider, number)}}
	if number == "" || t.PublicationID == 0 { // the contract may be gone
		cell = kit.Cell{kit.Link{Text: consumer + " → " + provider, URL: l.MatrixOfPairPage(consumer, provider)}}
	}
	if number != "" {
		cell = append(cell, versionOf(l, consumer, number))
	}
	if number := t.Context.ProviderVersionNumber; number != "" {
		cell = append(cell, kit.Muted{Text: "with"}, versionOf(l, provider, number))
	}
	return cell
}

func (w *web) whyRows(l links.Links, found webhook.Look) kit.Table {
	t := whyTable()
	for _, e := range found.Why.Events {
		consumer, provider := e.Publication.Consumer.Name, e.Publication.Provider.Name
		about := kit.Cell{kit.Link{Text: consumer + " → " + provider, URL: l.ContractPage(consumer, provider, e.Publication.ConsumerVersion.Number)}, versionOf(l, consumer, e.Publication.ConsumerVersion.Number)}
		if v := e.Verification; v != nil {
			about = append(about, kit.Link{Text: "result " + strconv.FormatInt(v.Number, 10), URL: l.ResultPage(consumer, provider, v.SHA, strconv.FormatInt(v.Number, 10))})
		}
		row := kit.Row{{kit.Text{Text: eventText(e.Event)}}, {w.moment(e.At)}, about, {kit.None("no")}, {}}
		for i, f := range e.Fired {
			if i == 0 {
				row[3] = kit.Cell{kit.Yes("yes")}
			}
			row[4] = append(row[4], firingVerdict(f.Status), kit.Link{Text: "delivery", URL: l.DeliveryPage(f.WebhookUUID, f.UUID), Own: true})
		}
		if slices.Contains(e.Hindrances, webhook.HindranceNoRecord) || slices.Contains(e.Hindrances, webhook.HindranceUnknown) {
			row[3] = kit.Cell{kit.Unknown("not known")}
		}
		for _, h := range e.Hindrances {
			row[4] = append(row[4], kit.Sentence{Text: hindranceText(h, found.Webhook, e)})
		}
		if e.SinceChanged && !slices.Contains(e.Hindrances, webhook.HindranceChanged) && len(e.Fired) == 0 {
			row[4] = append(row[4], kit.Muted{Text: "It was changed since: this is what it says now."})
		}
		t.Rows = append(t.Rows, row)
	}
	if found.Why.Wrong == "" {
		t.Empty = kit.Empty{Text: found.Why.Consumer + " has no contract with " + found.Why.Provider + ", so that nothing has happened between them."}
	}
	return t
}

type deliveryPage struct {
	base
	Parents kit.Links
	Note    string
	Answer  kit.Answer
	Doings  kit.Cell
	Facts   kit.Facts
	Tries   []try
}

func (*deliveryPage) template() string { return "delivery" }

// try is one attempt of a delivery.
type try struct {
	Number  int
	Verdict kit.Verdict
	When    kit.Time
	Why     string
	Log     kit.Code
}

func (w *web) delivery(r *http.Request) (page, error) {
	found, err := w.service.Webhook.LookAtDelivery(r.Context(), r.PathValue("delivery"))
	if err == nil && found.WebhookUUID != r.PathValue("id") {
		err = kernel.Errorf(kernel.CodeNotFound, "This webhook has no such delivery.")
	}
	if err != nil {
		return nil, err
	}
	p := w.deliveryPage(w.links(r), r.URL.Query(), found)
	if hook := found.Webhook; hook != nil && !may(r, access.ManageWebhooks, access.Webhook(hook.Team)) {
		p.Doings = nil
	}
	return p, nil
}

func (w *web) deliveryPage(l links.Links, query url.Values, found webhook.DeliveryLook) *deliveryPage {
	p := &deliveryPage{
		base: base{title: "Delivery of a webhook", twin: api.TriggeredWebhookLogs(found.UUID)}, Parents: kit.Links{{Text: "Webhooks", URL: l.WebhooksPage(), Own: true}},
		Note: notes[query.Get("done")], Answer: kit.Answer{Verdict: firingVerdict(found.Status), Sentence: map[kernel.TriggerStatus]string{
			kernel.TriggerSuccess: "It was delivered.", kernel.TriggerFailure: "It has failed, and is not tried again.", kernel.TriggerRetrying: "It has failed so far.", kernel.TriggerNotRun: "It was not tried yet.",
		}[found.Status]},
	}
	if plan := w.planText(found.Delivery); plan != "" {
		p.Answer.Reasons = append(p.Answer.Reasons, plan)
	}
	if hook := found.Webhook; hook != nil {
		p.Parents = append(p.Parents, kit.Link{Text: webhookTitle(*hook), URL: l.WebhookPage(hook.UUID)})
		if found.Status != kernel.TriggerNotRun && found.Publication != nil && hook.Enabled {
			p.Doings = kit.Cell{kit.Act{Action: l.FireAgainPage(found.WebhookUUID, found.UUID), Hidden: w.once(), Text: "Fire again"}}
		}
	} else {
		p.Answer.Reasons = append(p.Answer.Reasons, "Its webhook was deleted since.")
	}
	p.Facts.Add("Because", kit.Text{Text: eventText(found.Event)})
	p.Facts.Add("Since", w.moment(found.CreatedAt).InFull())
	p.Facts.Add("About", aboutFiring(l, found.TriggeredWebhook)...)
	if v := found.Verification; v != nil {
		number := strconv.FormatInt(v.Number, 10)
		p.Facts.Add("Result", resultStatus(v.Success, v.Telling), kit.Link{Text: "result " + number, URL: l.ResultPage(found.Consumer.Name, found.Provider.Name, v.SHA, number)})
	}
	if found.Publication == nil {
		p.Facts.Add("Contract", kit.Muted{Text: "deleted since"})
	}
	p.Facts.Add("Identity", kit.Mono{Text: found.UUID}, kit.Muted{Text: "the header X-Treaty-Delivery of each try"})
	for i, a := range slices.Backward(found.Attempts) {
		verdict := kit.No("failed")
		if a.Success {
			verdict = kit.Yes("delivered")
		}
		p.Tries = append(p.Tries, try{i + 1, verdict, w.moment(a.CreatedAt).InFull(), lastError(a), kit.Code{Label: "What was sent and what came back", Text: strings.TrimRight(a.Logs, "\n")}})
	}
	return p
}

func (w *web) fireAgain(r *http.Request, values url.Values) (done, error) {
	fired, err := w.service.Webhook.FireAgain(r.Context(), r.PathValue("delivery"), values.Get(onceParameter))
	if err != nil {
		return done{}, err
	}
	return done{to: w.links(r).DeliveryPage(fired.WebhookUUID, fired.UUID) + "?done=fired"}, nil
}
