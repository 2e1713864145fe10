package web

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/broker/internal/webhook"
	"github.com/treatyhq/treaty/internal/redact"
)

// webhookFormPage asks for a new webhook, or what is to be changed of one. A secret
// is shown as stars, and what comes back as stars stays as it is stored.
type webhookFormPage struct {
	base
	Parents kit.Links
	Lead    string
	Form    kit.Form
	// Parameters are what may stand in address, headers and body.
	Parameters kit.Table
}

func (*webhookFormPage) template() string { return "webhookform" }

// changedAt is the hidden field that says which state of a webhook somebody saw.
const changedAt = "changed"

func (w *web) newWebhook(r *http.Request) (page, error) {
	if err := showableToSome(r, access.ManageWebhooks); err != nil {
		return nil, err
	}
	query := r.URL.Query()
	start := kernel.Webhook{
		Enabled: true, Events: []kernel.EventName{kernel.EventContractContentChanged}, Consumer: kernel.WebhookSide{Name: query.Get("consumer")}, Provider: kernel.WebhookSide{Name: query.Get("provider")},
		Request: kernel.WebhookRequest{Method: http.MethodPost, Headers: []kernel.WebhookHeader{{Name: "content-type", Value: "application/json"}}},
	}
	p, err := w.webhookForm(r, start, nil)
	if form, is := p.(*webhookFormPage); is {
		form.Form.Hidden = w.once()
	}
	return p, err
}

