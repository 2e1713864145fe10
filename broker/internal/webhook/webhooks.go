package webhook

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// EventNames lists every event a webhook may subscribe to.
func EventNames() []kernel.EventName {
	return []kernel.EventName{
		kernel.EventContractPublished, kernel.EventContractContentChanged, kernel.EventVerificationPublished,
		kernel.EventVerificationSucceeded, kernel.EventVerificationFailed, kernel.EventContractRequiresVerification,
	}
}

// Logs is a firing with its attempts, oldest first.
type Logs struct {
	kernel.TriggeredWebhook
	Executions []kernel.WebhookAttempt
}

// Status is the state of the webhooks of a pair: the latest firing per
// webhook and event, of webhooks that still exist, oldest first.
type Status struct {
	Consumer kernel.Party
	Provider kernel.Party
	// Pact is that of the first firing, or the newest if there is no firing; nil
	// if the pair has none, and then there is no firing either.
	Pact      *kernel.PactPublication
	Triggered []kernel.TriggeredWebhook
}

// ListWebhooks returns webhooks, oldest first. The sides of q name pacticipants
// that must exist.
func (s *Service) ListWebhooks(ctx context.Context, q kernel.WebhookQuery) ([]kernel.Webhook, error) {
	var out []kernel.Webhook
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		for _, side := range []struct {
			role kernel.Role
			side *kernel.WebhookSide
		}{{kernel.RoleConsumer, q.Consumer}, {kernel.RoleProvider, q.Provider}} {
			if side.side != nil && side.side.Name != "" {
				if _, err := kernel.FindParty(tx, side.role, side.side.Name); err != nil {
					return err
				}
			}
		}
		var err error
		out, err = tx.ListWebhooks(q)
		return err
	})
	return out, err
}

// FindWebhook returns the webhook with the uuid, secrets included.
func (s *Service) FindWebhook(ctx context.Context, uuid string) (kernel.Webhook, error) {
	var out kernel.Webhook
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		var err error
		out, err = tx.FindWebhook(uuid)
		return err
	})
	return out, err
}

// ValidateWebhook checks w as CreateWebhook does, and stores nothing.
func (s *Service) ValidateWebhook(ctx context.Context, w kernel.Webhook) error {
	return s.Store.View(ctx, func(tx kernel.Tx) error { return s.checkWebhook(tx, w) })
}

// CreateWebhook stores a webhook under a new uuid, or under that of w. Who sends the
// same twice under one uuid gets what was stored the first time; it is CodeConflict
// for another webhook.
func (s *Service) CreateWebhook(ctx context.Context, w kernel.Webhook) (kernel.Webhook, error) {
	out, err := s.createWebhook(ctx, w)
	if err == nil || w.UUID == "" || kernel.CodeOf(err) == kernel.CodeForbidden {
		return out, err
	}
	// It may be there by now: the first of two that came together has stored it.
	stored, there := s.FindWebhook(ctx, w.UUID)
	switch {
	case there != nil:
		return out, err
	case !sameWebhook(stored, normalised(w)):
		return out, kernel.Errorf(kernel.CodeConflict, "A webhook was made by this form already. Open it to change it, or begin with a new form for another one.")
	}
	return stored, nil
}

func (s *Service) createWebhook(ctx context.Context, w kernel.Webhook) (kernel.Webhook, error) {
	var out kernel.Webhook
	at := s.Moment()
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		if err := s.checkWebhook(tx, w); err != nil {
			return err
		}
		if err := checkSecretsGiven(w.Request); err != nil {
			return err
		}
		add := normalised(w)
		add.UUID, add.CreatedAt = cmp.Or(w.UUID, s.NewID()), at
		err := intoTeam(ctx, tx, w, "")
		if err != nil {
			return err
		}
		out, err = tx.CreateWebhook(add)
		return err
	})
	return out, err
}

// ReplaceWebhook creates or replaces the webhook with w.UUID, and reports whether
// it is new. A password that is absent or starred and starred header values
// keep what is stored.
func (s *Service) ReplaceWebhook(ctx context.Context, w kernel.Webhook) (kernel.Webhook, bool, error) {
	out, created, err := s.replaceWebhook(ctx, w)
	if kernel.ReasonOf(err) == kernel.ReasonTaken { // somebody has made it just now: it is replaced
		out, created, err = s.replaceWebhook(ctx, w)
	}
	return out, created, err
}

func (s *Service) replaceWebhook(ctx context.Context, w kernel.Webhook) (kernel.Webhook, bool, error) {
	var out kernel.Webhook
	var created bool
	at := s.Moment()
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		if err := s.checkWebhook(tx, w); err != nil {
			return err
		}
		present, err := kernel.Locked(tx, kernel.ToChange, func() (kernel.Webhook, error) { return tx.FindWebhook(w.UUID) })
		if created = kernel.IsNotFound(err); created {
			if err := checkSecretsGiven(w.Request); err != nil {
				return err
			}
			if err := intoTeam(ctx, tx, w, ""); err != nil {
				return err
			}
			add := normalised(w)
			add.CreatedAt = at
			out, err = tx.CreateWebhook(add)
			return err
		}
		if err != nil {
			return err
		}
		if !w.TeamGiven {
			w.Team = present.Team
		}
		if err := kernel.JudgeWebhook(ctx, present.Team); err != nil {
			return err
		}
		if err := intoTeam(ctx, tx, w, present.Team); err != nil {
			return err
		}
		save, fields := normalised(w), kernel.Fields{}
		save.Request = unmask(fields, save.Request, present.Request)
		save.Request, err = keepSecrets(save.Request, present.Request)
		if err := also(fields, err); err != nil {
			return err
		}
		save.ID, save.CreatedAt, save.UpdatedAt = present.ID, present.CreatedAt, at
		if save.Description == "" {
			save.Description = present.Description
		}
		if err := tx.SaveWebhook(save); err != nil {
			return err
		}
		out, err = tx.FindWebhook(w.UUID)
		return err
	})
	return out, created, err
}

