package overview

import (
	"cmp"
	"context"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// WebhookHealth is how a webhook does, in a word.
type WebhookHealth string

// The states, those first that somebody has to do something about.
const (
	WebhookFailing   WebhookHealth = "failing"
	WebhookUnderWay  WebhookHealth = "under way" // its last delivery was not tried yet
	WebhookDelivered WebhookHealth = "delivered"
	WebhookNeverUsed WebhookHealth = "never fired"
	WebhookOff       WebhookHealth = "off"
)

// WebhookHealths are all states, in their order.
func WebhookHealths() []WebhookHealth {
	return []WebhookHealth{WebhookFailing, WebhookUnderWay, WebhookDelivered, WebhookNeverUsed, WebhookOff}
}

// WebhooksQuery narrows a list of webhooks. Zero fields do not restrict.
type WebhooksQuery struct {
	// Application keeps those that concern it on either side; it has to exist.
	Application string
	Event       kernel.EventName
	Health      WebhookHealth
}

// ListedWebhook is a webhook with how its deliveries go. Its request has secrets.
type ListedWebhook struct {
	kernel.Webhook
	kernel.WebhookState
	Health WebhookHealth
	// HostAllowed is false if its deliveries are refused: the broker was told of
	// other hosts since.
	HostAllowed bool
}

// WebhooksAnswer is a list of webhooks, those that fail first, and those that fail
// for longest before others.
type WebhooksAnswer struct {
	Webhooks []ListedWebhook
	// All is how many there are at all.
	All int
	// Counts are those of all webhooks, by state.
	Counts map[WebhookHealth]int
	// Names are the applications that webhooks name, sorted.
	Names []string
}

// LookAtWebhooks lists webhooks at one moment.
func (s *Service) LookAtWebhooks(ctx context.Context, q WebhooksQuery) (WebhooksAnswer, error) {
	var out WebhooksAnswer
	err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		out = WebhooksAnswer{Counts: map[WebhookHealth]int{}}
		var of *kernel.Pacticipant
		if q.Application != "" {
			p, err := kernel.FindParty(tx, kernel.RolePacticipant, q.Application)
			if err != nil {
				return err
			}
			of = &p
		}
		listed, err := s.webhooks(tx)
		if err != nil {
			return err
		}
		var labels map[int64][]kernel.Label
		if of != nil {
			if labels, err = tx.LabelsOf([]int64{of.ID}); err != nil {
				return err
			}
		}
		out.All, out.Names = len(listed), namedBy(listed)
		for _, w := range listed {
			out.Counts[w.Health]++
			if (of == nil || w.Concerns(of.Name, labels[of.ID])) && (q.Event == "" || slices.Contains(w.Events, q.Event)) && (q.Health == "" || w.Health == q.Health) {
				out.Webhooks = append(out.Webhooks, w)
			}
		}
		return nil
	})
	return out, err
}

// WebhooksOf lists the webhooks that concern an application on either side, those
// that are for all pacts among them. It returns CodeNotFound for an unknown one.
func (s *Service) WebhooksOf(ctx context.Context, application string) ([]ListedWebhook, error) {
	found, err := s.LookAtWebhooks(ctx, WebhooksQuery{Application: application})
	return found.Webhooks, err
}

// namedBy are the applications that webhooks name.
func namedBy(webhooks []ListedWebhook) []string {
	var out []string
	for _, w := range webhooks {
		for _, name := range []string{w.Consumer.Name, w.Provider.Name} {
			if name != "" {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// webhooks lists all webhooks.
func (s *Service) webhooks(tx kernel.Tx) ([]ListedWebhook, error) {
	var found []kernel.Webhook
	var states map[int64]kernel.WebhookState
	if err := tx.Together(func() (err error) {
		found, err = tx.ListWebhooks(kernel.WebhookQuery{})
		return err
	}, func() (err error) {
		states, err = tx.WebhookStates()
		return err
	}); err != nil {
		return nil, err
	}
	out := make([]ListedWebhook, len(found))
	for i, w := range found {
		out[i] = ListedWebhook{Webhook: w, WebhookState: states[w.ID], HostAllowed: s.Settings.Webhooks.AllowsAddress(w.Request.URL)}
		out[i].Health = healthOf(out[i])
	}
	slices.SortStableFunc(out, func(a, b ListedWebhook) int {
		return cmp.Or(cmp.Compare(rankOf(a.Health), rankOf(b.Health)), failingFirst(a, b))
	})
	return out, nil
}

func rankOf(h WebhookHealth) int { return slices.Index(WebhookHealths(), h) }

// failingFirst puts what fails for longer before the rest.
func failingFirst(a, b ListedWebhook) int {
	if a.FailingSince == nil || b.FailingSince == nil {
		return 0
	}
	return a.FailingSince.CreatedAt.Compare(b.FailingSince.CreatedAt)
}

func healthOf(w ListedWebhook) WebhookHealth {
	switch {
	case !w.Enabled:
		return WebhookOff
	case w.FailingSince != nil:
		return WebhookFailing
	case w.Last == nil:
		return WebhookNeverUsed
	case w.Last.Status == kernel.TriggerNotRun:
		return WebhookUnderWay
	}
	return WebhookDelivered
}