func (w *web) editWebhook(r *http.Request) (page, error) {
	found, err := w.service.Webhook.FindMasked(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if err := w.showable(r, identity.Doing{Need: access.ManageWebhooks}, access.Webhook(found.Team)); err != nil {
		return nil, err
	}
	return w.webhookForm(r, found, nil)
}

// webhookForm shows a webhook as a form, with what is wrong with it.
func (w *web) webhookForm(r *http.Request, shown kernel.Webhook, wrong kernel.Fields) (page, error) {
	names, err := w.service.Registry.ListNames(r.Context(), suggestedNames)
	if err != nil {
		return nil, err
	}
	secrets, err := w.namesOfSecrets(r)
	if err != nil {
		return nil, err
	}
	teams, err := w.teamChoices(r, access.ManageWebhooks, access.Webhook, shown.Team)
	if err != nil {
		return nil, err
	}
	return withSecretNames(withTeams(webhookFormOf(w.links(r), shown, w.service.Webhook.Methods(), names, wrong), teams), secrets), nil
}

// suggestedNames bounds how many names of applications are offered while somebody
// types.
const suggestedNames = 500

func webhookFormOf(l links.Links, shown kernel.Webhook, methods, names []string, wrong kernel.Fields) *webhookFormPage {
	p := &webhookFormPage{
		base: base{title: "New webhook", twin: api.Webhooks(), still: true}, Parents: kit.Links{{Text: "Webhooks", URL: l.WebhooksPage(), Own: true}}, Lead: "Tell another system when something happens to a contract.",
		Form: kit.Form{Action: l.NewWebhookPage(), Method: "post", Submit: "Create the webhook", Cancel: kit.Link{Text: "Leave it", URL: l.WebhooksPage(), Own: true}}, Parameters: parametersTable(),
	}
	if shown.UUID != "" {
		p.base = base{title: "Change a webhook", twin: api.Webhook(shown.UUID), still: true}
		p.Parents = append(p.Parents, kit.Link{Text: webhookTitle(shown), URL: l.WebhookPage(shown.UUID)})
		p.Lead = "Secrets are shown as stars. Leave them as they are to keep what is stored."
		p.Form.Action, p.Form.Submit, p.Form.Cancel.URL = l.EditWebhookPage(shown.UUID), "Save the webhook", l.WebhookPage(shown.UUID)
		p.Form.Hidden = []kit.Parameter{{Name: changedAt, Value: shown.UpdatedAt.UTC().Format(time.RFC3339Nano)}}
	}
	p.Form.Fields = webhookFields(shown, methods, names)
	p.Form.Problem = addProblems(p.Form.Fields, fieldsOfWebhook, wrong)
	return p
}

// withTeams asks whose a webhook is, where there is a choice.
func withTeams(p *webhookFormPage, teams []kit.Option) *webhookFormPage {
	if teams != nil {
		field := kit.Field{ID: "team", Name: "team", Label: "Team", Kind: "select", Options: teams, Hint: "Whose it is: who is in the team may change it, and it may name the secrets of that team, and no others."}
		p.Form.Fields = slices.Insert(p.Form.Fields, 1, field)
	}
	return p
}

// withSecretNames offers the names of secrets: among the parameters, and while somebody
// types a user.
func withSecretNames(p *webhookFormPage, secrets []kernel.Secret) *webhookFormPage {
	var names []string
	for _, s := range secrets {
		name := "${user." + s.Name + "}"
		names = append(names, name)
		p.Parameters.Rows = append(p.Parameters.Rows, kit.Row{{kit.Mono{Text: name}}, {kit.Text{Text: cmp.Or(cut(s.Description), "a secret")}}})
	}
	for i, f := range p.Form.Fields {
		if f.ID == "username" {
			p.Form.Fields[i].Suggestions = names
		}
	}
	return p
}

// webhookFields are the fields of the form, each with the names that the API has for
// what is in it.
func webhookFields(shown kernel.Webhook, methods, names []string) []kit.Field {
	r := shown.Request
	events := kit.Field{ID: "events", Name: "event", Label: "Fires when", Kind: "checks", Required: true}
	for _, e := range webhook.EventNames() {
		events.Options = append(events.Options, kit.Option{Value: string(e), Text: eventText(e), Current: slices.Contains(shown.Events, e)})
	}
	method := kit.Field{ID: "method", Name: "method", Label: "Method", Kind: "select"}
	if r.Method != "" && !slices.Contains(methods, r.Method) {
		methods = append(slices.Clone(methods), r.Method)
	}
	for _, m := range methods {
		method.Options = append(method.Options, kit.Option{Value: m, Text: m, Current: m == r.Method})
	}
	password := kit.Field{ID: "password", Name: "password", Label: "Password", Kind: "password", Hint: "Sent together with the user, by HTTP basic authentication."}
	without := []kit.Field(nil)
	if shown.UUID != "" {
		password.Hint = "Empty keeps what is stored."
		without = []kit.Field{{ID: "no-password", Name: "no-password", Label: "Have no password", Kind: "checkbox", Value: "true", Checked: r.NoPassword}}
	}
	fields := []kit.Field{
		{ID: "description", Name: "description", Label: "What it is for", Value: shown.Description, Hint: "People know it by this, such as: start the build of catalog."},
		{ID: "enabled", Name: "enabled", Label: "Switched on", Kind: "checkbox", Value: "true", Checked: shown.Enabled},
		events,
		{ID: "consumer", Name: "consumer", Label: "Consumer", Value: shown.Consumer.Name, Suggestions: names, Hint: "Empty: any, or those with the label below."},
		{ID: "consumer-label", Name: "consumer-label", Label: "Consumers with the label", Value: shown.Consumer.Label},
		{ID: "provider", Name: "provider", Label: "Provider", Value: shown.Provider.Name, Suggestions: names, Hint: "Empty: any, or those with the label below."},
		{ID: "provider-label", Name: "provider-label", Label: "Providers with the label", Value: shown.Provider.Label},
		method,
		{ID: "url", Name: "url", Label: "Address", Value: r.URL, Required: true, Placeholder: "https://ci.example.org/start", Hint: "Parameters may stand in its path and query: see below."},
		{ID: "headers", Name: "headers", Label: "Headers", Kind: "textarea", Value: headersText(r.Headers), Hint: "One on each line, such as: Authorization: Bearer abc"},
		{ID: "body", Name: "body", Label: "Body", Kind: "textarea", Value: webhook.BodyText(r.Body)},
		{ID: "username", Name: "username", Label: "User", Value: r.Username},
		password,
	}
	return append(fields, without...)
}

func headersText(headers []kernel.WebhookHeader) string {
	lines := make([]string, len(headers))
	for i, h := range headers {
		lines[i] = h.Name + ": " + h.Value
	}
	return strings.Join(lines, "\n")
}

// fieldsOfWebhook are the fields of the form by the names that the API has for them.
var fieldsOfWebhook = map[string]string{
	"description": "description", "enabled": "enabled", "events": "events", "consumer.name": "consumer", "consumer.label": "consumer-label", "provider.name": "provider", "provider.label": "provider-label",
	"teamUuid": "team", "request.method": "method", "request.url": "url", "request.body": "body", "request.username": "username", "request.password": "password", "request.headers": "headers",
}

// addProblems puts what is wrong to the fields that it is about, by the names that the API
// has for them, and returns what is about none.
func addProblems(fields []kit.Field, names map[string]string, wrong kernel.Fields) string {
	var rest []string
	for _, name := range slices.Sorted(maps.Keys(wrong)) {
		text, id := strings.Join(wrong[name], "; "), names[name]
		if header, is := strings.CutPrefix(name, "request.headers."); is {
			id, text = "headers", header+" "+text
		}
		if id == "password" { // what is null in the API is a box to tick here
			text = strings.ReplaceAll(text, "or null to have none", "or tick “Have no password”")
		}
		at := slices.IndexFunc(fields, func(f kit.Field) bool { return f.ID == id })
		switch {
		case at < 0:
			rest = append(rest, name+" "+text)
		case fields[at].Error != "":
			fields[at].Error += "; " + text
		default:
			fields[at].Error = text
		}
	}
	return strings.Join(rest, "; ")
}

// webhookOf reads a webhook from a form, and what of it cannot be read.
func webhookOf(values url.Values) (kernel.Webhook, kernel.Fields) {
	value := func(name string) string { return strings.TrimSpace(values.Get(name)) }
	wrong := kernel.Fields{}
	w := kernel.Webhook{
		Team: value("team"), TeamGiven: values.Has("team"), Description: value("description"), Enabled: values.Get("enabled") == "true", Events: []kernel.EventName{},
		Consumer: kernel.WebhookSide{Name: value("consumer"), Label: value("consumer-label")}, Provider: kernel.WebhookSide{Name: value("provider"), Label: value("provider-label")},
		Request: kernel.WebhookRequest{
			Method: value("method"), URL: value("url"), Username: values.Get("username"), Password: values.Get("password"), NoPassword: values.Get("no-password") == "true",
			Body: webhook.TextBody(strings.ReplaceAll(values.Get("body"), "\r\n", "\n")),
		},
	}
	for _, e := range values["event"] {
		if !slices.Contains(w.Events, kernel.EventName(e)) {
			w.Events = append(w.Events, kernel.EventName(e))
		}
	}
	for i, line := range strings.Split(strings.ReplaceAll(values.Get("headers"), "\r\n", "\n"), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, text, found := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); !found || name == "" || strings.ContainsAny(name, " \t\r") {
			wrong.Add("request.headers", "line %d is not a name, a colon and a value", i+1)
			continue
		}
		w.Request.Headers = append(w.Request.Headers, kernel.WebhookHeader{Name: strings.ToLower(name), Value: strings.TrimSpace(text)})
		if strings.EqualFold(name, "authorization") && (w.Request.Username != "" || w.Request.Password != "") {
			wrong.Add("request.headers", "%s", "has Authorization beside a user or password, which make a header of this name too: only one of them could be sent")
		}
	}
	return w, wrong
}

