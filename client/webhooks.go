package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// Webhook is a request that the broker makes when something happens.
type Webhook struct {
	Resource `json:"-"`
	// UUID names the webhook; the broker chooses one in [Client.CreateWebhook].
	UUID string `json:"uuid,omitempty"`
	// Description is for people; may be empty.
	Description string `json:"description,omitempty"`
	// Consumer and Provider narrow whose events fire it; nil means everybody's.
	Consumer *WebhookParty `json:"consumer,omitempty"`
	Provider *WebhookParty `json:"provider,omitempty"`
	// Events are what fires it; one at least.
	Events []WebhookEvent `json:"events"`
	// Request is what the broker sends then.
	Request WebhookRequest `json:"request"`
	// TeamUUID is a team of PactFlow; other brokers have none.
	TeamUUID string `json:"teamUuid,omitempty"`
	// Raw is the webhook as received.
	Raw json.RawMessage `json:"-"`
}

// WebhookParty narrows a webhook to a pacticipant, by name or by label.
type WebhookParty struct {
	// Name is one pacticipant; Label stands for all that have the label. One of
	// the two is empty.
	Name  string `json:"name,omitempty"`
	Label string `json:"label,omitempty"`
}

// WebhookEvent is what a webhook waits for, such as contract_published.
type WebhookEvent struct {
	// Name is contract_published, contract_content_changed,
	// contract_requiring_verification_published,
	// provider_verification_published, provider_verification_succeeded or
	// provider_verification_failed.
	Name string `json:"name"`
}

// WebhookRequest is what a webhook sends. URL, headers and body may hold
// variables such as ${pactbroker.pactUrl}, which the broker fills.
type WebhookRequest struct {
	// Method of HTTP; brokers allow POST only unless they are told otherwise.
	Method string `json:"method"`
	// URL is where it goes. Brokers may allow https and certain hosts only.
	URL string `json:"url"`
	// Headers by name. In answers of a broker the values of secret ones are
	// stars.
	Headers map[string]string `json:"headers,omitempty"`
	// Body is a text, or anything that marshals to JSON; nil sends none.
	Body any `json:"body,omitempty"`
	// Username and Password are for basic authentication at URL; none when
	// empty. In answers of a broker Password is stars.
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
}

// CreateWebhook creates a webhook under a UUID of the broker's choice (POST
// /webhooks). ErrInvalid says what the broker does not allow.
func (c *Client) CreateWebhook(ctx context.Context, w Webhook) (Webhook, error) {
	r := request{method: http.MethodPost, body: w, once: true}
	return c.webhook(ctx, "pb:webhooks", nil, r)
}

// SaveWebhook creates the webhook with the UUID of w, or replaces it (PUT
// /webhooks/{uuid}). created tells which. ErrInvalid says what the broker does
// not allow.
func (c *Client) SaveWebhook(ctx context.Context, w Webhook) (saved Webhook, created bool, err error) {
	values := map[string]string{"uuid": w.UUID}
	_, err = c.webhook(ctx, "pb:webhook", values, request{})
	created = errors.Is(err, ErrNotFound)
	if err != nil && !created {
		return Webhook{}, false, err
	}
	w.UUID = ""
	saved, err = c.webhook(ctx, "pb:webhook", values, request{method: http.MethodPut, body: w})
	return saved, created, err
}

// DeleteWebhook removes the webhook with a UUID for good (DELETE
// /webhooks/{uuid}). ErrNotFound means that there is none.
func (c *Client) DeleteWebhook(ctx context.Context, uuid string) error {
	return c.at(ctx, "pb:webhook", map[string]string{"uuid": uuid}, request{method: http.MethodDelete}, nil)
}

// TestWebhook has the broker send a webhook's request now (POST
// /webhooks/{uuid}/execute) and returns the report as received: what was sent,
// and what was answered. ErrNotFound means that there is no such webhook.
func (c *Client) TestWebhook(ctx context.Context, uuid string) (json.RawMessage, error) {
	webhook, err := c.webhook(ctx, "pb:webhook", map[string]string{"uuid": uuid}, request{})
	if err != nil {
		return nil, err
	}
	link, found := webhook.Links.Find("pb:execute")
	if !found {
		return nil, errors.New("the webhook has no pb:execute link: the broker cannot test it")
	}
	var raw json.RawMessage
	r := request{method: http.MethodPost, url: link.Href, body: emptyObject, once: true}
	err = c.call(ctx, r, &raw)
	return raw, err
}

func (c *Client) webhook(ctx context.Context, rel string, values map[string]string, r request) (Webhook, error) {
	var raw json.RawMessage
	if err := c.at(ctx, rel, values, r, &raw); err != nil {
		return Webhook{}, err
	}
	w := Webhook{Raw: raw}
	if err := unmarshal(raw, &w); err != nil {
		return Webhook{}, err
	}
	err := unmarshal(raw, &w.Resource)
	return w, err
}
