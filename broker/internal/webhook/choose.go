package webhook

import (
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Which webhooks fire. What chooses them and what says why one was not chosen is the
// same: the conditions of kernel.WebhookMatch, and waitsFor.

// Waiting returns those of webhooks that wait for the event.
func Waiting(webhooks []kernel.Webhook, event kernel.EventName) []kernel.Webhook {
	var out []kernel.Webhook
	for _, w := range webhooks {
		if waitsFor(w, event) {
			out = append(out, w)
		}
	}
	return out
}

func waitsFor(w kernel.Webhook, event kernel.EventName) bool { return slices.Contains(w.Events, event) }

// Hindrance is what kept a webhook from firing.
type Hindrance string

// The hindrances.
const (
	// HindranceEvent: it does not wait for the event.
	HindranceEvent Hindrance = "event"
	// HindranceDisabled: it is switched off.
	HindranceDisabled Hindrance = "disabled"
	// HindranceConsumer and HindranceProvider: that side names another application.
	HindranceConsumer Hindrance = "consumer"
	HindranceProvider Hindrance = "provider"
	// HindranceConsumerLabel and HindranceProviderLabel: the application of that
	// side does not have its label.
	HindranceConsumerLabel Hindrance = "consumer label"
	HindranceProviderLabel Hindrance = "provider label"
	// HindranceYounger: the webhook was made after the event.
	HindranceYounger Hindrance = "younger"
	// HindranceUnchanged: the content had not changed, so that there was no event.
	HindranceUnchanged Hindrance = "unchanged"
	// HindranceUnknown: it is not kept whether there was an event.
	HindranceUnknown Hindrance = "unknown"
	// HindranceChanged: nothing that is true now keeps it from firing, but it was
	// changed after the event.
	HindranceChanged Hindrance = "changed"
	// HindranceNoRecord: nothing kept it from firing, and no record of it is left.
	HindranceNoRecord Hindrance = "no record"
)

// hindrances are the conditions that do not hold.
func hindrances(w kernel.Webhook, m kernel.WebhookMatch, event kernel.EventName) []Hindrance {
	var out []Hindrance
	for _, condition := range []struct {
		holds     bool
		otherwise Hindrance
	}{
		{m.Enabled, HindranceDisabled}, {waitsFor(w, event), HindranceEvent}, {m.Consumer, HindranceConsumer}, {m.Provider, HindranceProvider},
		{m.ConsumerLabel, HindranceConsumerLabel}, {m.ProviderLabel, HindranceProviderLabel},
	} {
		if !condition.holds {
			out = append(out, condition.otherwise)
		}
	}
	return out
}
