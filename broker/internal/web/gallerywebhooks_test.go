package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

// galleryOfWebhooks makes its pages from answers, as the handlers do.
func galleryOfWebhooks(w *web) map[string]page {
	l := links.Below("")
	one := w.galleryWebhook("Start the build of catalog")
	hostile := w.galleryWebhook("")
	hostile.Consumer, hostile.Provider, hostile.Request.URL = kernel.WebhookSide{Label: long}, kernel.WebhookSide{}, "https://ci.example/"+long+"?<b>=1"
	hostile.Request.Headers = []kernel.WebhookHeader{{Name: "x-" + long, Value: hostileName}}
	listed := overview.WebhooksAnswer{All: 3, Names: []string{"catalog", "storefront"}, Counts: map[overview.WebhookHealth]int{overview.WebhookFailing: 1, overview.WebhookDelivered: 1, overview.WebhookOff: 1}}
	for i, health := range []overview.WebhookHealth{overview.WebhookFailing, overview.WebhookDelivered, overview.WebhookOff} {
		of := overview.ListedWebhook{Webhook: one, Health: health, HostAllowed: i != 2}
		switch i {
		case 0:
			of.Webhook = hostile
			of.Last = &kernel.FiringState{Status: kernel.TriggerRetrying, CreatedAt: w.config.Now().Add(-time.Hour)}
			of.FailingSince = &kernel.FiringState{Status: kernel.TriggerFailure, CreatedAt: w.config.Now().Add(-48 * time.Hour)}
		case 1:
			of.Last = &kernel.FiringState{Status: kernel.TriggerSuccess, CreatedAt: w.config.Now().Add(-time.Hour)}
		}
		listed.Webhooks = append(listed.Webhooks, of)
	}
	none := listed
	none.Webhooks = nil
	crowded := listed
	for i := range pageSize + 20 {
		of := crowded.Webhooks[i%3]
		of.Description = fmt.Sprintf("%s %d", long, i)
		crowded.Webhooks = append(crowded.Webhooks, of)
	}
	crowded.All = len(crowded.Webhooks)

	works := webhook.Look{Webhook: one, HostAllowed: true, State: listed.Webhooks[1].WebhookState, Deliveries: w.galleryDeliveries(one), More: true, Why: w.galleryWhy()}
	fails := webhook.Look{Webhook: hostile, State: listed.Webhooks[0].WebhookState, Why: webhook.Why{Consumer: "storefront", Wrong: "Name both, the consumer and the provider: an event is one of a pair."}}
	fails.LastFailure = &kernel.WebhookAttempt{Logs: "[2026-03-04T05:06:07Z] ERROR: the host refuses the connection: is it running?\n"}
	off := webhook.Look{Webhook: one, HostAllowed: true, Why: webhook.Why{Consumer: "storefront", Provider: "catalog"}}
	off.Enabled = false

	delivered := webhook.DeliveryLook{Delivery: works.Deliveries[1], Webhook: &one, Publication: &kernel.PactPublication{}, Verification: &kernel.Verification{Number: 8, SHA: wholeCommit, Success: true}}
	gone := webhook.DeliveryLook{Delivery: works.Deliveries[3]}
	for i, text := range []string{"ERROR: the host refuses the connection: is it running?", "INFO: HTTP/1.1 500\n[2026-03-04T05:06:07Z] INFO: <script>alert(1)</script>\n[2026-03-04T05:06:07Z] INFO: the webhook was delivered"} {
		gone.Attempts = append(gone.Attempts, kernel.WebhookAttempt{Logs: "[2026-03-04T05:06:07Z] INFO: HTTP/1.1 POST https://ci.example/\n[2026-03-04T05:06:07Z] " + text + "\n", CreatedAt: w.config.Now().Add(-time.Duration(2-i) * time.Hour)})
	}
	delivered.Attempts = []kernel.WebhookAttempt{{Success: true, Logs: "[2026-03-04T05:06:07Z] INFO: HTTP/1.1 POST https://ci.example/\n[2026-03-04T05:06:07Z] INFO: HTTP/1.1 200\n", CreatedAt: w.config.Now().Add(-time.Hour)}}

	methods, names := []string{"POST"}, []string{"catalog", "storefront", hostileName}
	wrong := webhookFormOf(l, hostile, methods, names, kernel.Fields{
		"request.url": {"is not a URL"}, "request.headers.private-token": {"is kept only for POST https://ci.example:443"}, "request.headers": {"line 2 is not a name, a colon and a value"}, "events": {"must name one at least"}, "uuid": {"is odd"},
	})
	tested, refused := w.testPage(l, one), w.testPage(l, one)
	tested.show("POST", webhook.Execution{Success: true, RequestURL: "/start?token=**********", RequestHeaders: map[string]string{"authorization": "**********"}, RequestBody: []byte(`{"ref":"main"}`), Response: &webhook.Response{Status: 200, Headers: map[string]string{"content-type": "text/html"}, Body: []byte("<script>alert(1)</script>\xff")}})
	refused.show("POST", webhook.Execution{RequestURL: "/", Error: "the host is not among those that webhooks may reach on this broker (webhook host whitelist)"})
	hidden := w.testPage(l, one)
	hidden.show("POST", webhook.Execution{RequestURL: "/", Hidden: true})
	kept := kernel.Secret{UUID: "5b3073b6-9b48-4a1f-ae13-6273e0bc5c69", Name: "CI_TOKEN", Description: hostileName, Hosts: []string{"*.example.org", "ci.example.net"}, UpdatedAt: w.config.Now().Add(-time.Hour)}
	free := kernel.Secret{UUID: "u2", Name: "X", Description: long, UpdatedAt: w.config.Now().Add(-48 * time.Hour)}
	users := map[string][]kernel.Webhook{"CI_TOKEN": {one, one, hostile, one, one}}
	missing := works
	missing.Unknown = []string{"CI_TOKEN"}
	events := []kernel.AuditEvent{
		{UUID: "e2", At: w.config.Now().Add(-time.Minute), Name: "w", Kind: "password", Action: "contract_published", Resource: "/contracts/publish", Outcome: kernel.AuditDenied, IP: "::1"},
		{UUID: "e1", At: w.config.Now().Add(-time.Hour), Principal: "p", Name: hostileName, Kind: "account", Token: "abcd1234", Action: "webhook_saved", Resource: "/webhooks/" + long, Outcome: kernel.AuditAllowed, IP: "10.0.0.1", Seq: 7, Hash: wholeCommit},
		{UUID: "e0", At: w.config.Now().Add(-time.Hour), Kind: "anyone", Action: "secret_created", Resource: "/secrets", Outcome: kernel.AuditAllowed},
	}
	return map[string]page{
		"audit":             w.auditPage(l, nil, events, true),
		"audit-narrowed":    w.auditPage(l, url.Values{"type": {"x"}, "outcome": {"denied"}, "user": {"p"}}, nil, false),
		"secrets":           w.secretsPage(mayLinks{l, true, true, true}, []kernel.Secret{kept, free}, users, nil, true, everySecret),
		"secrets-empty":     w.secretsPage(mayLinks{l, true, true, true}, nil, nil, nil, false, everySecret),
		"secret-new":        secretForm(l, kernel.Secret{}, nil, nil),
		"secret-wrong":      secretForm(l, kept, nil, kernel.Fields{"name": {"is odd"}, "value": {"must not be empty"}, "hosts": {"has a mistake"}, "uuid": {"is odd"}}),
		"secret-delete":     confirmSecret(l, kept, users["CI_TOKEN"]),
		"webhook-secret":    withSecretNames(webhookFormOf(l, one, methods, names, nil), []kernel.Secret{kept, free}),
		"webhook-missing":   w.webhookPage(l, nil, missing),
		"webhooks":          w.webhooksPage(l, nil, listed),
		"webhooks-empty":    w.webhooksPage(l, nil, overview.WebhooksAnswer{}),
		"webhooks-narrowed": w.webhooksPage(l, url.Values{"state": {"failing"}, "application": {hostileName}, "q": {"x"}, "done": {"deleted"}}, none),
		"webhooks-crowded":  w.webhooksPage(l, url.Values{"page": {"2"}}, crowded),
		"webhook":           w.webhookPage(l, url.Values{"done": {"saved"}, "before": {"9"}}, works),
		"webhook-failing":   w.webhookPage(l, url.Values{"deliveries": {"failed"}}, fails),
		"webhook-off":       w.webhookPage(l, nil, off),
		"delivery":          w.deliveryPage(l, url.Values{"done": {"fired"}}, delivered),
		"delivery-gone":     w.deliveryPage(l, nil, gone),
		"webhook-new":       webhookFormOf(l, kernel.Webhook{Enabled: true, Request: kernel.WebhookRequest{Method: "POST"}}, methods, names, nil),
		"webhook-edit":      webhookFormOf(l, one, methods, names, nil),
		"webhook-wrong":     wrong,
		"webhook-test":      tested,
		"webhook-refused":   refused,
		"webhook-hidden":    hidden,
		"webhook-delete":    &confirmPage{base: base{title: "Delete a webhook"}, Parents: kit.Links{{Text: "Webhooks", URL: "#"}}, Confirm: kit.Confirm{Question: "Delete the webhook “" + hostileName + "”?", Lost: []string{"It does not fire any more."}, Action: "#", Yes: "Delete the webhook", No: kit.Link{Text: "Keep it", URL: "#"}}},
	}
}