// intoTeam refuses to put a webhook into a team that does not exist, or whose webhooks
// whoever does it may not write. The team is held, so that it is not deleted meanwhile.
func intoTeam(ctx context.Context, tx kernel.Tx, w kernel.Webhook, before string) error {
	if w.Team != "" && w.Team != before {
		_, err := kernel.Locked(tx, kernel.ToChange, func() (kernel.Team, error) { return tx.FindTeam(w.Team) })
		if kernel.IsNotFound(err) {
			fields := kernel.Fields{}
			fields.Add("teamUuid", "has %q, which is no team's uuid; GET /admin/teams lists them", w.Team)
			return fields.Err()
		}
		if err != nil {
			return err
		}
	}
	return kernel.JudgeWebhook(ctx, w.Team)
}

// sameWebhook reports whether two webhooks do the same, whenever they were stored.
func sameWebhook(a, b kernel.Webhook) bool {
	a.ID, a.CreatedAt, a.UpdatedAt = b.ID, b.CreatedAt, b.UpdatedAt
	a.TeamGiven = b.TeamGiven
	a.Request.NoPassword = b.Request.NoPassword // it is about what was stored before
	return reflect.DeepEqual(a, b)
}

// normalised is w as it is stored.
func normalised(w kernel.Webhook) kernel.Webhook {
	w.Request.Method = strings.ToUpper(w.Request.Method)
	headers := make([]kernel.WebhookHeader, len(w.Request.Headers))
	for i, h := range w.Request.Headers {
		headers[i] = kernel.WebhookHeader{Name: strings.ToLower(h.Name), Value: h.Value}
	}
	slices.SortStableFunc(headers, func(a, b kernel.WebhookHeader) int { return cmp.Compare(a.Name, b.Name) })
	w.Request.Headers = headers
	if len(w.Events) == 0 {
		w.Events = []kernel.EventName{kernel.EventContractContentChanged}
	}
	return w
}

// DeleteWebhook deletes a webhook; its firings stay.
func (s *Service) DeleteWebhook(ctx context.Context, uuid string) error {
	find := func(tx kernel.Tx) (int64, error) {
		w, err := tx.FindWebhook(uuid)
		if err == nil {
			err = kernel.JudgeWebhook(ctx, w.Team)
		}
		return w.ID, err
	}
	return s.Delete(ctx, find, kernel.Tx.ThinWebhook, kernel.Tx.DeleteWebhook)
}

// mostTriggered bounds a list of firings: a version that is verified by every
// build of its provider has more of them each day.
const mostTriggered = 1000

// ListWebhooksOfPact returns the firings about the pact of a consumer version,
// by its publication and by its results, newest first, a thousand at most.
func (s *Service) ListWebhooksOfPact(ctx context.Context, consumer, provider, version string) ([]kernel.TriggeredWebhook, error) {
	var out []kernel.TriggeredWebhook
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		p, _, err := kernel.FindPublication(tx, kernel.PactQuery{Consumer: consumer, Provider: provider, Version: version})
		if err != nil {
			return err
		}
		out, err = tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{PublicationID: p.ID, Limit: mostTriggered})
		return err
	})
	return out, err
}

// ListWebhooksOfVerification returns the firings by a result, newest first, a
// thousand at most.
func (s *Service) ListWebhooksOfVerification(ctx context.Context, q kernel.VerificationQuery) ([]kernel.TriggeredWebhook, error) {
	var out []kernel.TriggeredWebhook
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		v, err := kernel.FindVerification(tx, q)
		if err != nil {
			return err
		}
		out, err = tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{VerificationID: v.ID, Limit: mostTriggered})
		return err
	})
	return out, err
}

// FindWebhookStatus returns the latest firings of a pair.
func (s *Service) FindWebhookStatus(ctx context.Context, consumer, provider string) (Status, error) {
	var out Status
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		c, p, err := kernel.FindPair(tx, consumer, provider)
		if err != nil {
			return err
		}
		out = Status{Consumer: c.Party(), Provider: p.Party()}
		latest, err := kernel.FirstPublication(tx, kernel.PublicationFilter{ConsumerID: c.ID, ProviderID: p.ID, Limit: 1})
		if kernel.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if out.Triggered, err = tx.ListLatestFirings(c.ID, p.ID); err != nil {
			return err
		}
		out.Pact = &latest
		return pactOfFirst(tx, &out)
	})
	return out, err
}

// pactOfFirst makes the pact of the first firing the one that the status is
// about, as in Pact Broker, unless that was deleted.
func pactOfFirst(tx kernel.Tx, status *Status) error {
	if len(status.Triggered) == 0 || status.Triggered[0].PublicationID == 0 {
		return nil
	}
	p, err := tx.FindPublicationByID(status.Triggered[0].PublicationID)
	if kernel.IsNotFound(err) {
		return nil
	}
	status.Pact = &p
	return err
}

// FindTriggeredWebhook returns a firing with its attempts.
func (s *Service) FindTriggeredWebhook(ctx context.Context, uuid string) (Logs, error) {
	var out Logs
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		found, err := findFiring(tx, uuid)
		if err != nil {
			return err
		}
		out.TriggeredWebhook = found
		out.Executions, err = tx.ListWebhookAttempts(found.ID)
		return err
	})
	return out, err
}
