package webhook

import (
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
// firing, and CodeConflict if it cannot be repeated.
func (s *Service) FireAgain(ctx context.Context, triggeredUUID string) (kernel.TriggeredWebhook, error) {
	var out kernel.TriggeredWebhook
	at, uuid := s.Moment(), s.NewID()
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		former, err := findFiring(tx, triggeredUUID)
		if err != nil {
			return err
		}
		if err := repeatable(tx, former); err != nil {
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
func repeatable(tx kernel.Tx, t kernel.TriggeredWebhook) error {
	switch {
	case t.WebhookID == 0:
		return kernel.Errorf(kernel.CodeConflict, "The webhook was deleted, so that there is nothing to fire.")
	case t.PublicationID == 0:
		return kernel.Errorf(kernel.CodeConflict, "The contract that this delivery was about was deleted, so that there is nothing to tell.")
	case t.Status == kernel.TriggerNotRun:
		return kernel.Errorf(kernel.CodeConflict, "This delivery is still on its way: wait for what comes of it.")
	}
	w, err := tx.FindWebhook(t.WebhookUUID)
	if err == nil && !w.Enabled {
		return kernel.Errorf(kernel.CodeConflict, "The webhook is switched off. Switch it on first.")
	}
	return err
}