// problemsOf are the fields that an error is about: what is wrong, or taken already.
func problemsOf(err error) (kernel.Fields, bool) {
	var domain *kernel.Error
	if errors.As(err, &domain) && (domain.Code == kernel.CodeInvalid || domain.Reason == kernel.ReasonTaken) && len(domain.Fields) > 0 {
		return domain.Fields, true
	}
	return nil, false
}

// again shows the form with what is wrong, and without what was typed as a password. The
// names that it offers are left out where they cannot be read.
func (w *web) again(r *http.Request, typed kernel.Webhook, wrong kernel.Fields, problem string, err error, hidden ...kit.Parameter) (done, error) {
	if typed.Request.Password != "" && problem != "" {
		problem += " Only the password has to be typed again."
	}
	typed.Request.Password = ""
	names, failed := w.service.Registry.ListNames(r.Context(), suggestedNames)
	if failed != nil && problem == "" {
		return done{}, failed
	}
	teams, failed := w.teamChoices(r, access.ManageWebhooks, access.Webhook, typed.Team)
	if failed != nil && problem == "" {
		return done{}, failed
	}
	p := withTeams(webhookFormOf(w.links(r), typed, w.service.Webhook.Methods(), names, nil), teams)
	p.Form.Problem = addProblems(p.Form.Fields, fieldsOfWebhook, wrong)
	p.Form.Hidden = hidden
	if problem != "" {
		p.Form.Problem = problem
	}
	return done{page: p, because: err}, nil
}

