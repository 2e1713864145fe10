package webhook

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/redact"
)

// EditWebhook changes a webhook to what somebody made of it as MaskedRequest shows
// it: what they left as it was shown stays as it is stored, an empty password too
// unless they say that there is to be none, and anything else that is empty is
// meant; of its team they need not say anything. It returns CodeNotFound for one that is not there, and CodeConflict if it
// was changed after the time at which they saw it.
func (s *Service) EditWebhook(ctx context.Context, w kernel.Webhook, seen time.Time) (kernel.Webhook, error) {
	var out kernel.Webhook
	at := s.Moment()
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		present, err := kernel.Locked(tx, kernel.ToChange, func() (kernel.Webhook, error) { return tx.FindWebhook(w.UUID) })
		if err != nil {
			return err
		}
		if !present.UpdatedAt.Equal(seen) {
			return kernel.Errorf(kernel.CodeConflict, "Somebody else has changed this webhook since you opened it. Nothing of yours is stored: look at what it says now, and change it again.")
		}
		if err := kernel.JudgeWebhook(ctx, present.Team); err != nil {
			return err
		}
		save, fields := w, kernel.Fields{}
		if !w.TeamGiven {
			save.Team = present.Team
		}
		if err := intoTeam(ctx, tx, save, present.Team); err != nil {
			return err
		}
		save.Request.Headers = append([]kernel.WebhookHeader(nil), w.Request.Headers...)
		save.Request = keepEmptySecrets(unmask(fields, save.Request, present.Request), present.Request)
		if err := also(fields, s.checkWebhook(tx, save)); err != nil {
			return err
		}
		save = normalised(save)
		if save.Request, err = keepSecrets(save.Request, present.Request); err != nil {
			return err
		}
		save.ID, save.CreatedAt, save.UpdatedAt = present.ID, present.CreatedAt, at
		if !at.After(present.UpdatedAt) { // clocks differ, and each change has to be seen
			save.UpdatedAt = present.UpdatedAt.Add(time.Microsecond)
		}
		if err := tx.SaveWebhook(save); err != nil {
			return err
		}
		out, err = tx.FindWebhook(w.UUID)
		return err
	})
	return out, err
}

// keepEmptySecrets is in with stars for a secret of a header that was left empty in
// the form: it is meant to stay.
func keepEmptySecrets(in, stored kernel.WebhookRequest) kernel.WebhookRequest {
	for i, h := range in.Headers {
		if _, known := headerOf(stored, strings.ToLower(h.Name)); known && h.Value == "" && redact.Name(h.Name) {
			in.Headers[i].Value = redact.Stars
		}
	}
	return in
}

// also adds what is wrong with fields by another check. What is no problem of a
// field is returned as it is.
func also(fields kernel.Fields, err error) error {
	var domain *kernel.Error
	if err != nil && (!errors.As(err, &domain) || len(domain.Fields) == 0) {
		return err
	}
	if domain != nil {
		for name, messages := range domain.Fields {
			fields[name] = append(fields[name], messages...)
		}
	}
	return fields.Err()
}
