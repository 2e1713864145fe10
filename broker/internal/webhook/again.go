package webhook

import (
	"cmp"
	"context"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// NextDelay returns how long to wait after the failed attempt of that number, from
// 1, and whether there is another attempt at all.
func NextDelay(schedule []time.Duration, attempt int) (time.Duration, bool) {
	if attempt < 1 || attempt > len(schedule) {
		return 0, false
	}
	return schedule[attempt-1], true
}

// NextAttempt returns when a firing is tried again; zero if it is not, or is on its
// way for the first time.
func (s *Service) NextAttempt(t kernel.TriggeredWebhook) time.Time {
	wait, again := NextDelay(s.Schedule, t.Attempts)
	if t.Status != kernel.TriggerRetrying || !again {
		return time.Time{}
	}
	return t.UpdatedAt.Add(wait)
}

// FireAgain fires a webhook once more for what fired it before: a delivery of its
// own, with the webhook as it is now. It returns CodeNotFound if there is no such
// firing, and CodeConflict if it cannot be repeated. The new firing has the uuid, or
// one of its own for "": who asks twice under one uuid gets the same firing.
func (s *Service) FireAgain(ctx context.Context, triggeredUUID, uuid string) (kernel.TriggeredWebhook, error) {
	if uuid != "" && !webhookUUID.MatchString(uuid) {
		return kernel.TriggeredWebhook{}, kernel.Errorf(kernel.CodeInvalid, "The identity of the new delivery must be 16 characters or longer and made of letters, digits, _ and - only. Open the page again.")
	}
	out, err := s.fireAgain(ctx, triggeredUUID, cmp.Or(uuid, s.NewID()))
	if err == nil || uuid == "" || kernel.CodeOf(err) == kernel.CodeForbidden {
		return out, err
	}
	// It may be there by now: the first of two that came together has stored it.
	there := s.Store.View(ctx, func(tx kernel.Tx) error {
		var missing error
		out, missing = findFiring(tx, uuid)
		return missing
	})
	if there != nil {
		return out, err
	}
	return out, nil
}

func (s *Service) fireAgain(ctx context.Context, triggeredUUID, uuid string) (kernel.TriggeredWebhook, error) {
	var out kernel.TriggeredWebhook
	at := s.Moment()
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		former, err := findFiring(tx, triggeredUUID)
		if err != nil {
			return err
		}
		if err := repeatable(ctx, tx, former); err != nil {
			return err
		}
		again := former
		again.ID, again.UUID, again.Status, again.Attempts, again.CreatedAt, again.UpdatedAt = 0, uuid, kernel.TriggerNotRun, 0, at, at
		fired, err := tx.EnqueueWebhooks(again)
		if err == nil {
			out = fired[0]
		}
		return err
	})
	return out, err
}

// repeatable says why a firing cannot be repeated.
func repeatable(ctx context.Context, tx kernel.Tx, t kernel.TriggeredWebhook) error {
	if t.WebhookID == 0 {
		return kernel.Errorf(kernel.CodeConflict, "The webhook was deleted, so that there is nothing to fire.")
	}
	w, err := tx.FindWebhook(t.WebhookUUID)
	if err == nil {
		err = kernel.JudgeWebhook(ctx, w.Team)
	}
	switch {
	case err != nil:
		return err
	case t.PublicationID == 0:
		return kernel.Errorf(kernel.CodeConflict, "The contract that this delivery was about was deleted, so that there is nothing to tell.")
	case t.Status == kernel.TriggerNotRun:
		return kernel.Errorf(kernel.CodeConflict, "This delivery is still on its way: wait for what comes of it.")
	case !w.Enabled:
		return kernel.Errorf(kernel.CodeConflict, "The webhook is switched off. Switch it on first.")
	}
	return nil
}
