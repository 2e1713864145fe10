package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/webhook"
	"github.com/treatyhq/treaty/internal/hal"
)

// executeWebhook tries a stored webhook out. The answer is 200 whatever came
// of it.
func (a *API) executeWebhook(c echo.Context) error {
	if err := negotiate(c); err != nil {
		return err
	}
	uuid := c.Param("uuid")
	w, err := a.service.Webhook.FindWebhook(c.Request().Context(), uuid)
	if err != nil {
		return err
	}
	l := a.links(c)
	return a.writeExecution(c, w, l.WebhookExecution(uuid), l.Webhook(uuid))
}

// executeUnsavedWebhook tries out a webhook that is only in the body.
func (a *API) executeUnsavedWebhook(c echo.Context) error {
	w, err := a.bindWebhook(c, scope{}, "")
	if err != nil {
		return err
	}
	return a.writeExecution(c, w, a.links(c).Template("/webhooks/execute"), "")
}

func (a *API) writeExecution(c echo.Context, w kernel.Webhook, again, stored string) error {
	done, err := a.service.Webhook.TestWebhook(c.Request().Context(), w)
	if err != nil {
		return err
	}
	r := hal.New().Set("request", executedRequest(done))
	switch {
	case done.Hidden:
		r.Set("message", "What the receiver answered is not shown, because this broker has no list of hosts that "+
			"webhooks may reach (webhook_host_whitelist). How to set it: "+a.links(c).DocPage("webhooks")+"#whitelist")
	case done.Response != nil:
		r.Set("response", executedResponse(*done.Response))
	case done.Error != "":
		r.Set("error", new(hal.Object).Set("message", done.Error))
	}
	r.Set("logs", done.Logs).Set("success", done.Success)
	if stored != "" {
		r.Link("webhook", hal.Link{Href: stored})
	}
	r.Link("try-again", hal.Link{Title: "Execute the webhook again", Href: again})
	return writeHAL(c, http.StatusOK, r)
}

func executedRequest(done webhook.Execution) *hal.Object {
	out := new(hal.Object).Set("headers", sortedHeaders(done.RequestHeaders))
	if done.RequestBody != nil {
		out.Set("body", jsonOrText(done.RequestBody))
	}
	return out.Set("url", done.RequestURL)
}

func executedResponse(response webhook.Response) *hal.Object {
	return new(hal.Object).Set("status", response.Status).
		Set("headers", sortedHeaders(response.Headers)).
		Set("body", jsonOrText(response.Body))
}

func sortedHeaders(headers map[string]string) *hal.Object {
	out := new(hal.Object)
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		out.Set(name, headers[name])
	}
	return out
}

// jsonOrText embeds a body as what it is.
func jsonOrText(body []byte) any {
	if json.Valid(body) {
		return json.RawMessage(body)
	}
	return strings.ToValidUTF8(string(body), "�")
}

func (a *API) listPactWebhooks(c echo.Context) error {
	consumer, provider, version := c.Param("consumer"), c.Param("provider"), c.Param("version")
	list, err := a.service.Webhook.ListWebhooksOfPact(c.Request().Context(), consumer, provider, version)
	if err != nil {
		return err
	}
	title := "What the publication set off, of the pact between " +
		consumer + " (" + version + ") and " + provider
	return a.writeTriggered(c, list, title)
}

func (a *API) listVerificationWebhooks(c echo.Context) error {
	q, err := verificationByNumber(c)
	if err != nil {
		return err
	}
	list, err := a.service.Webhook.ListWebhooksOfVerification(c.Request().Context(), q)
	if err != nil {
		return err
	}
	title := "What was set off by verification result " + c.Param("number")
	return a.writeTriggered(c, list, title)
}

func (a *API) writeTriggered(c echo.Context, list []kernel.TriggeredWebhook, title string) error {
	r := hal.New().Embed("triggeredWebhooks", a.triggeredDocs(c, list)).
		Link("self", hal.Link{Title: title, Href: a.requestURL(c)})
	return writeHAL(c, http.StatusOK, r)
}

func (a *API) triggeredDocs(c echo.Context, list []kernel.TriggeredWebhook) []*hal.Resource {
	docs := make([]*hal.Resource, 0, len(list))
	for _, t := range list {
		docs = append(docs, a.triggeredDoc(c, t))
	}
	return docs
}

func (a *API) triggeredDoc(c echo.Context, t kernel.TriggeredWebhook) *hal.Resource {
	l := a.links(c)
	r := hal.New().SetText("name", t.Name).
		Set("status", string(t.Status)).
		Set("attemptsMade", t.Attempts).
		Set("attemptsRemaining", a.attemptsRemaining(t)).
		Set("triggerType", "resource_creation").
		Set("eventName", string(t.Event)).
		Set("triggeredAt", hal.Time(t.CreatedAt)).
		Link("pb:logs", logsLink(l, t, "Webhook execution logs")).
		Link("logs", logsLink(l, t, "DEPRECATED - please use the pb:logs relation"))
	if t.WebhookID != 0 {
		r.Link("pb:webhook", titled("Webhook", t.Name, l.Webhook(t.WebhookUUID)))
	}
	return r
}