func (w *web) createWebhook(r *http.Request, values url.Values) (done, error) {
	typed, wrong := webhookOf(values)
	once := onceAgain(values.Get(onceParameter))
	for place, text := range map[string]string{"request.url": typed.Request.URL, "request.body": webhook.BodyText(typed.Request.Body)} {
		if strings.Contains(text, redact.Stars) {
			wrong.Add(place, "has stars, which stand for a secret of another webhook: write the secret itself")
		}
	}
	if len(wrong) > 0 { // all that is wrong is told at once
		fields, _ := problemsOf(w.service.Webhook.ValidateWebhook(r.Context(), typed))
		maps.Copy(wrong, without(fields, wrong))
		return w.again(r, typed, wrong, "", nil, once...)
	}
	asked := typed
	asked.UUID = once[0].Value
	made, err := w.service.Webhook.CreateWebhook(r.Context(), asked)
	if fields, problem, ok := refusedForm(err); ok {
		return w.again(r, typed, fields, problem, err, once...)
	}
	if err != nil {
		return done{}, err
	}
	return done{to: w.links(r).WebhookPage(made.UUID) + "?done=created"}, nil
}

// without leaves out the fields of which something is wrong already.
func without(fields, already kernel.Fields) kernel.Fields {
	out := kernel.Fields{}
	for name, messages := range fields {
		if _, known := already[name]; !known {
			out[name] = messages
		}
	}
	return out
}

func (w *web) saveWebhook(r *http.Request, values url.Values) (done, error) {
	typed, wrong := webhookOf(values)
	typed.UUID = r.PathValue("id")
	seen, err := time.Parse(time.RFC3339Nano, values.Get(changedAt))
	if err != nil {
		return done{}, kernel.Errorf(kernel.CodeInvalid, "The form does not say which state of the webhook it changes: open it again.")
	}
	if err = wrong.Err(); err == nil {
		_, err = w.service.Webhook.EditWebhook(r.Context(), typed, seen)
	}
	if fields, problem, ok := refusedForm(err); ok {
		return w.again(r, typed, fields, problem, err, kit.Parameter{Name: changedAt, Value: values.Get(changedAt)})
	}
	if err != nil {
		return done{}, err
	}
	return done{to: w.links(r).WebhookPage(typed.UUID) + "?done=saved"}, nil
}

// confirmPage asks again before something is gone.
type confirmPage struct {
	base
	Parents kit.Links
	Confirm kit.Confirm
	// Facts say more of what it is about.
	Facts kit.Facts
}

func (*confirmPage) template() string { return "confirm" }

