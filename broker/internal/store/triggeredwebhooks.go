package store

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// EnqueueWebhooks takes a statement for the firings and another for their jobs,
// however many there are.
func (t *tx) EnqueueWebhooks(firings ...kernel.TriggeredWebhook) ([]kernel.TriggeredWebhook, error) {
	if len(firings) == 0 {
		return nil, nil
	}
	out, err := t.insertFirings(firings)
	if err != nil || t.store.options.Enqueue == nil {
		return out, err
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

// triggeredRow is a firing as insertTriggered reads it.
type triggeredRow struct {
	UUID         string `json:"uuid"`
	Webhook      *int64 `json:"webhook"`
	WebhookUUID  string `json:"webhook_uuid"`
	Event        string `json:"event"`
	Context      string `json:"context"`
	Consumer     int64  `json:"consumer"`
	Provider     int64  `json:"provider"`
	Publication  *int64 `json:"publication"`
	Verification *int64 `json:"verification"`
	Status       string `json:"status"`
	At           any    `json:"at"`
}

const triggeredColumns = `INSERT INTO triggered_webhook (uuid, webhook_id, webhook_uuid, event, context, consumer_id, provider_id,
	publication_id, verification_id, status, attempts, created_at, updated_at) `

// insertTriggered inserts firings in the order of the list in $1 and returns
// their identities with that which they are known by outside.
var insertTriggered = map[dialect]string{
	postgresDialect: triggeredColumns + `SELECT f.uuid, f.webhook, f.webhook_uuid, f.event, f.context, f.consumer, f.provider,
		f.publication, f.verification, f.status, 0, f.at, f.at
		FROM ROWS FROM (json_to_recordset($1::json) AS (uuid text, webhook bigint, webhook_uuid text, event text, context text, consumer bigint,
			provider bigint, publication bigint, verification bigint, status text, at timestamptz)) WITH ORDINALITY
		AS f (uuid, webhook, webhook_uuid, event, context, consumer, provider, publication, verification, status, at, n)
		ORDER BY f.n RETURNING uuid, id`,
	sqliteDialect: triggeredColumns + `SELECT value->>'uuid', value->>'webhook', value->>'webhook_uuid', value->>'event', value->>'context',
		value->>'consumer', value->>'provider', value->>'publication', value->>'verification', value->>'status', 0, value->>'at', value->>'at'
		FROM json_each($1) ORDER BY key RETURNING uuid, id`,
}

func (t *tx) insertFirings(firings []kernel.TriggeredWebhook) ([]kernel.TriggeredWebhook, error) {
	rows := make([]triggeredRow, len(firings))
	for i, w := range firings {
		context, err := json.Marshal(w.Context)
		if err != nil {
			return nil, err
		}
		rows[i] = triggeredRow{
			UUID: w.UUID, Webhook: optionalID(w.WebhookID), WebhookUUID: w.WebhookUUID, Event: string(w.Event), Context: string(context),
			Consumer: w.Consumer.ID, Provider: w.Provider.ID, Publication: optionalID(w.PublicationID), Verification: optionalID(w.VerificationID),
			Status: string(w.Status), At: t.at(w.CreatedAt),
		}
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return nil, err
	}
	ids := make(map[string]int64, len(firings))
	if _, err := all(t, func(row engine.Row) (id int64, err error) {
		var uuid string
		err = row.Scan(&uuid, &id)
		ids[uuid] = id
		return id, err
	}, insertTriggered[t.store.dialect], string(list)); err != nil {
		return nil, err
	}
	out := slices.Clone(firings)
	for i := range out {
		out[i].ID = ids[out[i].UUID]
	}
	return out, nil
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
	if f.WebhookID != 0 {
		add(`w.webhook_id = $%d`, f.WebhookID)
	}
	where += ` ORDER BY w.id DESC`
	if f.Limit > 0 {
		args = append(args, f.Limit)
		where += fmt.Sprintf(" LIMIT $%d", len(args))
	}
	return all(t, scanTriggered, selectTriggered+where, args...)
}

// RecordWebhookAttempt counts in the database: two may record at once. What is
// delivered stays so, whatever another attempt comes to, and an attempt whose
// first recording may have been lost is counted once.
func (t *tx) RecordWebhookAttempt(a kernel.WebhookAttempt, status kernel.TriggerStatus) error {
	if err := t.Lock(kernel.ToChange, kernel.Row{Kind: kernel.RowFiring, ID: a.TriggeredID}); err != nil {
		return err
	}
	known, err := t.exists(`SELECT 1 FROM webhook_attempt WHERE triggered_id = $1 AND uuid = $2`, a.TriggeredID, a.UUID)
	if err != nil || known {
		return err
	}
	_, err = t.exec(`INSERT INTO webhook_attempt (triggered_id, uuid, success, logs, created_at) VALUES ($1, $2, $3, $4, $5)`,
		a.TriggeredID, a.UUID, a.Success, a.Logs, t.at(a.CreatedAt))
	if err != nil {
		return err
	}
	return t.changed(kernel.RowFiring, `UPDATE triggered_webhook SET status = CASE status WHEN 'success' THEN status ELSE $2 END, attempts = attempts + 1, updated_at = $3
		WHERE id = $1`, a.TriggeredID, string(status), t.at(a.CreatedAt))
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