func (w *web) galleryWebhook(description string) kernel.Webhook {
	return kernel.Webhook{
		UUID: "4b3073b6-9b48-4a1f-ae13-6273e0bc5c69", Description: description, Enabled: true, Consumer: kernel.WebhookSide{Name: "storefront"}, Provider: kernel.WebhookSide{Name: "catalog"},
		Events: []kernel.EventName{kernel.EventContractContentChanged, kernel.EventVerificationFailed}, CreatedAt: w.config.Now().Add(-48 * time.Hour), UpdatedAt: w.config.Now().Add(-time.Hour),
		Request: webhook.MaskedRequest(kernel.WebhookRequest{
			Method: "POST", URL: "https://ci.example/start?token=hidden", Username: "ci", Password: "hidden", Body: json.RawMessage(`{"api_key": "hidden", "text": "a & b"}`),
			Headers: []kernel.WebhookHeader{{Name: "authorization", Value: "Bearer hidden"}, {Name: "content-type", Value: "application/json"}},
		}),
	}
}

func (w *web) galleryDeliveries(of kernel.Webhook) []webhook.Delivery {
	var out []webhook.Delivery
	for i, status := range kernel.TriggerStatuses() {
		d := webhook.Delivery{TriggeredWebhook: kernel.TriggeredWebhook{
			ID: int64(9 - i), UUID: fmt.Sprintf("delivery-%d", i), WebhookID: 1, WebhookUUID: of.UUID, Event: kernel.EventContractPublished, Context: kernel.EventContext{ConsumerVersionNumber: wholeCommit},
			Consumer: kernel.Party{Name: "storefront"}, Provider: kernel.Party{Name: "catalog"}, PublicationID: 1, Status: status, Attempts: i, CreatedAt: w.config.Now().Add(-time.Duration(i) * time.Hour),
		}}
		switch status {
		case kernel.TriggerRetrying:
			d.Next = w.config.Now().Add(5 * time.Minute)
		case kernel.TriggerFailure:
			d.WebhookID, d.PublicationID, d.Context.ProviderVersionNumber = 0, 0, "77ab02"
		case kernel.TriggerNotRun, kernel.TriggerSuccess:
		}
		out = append(out, d)
	}
	return out
}

