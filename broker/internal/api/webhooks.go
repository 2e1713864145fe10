package api

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sort"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
	"github.com/treatyhq/treaty/broker/internal/webhook"
	"github.com/treatyhq/treaty/internal/hal"
	"github.com/treatyhq/treaty/internal/redact"
)

// scope is what the address of a list of webhooks restricts them to.
type scope struct {
	query kernel.WebhookQuery
	// consumer and provider are the sides that the address names.
	consumer, provider string
}

// scopeOf reads the scope of an address. A list shows only webhooks of exactly
// its scope: that of a provider has no consumer.
func scopeOf(c echo.Context) scope {
	s := scope{consumer: c.Param("consumer"), provider: c.Param("provider")}
	if s.consumer != "" || s.provider != "" {
		s.query.Consumer = &kernel.WebhookSide{Name: s.consumer}
		s.query.Provider = &kernel.WebhookSide{Name: s.provider}
	}
	return s
}

func (a *API) listWebhooks(c echo.Context) error {
	s := scopeOf(c)
	webhooks, err := a.service.Webhook.ListWebhooks(c.Request().Context(), s.query)
	if err != nil {
		return err
	}
	if err := orShorter(c, len(webhooks)); err != nil {
		return err
	}
	l := a.links(c)
	entries := make([]hal.Link, 0, len(webhooks))
	for _, w := range webhooks {
		entries = append(entries, titled(scopeText(w), describe(w), l.Webhook(w.UUID)))
	}
	here := a.requestURL(c)
	r := hal.New().Link("self", hal.Link{Title: "Webhooks", Href: here}).
		Link("pb:create", hal.Link{Title: "POST here creates a webhook", Href: here}).
		Links("pb:webhooks", entries).
		Curies("pb", l.WebhookDoc())
	return writeHAL(c, http.StatusOK, r)
}

func (a *API) createWebhook(c echo.Context) error {
	s := scopeOf(c)
	if err := a.checkScope(c, s); err != nil {
		return err
	}
	w, err := a.bindWebhook(c, s, "")
	if err != nil {
		return err
	}
	w, err = a.service.Webhook.CreateWebhook(c.Request().Context(), w)
	if err != nil {
		return webhookProblems(err)
	}
	doc, err := a.savedWebhookDoc(c, w)
	if err != nil {
		return err
	}
	return writeCreated(c, true, a.links(c).Webhook(w.UUID), doc)
}

