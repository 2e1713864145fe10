package store

import (
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// webhookStates finds for each webhook the last firing of each status, and the first
// that failed after the last that was delivered: a step in an index each, however
// often it fired.
const webhookStates = `WITH s AS (SELECT w.id AS webhook,
		COALESCE((SELECT MAX(t.id) FROM triggered_webhook t WHERE t.webhook_id = w.id AND t.status = 'not_run'), 0) AS waiting,
		COALESCE((SELECT MAX(t.id) FROM triggered_webhook t WHERE t.webhook_id = w.id AND t.status = 'retrying'), 0) AS again,
		COALESCE((SELECT MAX(t.id) FROM triggered_webhook t WHERE t.webhook_id = w.id AND t.status = 'success'), 0) AS good,
		COALESCE((SELECT MAX(t.id) FROM triggered_webhook t WHERE t.webhook_id = w.id AND t.status = 'failure'), 0) AS bad
		FROM webhook w WHERE %s)
	SELECT s.webhook, s.waiting, s.again, s.good, s.bad,
		COALESCE((SELECT MIN(t.id) FROM triggered_webhook t WHERE t.webhook_id = s.webhook AND t.status = 'retrying' AND t.id > s.good), 0),
		COALESCE((SELECT MIN(t.id) FROM triggered_webhook t WHERE t.webhook_id = s.webhook AND t.status = 'failure' AND t.id > s.good), 0)
	FROM s`

// firingsOfWebhook are the identities that webhookStates finds.
type firingsOfWebhook struct {
	webhook, last, failing int64
}

func scanFiringsOfWebhook(row engine.Row) (f firingsOfWebhook, err error) {
	var waiting, again, good, bad, firstAgain, firstBad int64
	if err := row.Scan(&f.webhook, &waiting, &again, &good, &bad, &firstAgain, &firstBad); err != nil {
		return f, err
	}
	f.last = max(waiting, again, good, bad)
	switch {
	case firstAgain == 0 || firstBad == 0:
		f.failing = max(firstAgain, firstBad)
	default:
		f.failing = min(firstAgain, firstBad)
	}
	return f, nil
}

// WebhookStates implements kernel.Webhooks.
func (t *tx) WebhookStates(webhooks ...int64) (map[int64]kernel.WebhookState, error) {
	which, args := `TRUE`, []any{}
	if len(webhooks) > 0 {
		which, args = `w.id `+t.in(1), []any{t.ids(webhooks)}
	}
	found, err := all(t, scanFiringsOfWebhook, fmt.Sprintf(webhookStates, which), args...)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, f := range found {
		for _, id := range []int64{f.last, f.failing} {
			if id != 0 {
				ids = append(ids, id)
			}
		}
	}
	states := make(map[int64]*kernel.FiringState, len(ids))
	if _, err := all(t, func(row engine.Row) (id int64, err error) {
		var f kernel.FiringState
		var status string
		err = row.Scan(&id, &status, stamp{&f.CreatedAt}, stamp{&f.UpdatedAt})
		f.Status = kernel.TriggerStatus(status)
		states[id] = &f
		return id, err
	}, `SELECT id, status, created_at, updated_at FROM triggered_webhook WHERE id `+t.in(1), t.ids(distinct(ids))); err != nil {
		return nil, err
	}
	out := make(map[int64]kernel.WebhookState, len(found))
	for _, f := range found {
		if f.last != 0 {
			out[f.webhook] = kernel.WebhookState{Last: states[f.last], FailingSince: states[f.failing]}
		}
	}
	return out, nil
}

// ListFirings takes as many of each status as are asked for, each by its part of
// the index, and of those the newest.
func (t *tx) ListFirings(f kernel.WebhookFiringFilter) ([]kernel.TriggeredWebhook, error) {
	statuses := f.Statuses
	if len(statuses) == 0 {
		statuses = kernel.TriggerStatuses()
	}
	args := []any{f.WebhookID, f.Limit}
	before := ""
	if f.Before != 0 {
		args = append(args, f.Before)
		before = ` AND x.id < $3`
	}
	parts := make([]string, len(statuses))
	for i, status := range statuses {
		args = append(args, string(status))
		parts[i] = fmt.Sprintf(`SELECT id FROM (SELECT x.id FROM triggered_webhook x WHERE x.webhook_id = $1 AND x.status = $%d%s ORDER BY x.id DESC LIMIT $2) p%d`, len(args), before, i)
	}
	return all(t, scanTriggered, selectTriggered+`WHERE w.id IN (`+strings.Join(parts, ` UNION ALL `)+`) ORDER BY w.id DESC LIMIT $2`, args...)
}

// ListFiringsOfPair implements kernel.TriggeredWebhooks.
func (t *tx) ListFiringsOfPair(webhookID, consumerID, providerID int64, event kernel.EventName, limit int) ([]kernel.TriggeredWebhook, error) {
	return all(t, scanTriggered, selectTriggered+`WHERE w.provider_id = $1 AND w.consumer_id = $2 AND w.webhook_id = $3 AND w.event = $4 ORDER BY w.id DESC LIMIT $5`,
		providerID, consumerID, webhookID, string(event), limit)
}