func (w *web) askDeleteWebhook(r *http.Request) (page, error) {
	l := w.links(r)
	found, err := w.service.Webhook.FindMasked(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if err := w.showable(r, identity.Doing{Need: access.ManageWebhooks, Deletes: true}, access.Webhook(found.Team)); err != nil {
		return nil, err
	}
	title := webhookTitle(found)
	return &confirmPage{
		base: base{title: "Delete a webhook", twin: api.Webhook(found.UUID)}, Parents: kit.Links{{Text: "Webhooks", URL: l.WebhooksPage(), Own: true}, {Text: title, URL: l.WebhookPage(found.UUID)}},
		Confirm: kit.Confirm{
			Question: fmt.Sprintf("Delete the webhook “%s”?", title), Lost: []string{"It does not fire any more, and what it has yet to deliver is not sent.", "Its address, headers, body and password are gone.", "What it has delivered stays in the history of the contracts."},
			Action: l.DeleteWebhookPage(found.UUID), Yes: "Delete the webhook", No: kit.Link{Text: "Keep it", URL: l.WebhookPage(found.UUID)},
		},
	}, nil
}

func (w *web) deleteWebhook(r *http.Request, _ url.Values) (done, error) {
	if err := w.service.Webhook.DeleteWebhook(r.Context(), r.PathValue("id")); err != nil {
		if kernel.IsNotFound(err) {
			err = kernel.Errorf(kernel.CodeNotFound, "There is no such webhook any more: somebody has deleted it already.")
		}
		return done{}, err
	}
	return done{to: w.links(r).WebhooksPage() + "?done=deleted"}, nil
}

// webhookTestPage shows what came of a test.
type webhookTestPage struct {
	base
	Parents kit.Links
	// Confirm asks before something is sent; nil after it was.
	Confirm *kit.Confirm
	Answer  kit.Answer
	Parts   []kit.Code
	Again   kit.Cell
}

func (*webhookTestPage) template() string { return "webhooktest" }

// fine says that the page is the result, and no refusal.
func (*webhookTestPage) fine() bool { return true }

func (w *web) testPage(l links.Links, found kernel.Webhook) *webhookTestPage {
	return &webhookTestPage{
		base: base{title: "Test a webhook", twin: api.Webhook(found.UUID)}, Parents: kit.Links{{Text: "Webhooks", URL: l.WebhooksPage(), Own: true}, {Text: webhookTitle(found), URL: l.WebhookPage(found.UUID)}},
	}
}

func (w *web) askTestWebhook(r *http.Request) (page, error) {
	l := w.links(r)
	found, err := w.service.Webhook.FindMasked(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if err := w.showable(r, identity.Doing{Need: access.ManageWebhooks}, access.Webhook(found.Team)); err != nil {
		return nil, err
	}
	p := w.testPage(l, found)
	p.Confirm = &kit.Confirm{
		Question: fmt.Sprintf("Send “%s” now?", webhookTitle(found)), Lost: []string{"The request goes to " + callText(found.Request) + " as it would for the newest contract or result that it fits.", "The receiver cannot tell it from a real one, except that it has no X-Treaty-Delivery header. Nothing is stored."},
		Action: l.TestWebhookPage(found.UUID), Yes: "Send it", Harmless: true, No: kit.Link{Text: "Send nothing", URL: l.WebhookPage(found.UUID)},
	}
	return p, nil
}

func (w *web) testWebhook(r *http.Request, _ url.Values) (done, error) {
	l := w.links(r)
	found, sent, err := w.service.Webhook.TestStored(r.Context(), r.PathValue("id"))
	if err != nil {
		return done{}, err
	}
	p := w.testPage(l, found)
	p.show(found.Request.Method, sent)
	p.Again = kit.Cell{kit.Act{Action: l.TestWebhookPage(found.UUID), Text: "Send it again"}, kit.Link{Text: "Back to the webhook", URL: l.WebhookPage(found.UUID), Own: true}}
	return done{page: p}, nil
}

// show says what came of a test, as masked as the API tells it.
func (p *webhookTestPage) show(method string, sent webhook.Execution) {
	switch {
	case sent.Success:
		p.Answer = kit.Answer{Verdict: kit.Yes("delivered"), Sentence: "The receiver took it."}
	case sent.Error != "":
		p.Answer = kit.Answer{Verdict: kit.No("failed"), Sentence: "It was not delivered."}
	default:
		p.Answer = kit.Answer{Verdict: kit.No("failed"), Sentence: "The receiver got it and answered, but with a status that does not count as success."}
	}
	request := method + " " + sent.RequestURL + "\n" + headerLines(sent.RequestHeaders)
	if len(sent.RequestBody) > 0 {
		request += "\n" + textOfBody(sent.RequestBody)
	}
	p.Parts = []kit.Code{{Label: "Request", Text: request}}
	switch {
	case sent.Error != "":
		p.Answer.Reasons = append(p.Answer.Reasons, "The reason: "+sent.Error+".")
	case sent.Hidden:
		p.Answer.Reasons = append(p.Answer.Reasons, "What the receiver answered, its status too, is not shown, because this broker has no list of hosts that webhooks may reach. Its operator gives one with --webhook-host-whitelist.")
	case sent.Response != nil:
		p.Answer.Reasons = append(p.Answer.Reasons, fmt.Sprintf("The receiver answered with status %d.", sent.Response.Status))
		p.Parts = append(p.Parts, kit.Code{Label: "Response", Text: fmt.Sprintf("%d\n", sent.Response.Status) + headerLines(sent.Response.Headers) + "\n" + textOfBody(sent.Response.Body)})
	}
}

func headerLines(headers map[string]string) string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		out.WriteString(name + ": " + headers[name] + "\n")
	}
	return out.String()
}

func textOfBody(body []byte) string { return strings.ToValidUTF8(string(body), "\uFFFD") }

// parametersTable lists what may stand in a webhook.
func parametersTable() kit.Table {
	t := kit.Table{Name: "parameters", Columns: []kit.Column{{Title: "Parameter"}, {Title: "What is put there"}}}
	for _, p := range webhook.Parameters() {
		t.Rows = append(t.Rows, kit.Row{{kit.Mono{Text: "${pactbroker." + p.Name + "}"}}, {kit.Text{Text: p.Meaning}}})
	}
	return t
}