// checkScope answers an address about pacticipants that do not exist before
// the body is looked at.
func (a *API) checkScope(c echo.Context, s scope) error {
	for role, name := range map[kernel.Role]string{kernel.RoleConsumer: s.consumer, kernel.RoleProvider: s.provider} {
		if name == "" {
			continue
		}
		if _, err := a.service.Registry.FindPacticipant(c.Request().Context(), name); kernel.IsNotFound(err) {
			return kernel.UnknownName(role, name)
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (a *API) getWebhook(c echo.Context) error {
	w, err := a.service.Webhook.FindWebhook(c.Request().Context(), c.Param("uuid"))
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, a.webhookDoc(c, w))
}

func (a *API) replaceWebhook(c echo.Context) error {
	w, err := a.bindWebhook(c, scope{}, c.Param("uuid"))
	if err != nil {
		return err
	}
	w, created, err := a.service.Webhook.ReplaceWebhook(c.Request().Context(), w)
	if err != nil {
		return webhookProblems(err)
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	doc, err := a.savedWebhookDoc(c, w)
	if err != nil {
		return err
	}
	return writeHAL(c, status, doc)
}

func (a *API) deleteWebhook(c echo.Context) error {
	return deleted(c, a.service.Webhook.DeleteWebhook(c.Request().Context(), c.Param("uuid")))
}

// webhookProblems lists what is wrong with the URL before the rest, as Pact
// Broker does.
func webhookProblems(err error) error {
	var domain *kernel.Error
	if !errors.As(err, &domain) || len(domain.Fields) == 0 {
		return err
	}
	items := problemsOf(err, domain.Fields)
	sort.SliceStable(items, func(i, j int) bool {
		return items[i].field == "request.url" && items[j].field != "request.url"
	})
	return &fieldsError{items: items, cause: err}
}

// bindWebhook reads a webhook and has the service check it, before what the
// client accepts is looked at. What the address names wins over the body.
func (a *API) bindWebhook(c echo.Context, s scope, uuid string) (kernel.Webhook, error) {
	w, err := readWebhook(c, s, uuid, a.config.Tokens != nil)
	if err != nil {
		return w, err
	}
	if err := a.service.Webhook.ValidateWebhook(c.Request().Context(), w); err != nil {
		return w, webhookProblems(err)
	}
	return w, checkHeaders(c)
}

func readWebhook(c echo.Context, s scope, uuid string, teams bool) (kernel.Webhook, error) {
	w := kernel.Webhook{UUID: uuid, Enabled: true}
	err := examine(c, func(f *form) {
		w.Description = strings.TrimSpace(f.text("description", 0))
		if enabled := f.flag("enabled", "must be boolean"); enabled != nil {
			w.Enabled = *enabled
		}
		w.Consumer = readSide(f, "consumer", s.consumer)
		w.Provider = readSide(f, "provider", s.provider)
		w.Events = readEvents(f)
		w.Request = readWebhookRequest(f)
		if team, given := f.values["teamUuid"]; teams && given {
			w.TeamGiven = true
			if team != nil {
				w.Team = f.text("teamUuid", singleLine)
			}
		}
	})
	return w, err
}

func readSide(f *form, role, fromAddress string) kernel.WebhookSide {
	if fromAddress != "" {
		return kernel.WebhookSide{Name: fromAddress}
	}
	side := f.object(role)
	if side == nil {
		return kernel.WebhookSide{}
	}
	out := kernel.WebhookSide{Name: side.text("name", isName), Label: side.text("label", isName)}
	switch {
	case out.Name != "" && out.Label != "":
		side.fail("label", "stands beside a name: a side is chosen by one of them")
	case strings.TrimSpace(out.Name) == "" && strings.TrimSpace(out.Label) == "":
		side.fail("name", "cannot be blank")
	}
	return out
}

func readEvents(f *form) []kernel.EventName {
	if value, given := f.values["events"]; !given || value == nil {
		return []kernel.EventName{kernel.EventContractContentChanged}
	}
	items := f.items("events")
	if list, ok := f.values["events"].([]any); ok && len(list) == 0 {
		f.fail("events", "size cannot be less than 1")
	}
	names := make([]string, 0, len(webhook.EventNames()))
	for _, name := range webhook.EventNames() {
		names = append(names, string(name))
	}
	var out []kernel.EventName
	for _, item := range items {
		if item.values == nil {
			continue
		}
		if _, given := item.values["name"]; !given {
			item.fail("name", "is missing")
			continue
		}
		if name := item.oneOf("name", names...); name != "" && !slices.Contains(out, kernel.EventName(name)) {
			out = append(out, kernel.EventName(name))
		}
	}
	return out
}

func readWebhookRequest(f *form) kernel.WebhookRequest {
	if _, given := f.values["request"]; !given {
		f.fail("request", "is missing")
		return kernel.WebhookRequest{}
	}
	request := f.object("request")
	if request == nil || len(request.values) == 0 {
		f.fail("request", "must be filled")
		return kernel.WebhookRequest{}
	}
	password, given := request.values["password"]
	return kernel.WebhookRequest{
		URL:        request.text("url", required|filled),
		Method:     strings.ToUpper(request.text("method", required|filled)),
		Headers:    readHeaders(request),
		Body:       request.raw("body"),
		Username:   request.text("username", 0),
		Password:   request.text("password", 0),
		NoPassword: given && password == nil,
	}
}

func readHeaders(request *form) []kernel.WebhookHeader {
	headers := request.object("headers")
	if headers == nil {
		return nil
	}
	out := make([]kernel.WebhookHeader, 0, len(headers.values))
	for _, name := range slices.Sorted(maps.Keys(headers.values)) {
		value := headers.scalar(name, 0).Value
		if name == "" || strings.ContainsAny(name+value, "\r\n") {
			headers.fail(name, "cannot contain multiple lines")
		}
		out = append(out, kernel.WebhookHeader{Name: strings.ToLower(name), Value: value})
	}
	slices.SortFunc(out, func(a, b kernel.WebhookHeader) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// describe is the description of a webhook, or what it calls.
func describe(w kernel.Webhook) string {
	if w.Description != "" {
		return w.Description
	}
	_, rest, _ := strings.Cut(redact.Bare(w.Request.URL), "://")
	host := strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune("/?#", r) })
	if len(host) == 0 {
		return w.Request.Method
	}
	name, _, _ := strings.Cut(host[0], ":")
	return w.Request.Method + " " + name
}

func (a *API) webhookDoc(c echo.Context, w kernel.Webhook) *hal.Resource {
	events := make([]*hal.Object, 0, len(w.Events))
	for _, e := range w.Events {
		events = append(events, new(hal.Object).Set("name", string(e)))
	}
	r := hal.New().Set("uuid", w.UUID).Set("description", describe(w))
	setSide(r, "consumer", w.Consumer)
	setSide(r, "provider", w.Provider)
	r.Set("enabled", w.Enabled).
		Set("request", requestDoc(w.Request)).
		Set("events", events)
	if w.Team != "" {
		r.Set("teamUuid", w.Team)
	}
	return a.linkWebhook(c, setTimes(r, w.CreatedAt, w.UpdatedAt), w)
}

// savedWebhookDoc is a webhook that was saved, with a warning where it names secrets
// that there are not.
func (a *API) savedWebhookDoc(c echo.Context, w kernel.Webhook) (*hal.Resource, error) {
	doc := a.webhookDoc(c, w)
	unknown, err := a.service.Webhook.UnknownSecrets(c.Request().Context(), w)
	if text := secret.Missing(unknown); text != "" {
		doc.Set("warnings", []string{text})
	}
	return doc, err
}

func setSide(r *hal.Resource, role string, side kernel.WebhookSide) {
	switch {
	case side.Name != "":
		r.Set(role, new(hal.Object).Set("name", side.Name))
	case side.Label != "":
		r.Set(role, new(hal.Object).Set("label", side.Label))
	}
}

// requestDoc is a request without its secrets: [webhook.MaskedRequest] is how all
// that is shown of one looks.
func requestDoc(stored kernel.WebhookRequest) *hal.Object {
	request := webhook.MaskedRequest(stored)
	out := new(hal.Object).Set("method", request.Method).Set("url", request.URL)
	if len(request.Headers) > 0 {
		headers := new(hal.Object)
		for _, h := range request.Headers {
			headers.Set(h.Name, h.Value)
		}
		out.Set("headers", headers)
	}
	if len(request.Body) > 0 {
		out.Set("body", request.Body)
	}
	if request.Username != "" {
		out.Set("username", request.Username)
	}
	if stored.Password != "" || request.Username != "" { // an empty password is one
		out.Set("password", webhook.Masked(request.Password))
	}
	return out
}

func (a *API) linkWebhook(c echo.Context, r *hal.Resource, w kernel.Webhook) *hal.Resource {
	l := a.links(c)
	r.Link("self", hal.Link{Title: describe(w), Href: l.Webhook(w.UUID)}).
		Link("pb:execute", hal.Link{Title: "POST here to try the webhook out, on the newest pact or result that it fits",
			Href: l.WebhookExecution(w.UUID)})
	for _, side := range []struct {
		role, title string
		side        kernel.WebhookSide
	}{{"consumer", "Consumer", w.Consumer}, {"provider", "Provider", w.Provider}} {
		switch {
		case side.side.Name != "":
			r.Link("pb:"+side.role, titled(side.title, side.side.Name, l.Pacticipant(side.side.Name)))
		case side.side.Label != "":
			r.Link("pb:"+side.role+"s", titled(side.title+"s by label", side.side.Label,
				l.PacticipantsWithLabel(side.side.Label)))
		}
	}
	if w.Consumer.Name != "" && w.Provider.Name != "" {
		r.Link("pb:pact-webhooks", hal.Link{
			Title: "All webhooks for consumer " + w.Consumer.Name + " and provider " + w.Provider.Name,
			Href:  l.Pair(w.Provider.Name, w.Consumer.Name).Webhooks()})
	}
	return r.Link("pb:webhooks", hal.Link{Title: "All webhooks", Href: l.Webhooks()})
}

// scopeText says in words when a webhook applies.
func scopeText(w kernel.Webhook) string {
	consumer, provider := sideText("consumer", w.Consumer), sideText("provider", w.Provider)
	switch {
	case w.Consumer.Any() && w.Provider.Any():
		return "A webhook for all pacts"
	case w.Consumer.Any():
		return "A webhook for all pacts with " + provider
	case w.Provider.Any():
		return "A webhook for all pacts with " + consumer
	case w.Consumer.Name != "" && w.Provider.Name != "":
		return "A webhook for the pact between " + w.Consumer.Name + " and " + w.Provider.Name
	}
	return "A webhook for the pact between " + pluralSide("consumer", w.Consumer) +
		" and " + pluralSide("provider", w.Provider)
}

func sideText(role string, side kernel.WebhookSide) string {
	if side.Label != "" {
		return role + " labeled '" + side.Label + "'"
	}
	return role + " " + side.Name
}

func pluralSide(role string, side kernel.WebhookSide) string {
	if side.Label != "" {
		return role + "s labeled '" + side.Label + "'"
	}
	return side.Name
}