// galleryWhy has every hindrance.
func (w *web) galleryWhy() webhook.Why {
	out := webhook.Why{Consumer: "storefront", Provider: "catalog"}
	publication := kernel.PactPublication{Consumer: kernel.Party{Name: "storefront"}, Provider: kernel.Party{Name: "catalog"}, ConsumerVersion: kernel.Version{Number: wholeCommit}}
	fired := webhook.WhyEvent{Event: kernel.EventVerificationFailed, At: w.config.Now().Add(-time.Hour), Publication: publication, Verification: &kernel.Verification{Number: 8, SHA: wholeCommit}, Fired: w.galleryDeliveriesAsFirings()}
	out.Events = append(out.Events, fired)
	for _, h := range []webhook.Hindrance{
		webhook.HindranceEvent, webhook.HindranceDisabled, webhook.HindranceConsumer, webhook.HindranceProvider, webhook.HindranceConsumerLabel, webhook.HindranceProviderLabel,
		webhook.HindranceYounger, webhook.HindranceUnchanged, webhook.HindranceUnknown, webhook.HindranceChanged, webhook.HindranceNoRecord,
	} {
		out.Events = append(out.Events, webhook.WhyEvent{Event: kernel.EventContractContentChanged, At: w.config.Now().Add(-2 * time.Hour), Publication: publication, Hindrances: []webhook.Hindrance{h}, SinceChanged: h == webhook.HindranceDisabled})
	}
	return out
}

func (w *web) galleryDeliveriesAsFirings() []kernel.TriggeredWebhook {
	return []kernel.TriggeredWebhook{{UUID: "delivery-1", WebhookUUID: "4b3073b6-9b48-4a1f-ae13-6273e0bc5c69", Status: kernel.TriggerSuccess}}
}
