package kernel

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// EventName names something that webhooks can wait for.
type EventName string

// The events, in the order in which the API lists them.
const (
	EventContractPublished            EventName = "contract_published"
	EventContractContentChanged       EventName = "contract_content_changed"
	EventVerificationPublished        EventName = "provider_verification_published"
	EventVerificationSucceeded        EventName = "provider_verification_succeeded"
	EventVerificationFailed           EventName = "provider_verification_failed"
	EventContractRequiresVerification EventName = "contract_requiring_verification_published"
)

// Webhook is a rule: when one of Events happens to a matching pair, send
// Request.
type Webhook struct {
	ID          int64
	UUID        string
	Description string // empty if not given
	Consumer    WebhookSide
	Provider    WebhookSide
	Enabled     bool
	Events      []EventName
	Request     WebhookRequest
	CreatedAt   time.Time
	UpdatedAt   time.Time
	// Team is the UUID of the team that it belongs to; empty for none. Of a change it
	// counts only with TeamGiven.
	Team      string
	TeamGiven bool
}

// Title returns what people know the webhook by.
func (w Webhook) Title() string {
	if w.Description != "" {
		return w.Description
	}
	return w.UUID
}

// WebhookSide restricts one side of a webhook: by name, by label or, when
// zero, not at all.
type WebhookSide struct {
	Name  string
	Label string
}

// Any reports whether s does not restrict.
func (s WebhookSide) Any() bool { return s == WebhookSide{} }

// Concerns reports whether a webhook may be told of what happens to the pairs of an
// application: it names it or one of its labels, or is for all pairs.
func (w Webhook) Concerns(application string, labels []Label) bool {
	if w.Consumer.Any() && w.Provider.Any() {
		return true
	}
	for _, side := range []WebhookSide{w.Consumer, w.Provider} {
		if side.Name != "" && side.Name == application {
			return true
		}
		if side.Label != "" && slices.ContainsFunc(labels, func(l Label) bool { return l.Name == side.Label }) {
			return true
		}
	}
	return false
}

// WebhookRequest is the request to send. URL, header values and body may hold
// ${pactbroker.…} parameters.
type WebhookRequest struct {
	Method   string
	URL      string
	Headers  []WebhookHeader // names lower-cased, sorted
	Body     json.RawMessage // a JSON value; a plain text is a JSON string; nil if none
	Username string
	Password string
	// NoPassword says that a webhook that is replaced shall have no password. It
	// is not stored: an empty Password alone keeps the stored one.
	NoPassword bool
}

// Texts are those in which parameters and secrets are put.
func (r WebhookRequest) Texts() []string {
	texts := []string{r.URL, r.Username, r.Password, string(r.Body)}
	for _, h := range r.Headers {
		texts = append(texts, h.Value)
	}
	return texts
}

// NamesSecrets reports whether a request may name stored secrets.
func (r WebhookRequest) NamesSecrets() bool {
	return slices.ContainsFunc(r.Texts(), func(text string) bool { return strings.Contains(text, "${user.") })
}

// WebhookHeader is one header of a webhook request.
type WebhookHeader struct {
	Name, Value string
}

// WebhookQuery selects webhooks by their exact scope: a nil side means no
// condition, a zero side means webhooks that do not restrict that side.
type WebhookQuery struct {
	Consumer *WebhookSide
	Provider *WebhookSide
}

// WebhookMatch says of a webhook and a pair which of the conditions hold that all
// have to hold for the webhook to be told of what happens to the pair.
type WebhookMatch struct {
	Enabled bool
	// Consumer and Provider: the side names no application, or that of the pair.
	Consumer, Provider bool
	// ConsumerLabel and ProviderLabel: the side names no label, or one that the
	// application of the pair has.
	ConsumerLabel, ProviderLabel bool
}

// All reports whether all of them hold.
func (m WebhookMatch) All() bool {
	return m.Enabled && m.Consumer && m.Provider && m.ConsumerLabel && m.ProviderLabel
}

// WebhookState is how the deliveries of a webhook go.
type WebhookState struct {
	// Last is the firing that came last; nil if there is none.
	Last *FiringState
	// FailingSince is the first firing that was not delivered since the last one
	// that was; nil while the newest that was tried was delivered.
	FailingSince *FiringState
}

// FiringState is what a list of webhooks says of a firing.
type FiringState struct {
	Status    TriggerStatus
	CreatedAt time.Time
	// UpdatedAt is when it was tried last.
	UpdatedAt time.Time
}

// TriggerStatus is the state of a triggered webhook.
type TriggerStatus string

// The states of a triggered webhook.
const (
	TriggerNotRun   TriggerStatus = "not_run"
	TriggerRetrying TriggerStatus = "retrying"
	TriggerSuccess  TriggerStatus = "success"
	TriggerFailure  TriggerStatus = "failure"
)

// TriggerStatuses are all of them.
func TriggerStatuses() []TriggerStatus {
	return []TriggerStatus{TriggerNotRun, TriggerRetrying, TriggerSuccess, TriggerFailure}
}

// TriggeredWebhook is one firing of a webhook.
type TriggeredWebhook struct {
	ID   int64
	UUID string
	// WebhookID is 0 after the webhook was deleted; WebhookUUID stays.
	WebhookID   int64
	WebhookUUID string
	// Name is the method and host of the webhook, empty after its deletion.
	Name           string
	Event          EventName
	Context        EventContext
	Consumer       Party
	Provider       Party
	PublicationID  int64 // 0 if the pact was deleted
	VerificationID int64 // 0 if none
	Status         TriggerStatus
	Attempts       int
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// EventContext is what an event knew when it happened. It is stored with each
// firing.
type EventContext struct {
	ConsumerVersionNumber       string   `json:"consumerVersionNumber,omitempty"`
	ConsumerVersionTags         []string `json:"consumerVersionTags,omitempty"`
	ConsumerVersionBranch       *string  `json:"consumerVersionBranch,omitempty"` // nil: look it up
	ProviderVersionNumber       string   `json:"providerVersionNumber,omitempty"`
	ProviderVersionBranch       string   `json:"providerVersionBranch,omitempty"`
	ProviderVersionTags         []string `json:"providerVersionTags,omitempty"`
	ProviderVersionDescriptions []string `json:"providerVersionDescriptions,omitempty"`
	BuildURL                    string   `json:"buildUrl,omitempty"`
}

// WebhookAttempt is one try of a triggered webhook.
type WebhookAttempt struct {
	ID          int64
	UUID        string
	TriggeredID int64
	Success     bool
	Logs        string
	CreatedAt   time.Time
}

// TriggeredWebhookFilter selects firings. Zero fields do not restrict.
type TriggeredWebhookFilter struct {
	UUID           string
	ConsumerID     int64
	ProviderID     int64
	VersionID      int64 // the consumer version of the publication
	PublicationID  int64 // one revision of the pact of a version
	VerificationID int64
	WebhookID      int64
	// Limit is how many at most, the newest; 0 means all. With PublicationID
	// alone no more than these are read, however many there are.
	Limit int
}

// WebhookFiringFilter selects firings of one webhook, of which it finds the newest
// however many there are.
type WebhookFiringFilter struct {
	WebhookID int64
	// Statuses are those that count; none means all.
	Statuses []TriggerStatus
	// Before leaves out the firing with this identity and those after it; 0 leaves
	// out none.
	Before int64
	// Limit is how many at most.
	Limit int
}
