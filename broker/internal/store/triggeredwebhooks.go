package store

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// firingsAtATime bounds one statement: each firing has a parameter per column.
const firingsAtATime = 100

func (t *tx) EnqueueWebhooks(firings ...kernel.TriggeredWebhook) ([]kernel.TriggeredWebhook, error) {
	if len(firings) == 0 {
		return nil, nil
	}
	rows := make([]triggeredRow, len(firings))
	for i, w := range firings {
		var err error
		if rows[i], err = triggeredToRow(w); err != nil {
			return nil, err
		}
	}
	if err := t.db().CreateInBatches(&rows, firingsAtATime).Error; err != nil {
		return nil, err
	}
	out := slices.Clone(firings)
	for i, row := range rows {
		out[i].ID = row.ID
	}
	if t.store.options.Enqueue == nil {
		return out, nil
	}
	raw, release, err := t.q.JobTx(t.ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := t.store.options.Enqueue(t.ctx, raw, out); err != nil {
		return nil, fmt.Errorf("enqueue the delivery of webhooks: %w", err)
	}
	return out, nil
}

func triggeredToRow(w kernel.TriggeredWebhook) (triggeredRow, error) {
	context, err := json.Marshal(w.Context)
	return triggeredRow{
		UUID: w.UUID, WebhookID: optionalID(w.WebhookID), WebhookUUID: w.WebhookUUID, Event: string(w.Event),
		Context: string(context), ConsumerID: w.Consumer.ID, ProviderID: w.Provider.ID,
		PublicationID: optionalID(w.PublicationID), VerificationID: optionalID(w.VerificationID),
		Status: string(w.Status), CreatedAt: momentOf(w.CreatedAt), UpdatedAt: momentOf(w.CreatedAt),
	}, err
}

const selectTriggered = `SELECT w.id, w.uuid, COALESCE(w.webhook_id, 0), w.webhook_uuid, COALESCE(h.method, ''), COALESCE(h.url, ''),
	w.event, w.context, c.id, c.name, r.id, r.name, COALESCE(w.publication_id, 0), COALESCE(w.verification_id, 0),
	w.status, w.attempts, w.created_at, w.updated_at
	FROM triggered_webhook w JOIN pacticipant c ON c.id = w.consumer_id JOIN pacticipant r ON r.id = w.provider_id
	LEFT JOIN webhook h ON h.id = w.webhook_id `

func scanTriggered(row engine.Row) (w kernel.TriggeredWebhook, err error) {
	var method, address, event, context, status string
	if err := row.Scan(&w.ID, &w.UUID, &w.WebhookID, &w.WebhookUUID, &method, &address, &event, &context,
		&w.Consumer.ID, &w.Consumer.Name, &w.Provider.ID, &w.Provider.Name, &w.PublicationID, &w.VerificationID,
		&status, &w.Attempts, stamp{&w.CreatedAt}, stamp{&w.UpdatedAt}); err != nil {
		return w, err
	}
	w.Event, w.Status = kernel.EventName(event), kernel.TriggerStatus(status)
	if w.WebhookID != 0 {
		w.Name = webhookName(method, address)
	}
	if context != "" {
		err = json.Unmarshal([]byte(context), &w.Context)
	}
	return w, err
}

// latestFirings goes from one webhook and event of a pair to the next by the
// index: its cost does not grow with how often they fired. SQLite compares the
// event by the index only if the other side is not a column.
const latestFirings = `WITH RECURSIVE k(id) AS (
	SELECT (SELECT x.id FROM triggered_webhook x
		WHERE x.provider_id = $1 AND x.consumer_id = $2 AND x.webhook_id IS NOT NULL
		ORDER BY x.webhook_id, x.event, x.id DESC LIMIT 1)
	UNION ALL SELECT (SELECT x.id FROM triggered_webhook x
		WHERE x.provider_id = $1 AND x.consumer_id = $2 AND (x.webhook_id, x.event) > (l.webhook_id, l.event || '')
		ORDER BY x.webhook_id, x.event, x.id DESC LIMIT 1)
	FROM k JOIN triggered_webhook l ON l.id = k.id)
	` + selectTriggered + `WHERE w.id IN (SELECT k.id FROM k WHERE k.id IS NOT NULL) ORDER BY w.id`

// ListLatestFirings implements kernel.TriggeredWebhooks.
func (t *tx) ListLatestFirings(consumerID, providerID int64) ([]kernel.TriggeredWebhook, error) {
	return all(t, scanTriggered, latestFirings, providerID, consumerID)
}

func (t *tx) ListTriggeredWebhooks(f kernel.TriggeredWebhookFilter) ([]kernel.TriggeredWebhook, error) {
	where, args := `WHERE TRUE`, []any{}
	add := func(condition string, arg any) {
		args = append(args, arg)
		where += fmt.Sprintf(" AND "+condition, len(args))
	}
	if f.UUID != "" {
		add(`w.uuid = $%d`, f.UUID)
	}
	if f.ConsumerID != 0 {
		add(`w.consumer_id = $%d`, f.ConsumerID)
	}
	if f.ProviderID != 0 {
		add(`w.provider_id = $%d`, f.ProviderID)
	}
	if f.VersionID != 0 {
		add(`w.publication_id IN (SELECT x.id FROM publication x WHERE x.version_id = $%d)`, f.VersionID)
	}
	if f.PublicationID != 0 {
		add(`w.publication_id = $%d`, f.PublicationID)
	}
	if f.VerificationID != 0 {
		add(`w.verification_id = $%d`, f.VerificationID)
	}
	where += ` ORDER BY w.id DESC`
	if f.Limit > 0 {
		args = append(args, f.Limit)
		where += fmt.Sprintf(" LIMIT $%d", len(args))
	}
	return all(t, scanTriggered, selectTriggered+where, args...)
}

func (t *tx) SaveTriggeredWebhook(w kernel.TriggeredWebhook) error {
	return t.changed(kernel.RowFiring, `UPDATE triggered_webhook SET status = $2, attempts = $3, updated_at = $4 WHERE id = $1`,
		w.ID, string(w.Status), w.Attempts, t.at(w.UpdatedAt))
}

func (t *tx) AddWebhookAttempt(a kernel.WebhookAttempt) error {
	return t.db().Create(&attemptRow{TriggeredID: a.TriggeredID, Success: a.Success, Logs: a.Logs, CreatedAt: momentOf(a.CreatedAt)}).Error
}

func (t *tx) ListWebhookAttempts(triggeredID int64) ([]kernel.WebhookAttempt, error) {
	var rows []attemptRow
	err := t.db().Where("triggered_id = ?", triggeredID).Order("id").Find(&rows).Error
	out := make([]kernel.WebhookAttempt, len(rows))
	for i, r := range rows {
		out[i] = kernel.WebhookAttempt{ID: r.ID, TriggeredID: r.TriggeredID, Success: r.Success, Logs: r.Logs, CreatedAt: r.CreatedAt.time()}
	}
	return out, err
}