// logsLink leads to the logs of a firing. The name is null after the webhook
// was deleted.
func logsLink(l links.Links, t kernel.TriggeredWebhook, title string) hal.Link {
	link := titled(title, t.Name, l.TriggeredWebhookLogs(t.UUID))
	if t.Name == "" {
		link.Extra = new(hal.Object).Set("name", nil)
	}
	return link
}

func (a *API) attemptsRemaining(t kernel.TriggeredWebhook) int {
	if t.Status == kernel.TriggerSuccess || t.Status == kernel.TriggerFailure {
		return 0
	}
	return max(0, a.config.WebhookRetries+1-t.Attempts)
}

func (a *API) getWebhookStatus(c echo.Context) error {
	status, err := a.service.Webhook.FindWebhookStatus(c.Request().Context(), c.Param("consumer"), c.Param("provider"))
	if err != nil {
		return err
	}
	l := a.links(c)
	consumer, provider := status.Consumer.Name, status.Provider.Name
	failures := []hal.Link{}
	for _, t := range status.Triggered {
		if t.Status == kernel.TriggerFailure || t.Status == kernel.TriggerRetrying {
			failures = append(failures, logsLink(l, t, "Webhook execution logs"))
		}
	}
	r := hal.New().Set("summary", webhookSummary(status.Triggered)).
		Embed("triggeredWebhooks", a.triggeredDocs(c, status.Triggered)).
		Link("self", hal.Link{Title: "Webhooks status", Href: a.requestURL(c)}).
		Links("pb:error-logs", failures).
		Link("pb:pact-webhooks", hal.Link{Title: "Webhooks for the pact between " + consumer + " and " + provider,
			Href: strings.TrimSuffix(l.Pair(provider, consumer).WebhooksStatus(), "/status")})
	if p := status.Pact; p != nil {
		r.Link("pb:pact-version", titled("Pact", pactName(*p), l.Pair(provider, consumer).Pact(p.ConsumerVersion.Number)))
	}
	r.Link("pb:consumer", titled("Consumer", consumer, l.Pacticipant(consumer))).
		Link("pb:provider", titled("Provider", provider, l.Pacticipant(provider)))
	return writeHAL(c, http.StatusOK, r)
}

// webhookSummary counts firings; retrying and not run are shown only if there
// are any.
func webhookSummary(list []kernel.TriggeredWebhook) *hal.Object {
	counts := map[kernel.TriggerStatus]int{}
	for _, t := range list {
		counts[t.Status]++
	}
	out := new(hal.Object).
		Set("successful", counts[kernel.TriggerSuccess]).
		Set("failed", counts[kernel.TriggerFailure])
	if n := counts[kernel.TriggerRetrying]; n > 0 {
		out.Set("retrying", n)
	}
	if n := counts[kernel.TriggerNotRun]; n > 0 {
		out.Set("notRun", n)
	}
	return out
}

func (a *API) getTriggeredWebhookLogs(c echo.Context) error {
	t, err := a.service.Webhook.FindTriggeredWebhook(c.Request().Context(), c.Param("uuid"))
	if err != nil {
		return err
	}
	if chosen(c) == typeText {
		return writeText(c, typeText, logText(t))
	}
	l := a.links(c)
	executions := make([]*hal.Object, 0, len(t.Executions))
	for _, e := range t.Executions {
		executions = append(executions, new(hal.Object).Set("success", e.Success).
			Set("logs", e.Logs).Set("createdAt", hal.Time(e.CreatedAt)))
	}
	r := hal.New().Set("eventName", string(t.Event)).
		Set("consumerName", t.Consumer.Name).
		Set("providerName", t.Provider.Name).
		Set("executions", executions).
		Embed("triggeredWebhook", hal.New().Set("uuid", t.UUID)).
		Link("self", hal.Link{Title: "Triggered webhook logs", Href: l.TriggeredWebhookLogs(t.UUID)})
	if t.WebhookID != 0 {
		r.Link("pb:webhook", hal.Link{Title: "Webhook", Href: l.Webhook(t.WebhookUUID)})
	}
	return writeHAL(c, http.StatusOK, r)
}

// logText joins the logs of all attempts.
func logText(t webhook.Logs) string {
	if len(t.Executions) == 0 {
		return "Not sent yet. Ask again in a moment."
	}
	parts := make([]string, 0, len(t.Executions))
	for _, e := range t.Executions {
		parts = append(parts, strings.TrimRight(e.Logs, "\n"))
	}
	return strings.Join(parts, "\n\n") + "\n"
}
