package webhook

import (
	"context"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
)

// What pages show of webhooks. Requests in it are masked: no secret leaves the
// service by them.

// LookQuery asks for one webhook with what it delivered and why it did or did not
// fire.
type LookQuery struct {
	UUID string
	// Statuses are the deliveries that are shown; none means all.
	Statuses []kernel.TriggerStatus
	// Before shows deliveries before the one with this identity; 0 shows the newest.
	Before int64
	// Size is how many at most.
	Size int
	// Consumer and Provider are the pair that is asked about; both may be empty.
	Consumer, Provider string
}

// Look is one webhook.
type Look struct {
	kernel.Webhook
	HostAllowed bool
	State       kernel.WebhookState
	// LastFailure is the newest try that failed of the newest delivery that fails; nil
	// if none does.
	LastFailure *kernel.WebhookAttempt
	// Deliveries are the newest of those asked for, newest first. More says that
	// there are older ones.
	Deliveries []Delivery
	More       bool
	Why        Why
	// Unknown are the names of secrets in it that there are not.
	Unknown []string
}

// Delivery is a firing and what is planned about it.
type Delivery struct {
	kernel.TriggeredWebhook
	// Next is when it is tried again; zero if it is not.
	Next time.Time
}

func (s *Service) deliveries(firings []kernel.TriggeredWebhook) []Delivery {
	out := make([]Delivery, len(firings))
	for i, f := range firings {
		out[i] = Delivery{f, s.NextAttempt(f)}
	}
	return out
}

// LookAtWebhook tells all of a webhook at one moment. It returns CodeNotFound if
// there is none.
func (s *Service) LookAtWebhook(ctx context.Context, q LookQuery) (Look, error) {
	var out Look
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		found, err := findWebhook(tx, q.UUID)
		if err != nil {
			return err
		}
		out = Look{Webhook: found, HostAllowed: s.Settings.Webhooks.AllowsAddress(found.Request.URL)}
		out.Request = MaskedRequest(found.Request)
		if out.Unknown, err = secret.Unknown(tx, found.Team, found.Request); err != nil {
			return err
		}
		var firings []kernel.TriggeredWebhook
		if err := tx.Together(func() error {
			states, err := tx.WebhookStates(found.ID)
			out.State = states[found.ID]
			return err
		}, func() (err error) {
			firings, err = tx.ListFirings(kernel.WebhookFiringFilter{WebhookID: found.ID, Statuses: q.Statuses, Before: q.Before, Limit: q.Size + 1})
			return err
		}, func() (err error) {
			out.LastFailure, err = lastFailure(tx, found.ID)
			return err
		}, func() (err error) {
			out.Why, err = explain(tx, found, q.Consumer, q.Provider)
			return err
		}); err != nil {
			return err
		}
		if out.State.FailingSince == nil { // what failed before is past
			out.LastFailure = nil
		}
		if out.More = len(firings) > q.Size; out.More {
			firings = firings[:q.Size]
		}
		out.Deliveries = s.deliveries(firings)
		return nil
	})
	return out, err
}

// lastFailure is the newest try of the newest firing of a webhook that failed.
func lastFailure(tx kernel.Tx, webhookID int64) (*kernel.WebhookAttempt, error) {
	failed, err := tx.ListFirings(kernel.WebhookFiringFilter{WebhookID: webhookID, Statuses: []kernel.TriggerStatus{kernel.TriggerFailure, kernel.TriggerRetrying}, Limit: 1})
	if err != nil || len(failed) == 0 {
		return nil, err
	}
	attempts, err := tx.ListWebhookAttempts(failed[0].ID)
	if err != nil || len(attempts) == 0 {
		return nil, err
	}
	return &attempts[len(attempts)-1], nil
}

// findWebhook is FindWebhook with a sentence for who follows a link to one that is
// gone.
func findWebhook(tx kernel.Tx, uuid string) (kernel.Webhook, error) {
	found, err := tx.FindWebhook(uuid)
	if kernel.IsNotFound(err) {
		return found, kernel.Errorf(kernel.CodeNotFound, "There is no webhook with the identity %q. It may have been deleted.", uuid)
	}
	return found, err
}

// FindMasked returns a webhook as it may be shown.
func (s *Service) FindMasked(ctx context.Context, uuid string) (kernel.Webhook, error) {
	var out kernel.Webhook
	err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		if out, err = findWebhook(tx, uuid); err == nil {
			out.Request = MaskedRequest(out.Request)
		}
		return err
	})
	return out, err
}

// TestStored is TestWebhook of one that is stored. The webhook comes back masked.
func (s *Service) TestStored(ctx context.Context, uuid string) (kernel.Webhook, Execution, error) {
	var w kernel.Webhook
	if err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		w, err = findWebhook(tx, uuid)
		return err
	}); err != nil {
		return w, Execution{}, err
	}
	done, err := s.TestWebhook(ctx, w)
	w.Request = MaskedRequest(w.Request)
	return w, done, err
}

// DeliveryLook is one delivery, try by try.
type DeliveryLook struct {
	Delivery
	// Webhook is the one that fired; nil if it was deleted since.
	Webhook *kernel.Webhook
	// Publication is what it was about; nil if it was deleted since.
	Publication  *kernel.PactPublication
	Verification *kernel.Verification
	Attempts     []kernel.WebhookAttempt // oldest first
}

// LookAtDelivery tells all of a firing at one moment. It returns CodeNotFound if
// there is none.
func (s *Service) LookAtDelivery(ctx context.Context, uuid string) (DeliveryLook, error) {
	var out DeliveryLook
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		t, err := findFiring(tx, uuid)
		if kernel.IsNotFound(err) {
			return kernel.Errorf(kernel.CodeNotFound, "There is no delivery with the identity %q. What newer ones have replaced is cleaned up after some days.", uuid)
		}
		if err != nil {
			return err
		}
		out = DeliveryLook{Delivery: s.deliveries([]kernel.TriggeredWebhook{t})[0]}
		return tx.Together(func() (err error) {
			out.Attempts, err = tx.ListWebhookAttempts(t.ID)
			return err
		}, func() (err error) {
			out.Webhook, err = found(t.WebhookID != 0, func() (kernel.Webhook, error) { return tx.FindWebhook(t.WebhookUUID) })
			if out.Webhook != nil {
				out.Webhook.Request = MaskedRequest(out.Webhook.Request)
			}
			return err
		}, func() (err error) {
			out.Publication, err = found(t.PublicationID != 0, func() (kernel.PactPublication, error) { return tx.FindPublicationByID(t.PublicationID) })
			return err
		}, func() (err error) {
			out.Verification, err = found(t.VerificationID != 0, func() (kernel.Verification, error) { return tx.FindVerificationByID(t.VerificationID) })
			return err
		})
	})
	return out, err
}

// found is what a look-up finds; nil if there is nothing, or nothing to look for.
func found[T any](look bool, find func() (T, error)) (*T, error) {
	if !look {
		return nil, nil
	}
	value, err := find()
	if err != nil {
		return nil, kernel.IgnoreNotFound(err)
	}
	return &value, nil
}
