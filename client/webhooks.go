package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// Webhook is a request that the broker makes when something happens.
type Webhook struct {
	Resource    `json:"-"`
	UUID        string         `json:"uuid,omitempty"`
	Description string         `json:"description,omitempty"`
	Consumer    *WebhookParty  `json:"consumer,omitempty"`
	Provider    *WebhookParty  `json:"provider,omitempty"`
	Events      []WebhookEvent `json:"events"`
	Request     WebhookRequest `json:"request"`
	TeamUUID    string         `json:"teamUuid,omitempty"`
	// Raw is the webhook as received.
	Raw json.RawMessage `json:"-"`
}

// WebhookParty narrows a webhook to a pacticipant, by name or by label.
type WebhookParty struct {
	Name  string `json:"name,omitempty"`
	Label string `json:"label,omitempty"`
}

// WebhookEvent is what a webhook waits for, such as contract_published.
type WebhookEvent struct {
	Name string `json:"name"`
}

// WebhookRequest is what a webhook sends.
type WebhookRequest struct {
	Method   string            `json:"method"`
	URL      string            `json:"url"`
	Headers  map[string]string `json:"headers,omitempty"`
	Body     any               `json:"body,omitempty"`
	Username string            `json:"username,omitempty"`
	Password string            `json:"password,omitempty"`
}

// CreateWebhook creates a webhook under a UUID of the broker's choice.
func (c *Client) CreateWebhook(ctx context.Context, w Webhook) (Webhook, error) {
	r := request{method: http.MethodPost, body: w, once: true}
	return c.webhook(ctx, "pb:webhooks", nil, r)
}

// SaveWebhook creates the webhook with the UUID of w, or replaces it.
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

// DeleteWebhook deletes a webhook.
func (c *Client) DeleteWebhook(ctx context.Context, uuid string) error {
	return c.at(ctx, "pb:webhook", map[string]string{"uuid": uuid}, request{method: http.MethodDelete}, nil)
}

// TestWebhook has the broker execute a webhook and returns its report.
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
