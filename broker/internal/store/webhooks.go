package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"gorm.io/gorm"
)

func (t *tx) FindWebhook(uuid string) (kernel.Webhook, error) {
	var row webhookRow
	if err := t.db().Where("uuid = ?", uuid).Take(&row).Error; err != nil {
		if errors.Is(err, gorm.ErrRecordNotFound) {
			err = notFound()
		}
		return kernel.Webhook{}, err
	}
	found, err := t.webhooksOf([]webhookRow{row})
	if err != nil {
		return kernel.Webhook{}, err
	}
	return found[0], nil
}

func (t *tx) ListWebhooks(q kernel.WebhookQuery) ([]kernel.Webhook, error) {
	query := t.db().Model(&webhookRow{})
	for name, side := range map[string]*kernel.WebhookSide{"consumer": q.Consumer, "provider": q.Provider} {
		if side == nil {
			continue
		}
		query = query.Where(name+"_label = ?", side.Label)
		if side.Name == "" {
			query = query.Where(name + "_id IS NULL")
		} else {
			query = query.Where(name+"_id = (SELECT id FROM pacticipant WHERE name = ?)", side.Name)
		}
	}
	var rows []webhookRow
	if err := query.Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	return t.webhooksOf(rows)
}

func (t *tx) HasWebhooks() (bool, error) {
	t.recall()
	return t.exists(`SELECT 1 FROM webhook LIMIT 1`)
}

// webhookConditions are what has to hold, all of it, for a webhook w to be told of
// what happens to the pair of $1 and $2, in the order of kernel.WebhookMatch. They
// stand here once: what chooses webhooks and what says why one was not chosen are
// made of them.
var webhookConditions = []string{
	`w.enabled`,
	`(w.consumer_id IS NULL OR w.consumer_id = $1)`,
	`(w.provider_id IS NULL OR w.provider_id = $2)`,
	`(w.consumer_label = '' OR EXISTS (SELECT 1 FROM label l WHERE l.pacticipant_id = $1 AND l.name = w.consumer_label))`,
	`(w.provider_label = '' OR EXISTS (SELECT 1 FROM label l WHERE l.pacticipant_id = $2 AND l.name = w.provider_label))`,
}

// matchingWebhooks has all of a webhook in one row, its events in their order: a
// publication asks for each of its pairs. Names are looked up for each that is found:
// joined, all applications may be read.
var matchingWebhooks = `SELECT w.id, w.uuid, w.description, COALESCE((SELECT name FROM pacticipant WHERE id = w.consumer_id), ''), w.consumer_label,
	COALESCE((SELECT name FROM pacticipant WHERE id = w.provider_id), ''), w.provider_label,
	w.method, w.url, w.headers, w.body, w.username, w.password, w.team, w.created_at, w.updated_at,
	COALESCE((SELECT string_agg(e.name, ' ' ORDER BY e.position) FROM webhook_event e WHERE e.webhook_id = w.id), '')
	FROM webhook w WHERE ` + strings.Join(webhookConditions, " AND ") + `
	ORDER BY w.id`

// matchWebhook asks for each condition by itself.
var matchWebhook = `SELECT ` + strings.Join(webhookConditions, ", ") + ` FROM webhook w WHERE w.id = $3`

// MatchWebhook implements kernel.Webhooks.
func (t *tx) MatchWebhook(id int64, consumer, provider kernel.Party) (kernel.WebhookMatch, error) {
	return one(t, func(row engine.Row) (m kernel.WebhookMatch, err error) {
		return m, row.Scan(&m.Enabled, &m.Consumer, &m.Provider, &m.ConsumerLabel, &m.ProviderLabel)
	}, matchWebhook, consumer.ID, provider.ID, id)
}

// MatchingWebhooks implements kernel.Webhooks.
func (t *tx) MatchingWebhooks(consumer, provider kernel.Party) ([]kernel.Webhook, error) {
	return all(t, scanMatchingWebhook, matchingWebhooks, consumer.ID, provider.ID)
}

func scanMatchingWebhook(row engine.Row) (w kernel.Webhook, err error) {
	r := webhookRow{Enabled: true}
	var consumer, provider, events string
	var created, updated time.Time
	if err := row.Scan(&r.ID, &r.UUID, &r.Description, &consumer, &r.ConsumerLabel, &provider, &r.ProviderLabel,
		&r.Method, &r.URL, &r.Headers, &r.Body, &r.Username, &r.Password, &r.Team, stamp{&created}, stamp{&updated}, &events); err != nil {
		return w, err
	}
	r.CreatedAt, r.UpdatedAt = momentOf(created), momentOf(updated)
	var names []kernel.EventName
	for _, name := range strings.Fields(events) {
		names = append(names, kernel.EventName(name))
	}
	w, err = r.domain(nil, names)
	w.Consumer.Name, w.Provider.Name = consumer, provider
	return w, err
}

func (t *tx) CreateWebhook(w kernel.Webhook) (kernel.Webhook, error) {
	row, err := t.webhookToRow(w)
	if err != nil {
		return w, err
	}
	row.UpdatedAt = row.CreatedAt
	if err := t.db().Create(&row).Error; err != nil {
		return w, translate(err)
	}
	if err := t.saveEvents(row.ID, w.Events); err != nil {
		return w, err
	}
	return t.FindWebhook(w.UUID)
}

func (t *tx) SaveWebhook(w kernel.Webhook) error {
	row, err := t.webhookToRow(w)
	if err != nil {
		return err
	}
	if err := changedBy(kernel.RowWebhook, t.db().Model(&row).Select("*").Omit("id", "uuid", "created_at").Updates(&row)); err != nil {
		return err
	}
	if err := t.db().Where("webhook_id = ?", w.ID).Delete(&webhookEventRow{}).Error; err != nil {
		return err
	}
	return t.saveEvents(w.ID, w.Events)
}

func (t *tx) saveEvents(id int64, events []kernel.EventName) error {
	for i, name := range events {
		if _, err := t.exec(`INSERT INTO webhook_event (webhook_id, name, position) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, id, string(name), i); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) ThinWebhook(id int64, limit int) (int, error) {
	n, err := t.exec(`UPDATE triggered_webhook SET webhook_id = NULL WHERE id IN (SELECT id FROM triggered_webhook
		WHERE webhook_id = $1 AND status IN ('success', 'failure') LIMIT $2)`, id, limit)
	return int(n), err
}

func (t *tx) DeleteFirings(consumerID, providerID int64, limit int) (int, error) {
	n, err := t.exec(`DELETE FROM triggered_webhook WHERE id IN (SELECT id FROM triggered_webhook
		WHERE consumer_id = $1 AND provider_id = $2 AND status IN ('success', 'failure') LIMIT $3)`, consumerID, providerID, limit)
	return int(n), err
}

func (t *tx) DeleteWebhook(id int64) error {
	return changedBy(kernel.RowWebhook, t.db().Delete(&webhookRow{}, id))
}

type headerRow struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (t *tx) webhookToRow(w kernel.Webhook) (webhookRow, error) {
	row := webhookRow{
		ID: w.ID, UUID: w.UUID, Description: w.Description, ConsumerLabel: w.Consumer.Label, ProviderLabel: w.Provider.Label,
		Enabled: w.Enabled, Method: w.Request.Method, URL: w.Request.URL, Body: string(w.Request.Body),
		Username: w.Request.Username, Password: w.Request.Password, Team: w.Team,
		CreatedAt: momentOf(w.CreatedAt), UpdatedAt: momentOf(w.UpdatedAt),
	}
	if len(w.Request.Headers) > 0 {
		headers := make([]headerRow, len(w.Request.Headers))
		for i, h := range w.Request.Headers {
			headers[i] = headerRow(h)
		}
		text, err := json.Marshal(headers)
		if err != nil {
			return row, err
		}
		row.Headers = string(text)
	}
	for _, side := range []struct {
		name string
		id   **int64
	}{{w.Consumer.Name, &row.ConsumerID}, {w.Provider.Name, &row.ProviderID}} {
		if side.name == "" {
			continue
		}
		p, err := t.FindPacticipant(side.name)
		if err != nil {
			return row, err
		}
		*side.id = &p.ID
	}
	return row, nil
}

// webhooksOf adds names and events to rows.
func (t *tx) webhooksOf(rows []webhookRow) ([]kernel.Webhook, error) {
	ids, parties := make([]int64, len(rows)), []int64{}
	for i, r := range rows {
		ids[i] = r.ID
		parties = append(parties, idOf(r.ConsumerID), idOf(r.ProviderID))
	}
	names, err := t.namesOf(parties)
	if err != nil {
		return nil, err
	}
	var events []webhookEventRow
	if err := t.db().Where("webhook_id IN ?", ids).Order("webhook_id, position").Find(&events).Error; err != nil {
		return nil, err
	}
	subscribed := make(map[int64][]kernel.EventName)
	for _, e := range events {
		subscribed[e.WebhookID] = append(subscribed[e.WebhookID], kernel.EventName(e.Name))
	}
	out := make([]kernel.Webhook, len(rows))
	for i, r := range rows {
		if out[i], err = r.domain(names, subscribed[r.ID]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (t *tx) namesOf(pacticipantIDs []int64) (map[int64]string, error) {
	found, err := all(t, func(row engine.Row) (p kernel.Party, err error) { return p, row.Scan(&p.ID, &p.Name) },
		`SELECT id, name FROM pacticipant WHERE id `+t.in(1), t.ids(pacticipantIDs))
	out := make(map[int64]string, len(found))
	for _, p := range found {
		out[p.ID] = p.Name
	}
	return out, err
}

func (r webhookRow) domain(names map[int64]string, events []kernel.EventName) (kernel.Webhook, error) {
	w := kernel.Webhook{
		ID: r.ID, UUID: r.UUID, Description: r.Description, Enabled: r.Enabled, Events: events,
		Consumer:  kernel.WebhookSide{Name: names[idOf(r.ConsumerID)], Label: r.ConsumerLabel},
		Provider:  kernel.WebhookSide{Name: names[idOf(r.ProviderID)], Label: r.ProviderLabel},
		Request:   kernel.WebhookRequest{Method: r.Method, URL: r.URL, Username: r.Username, Password: r.Password},
		Team:      r.Team,
		CreatedAt: r.CreatedAt.time(), UpdatedAt: r.UpdatedAt.time(),
	}
	if r.Body != "" {
		w.Request.Body = json.RawMessage(r.Body)
	}
	if r.Headers == "" {
		return w, nil
	}
	var headers []headerRow
	if err := json.Unmarshal([]byte(r.Headers), &headers); err != nil {
		return w, fmt.Errorf("read the headers of webhook %s: %w", r.UUID, err)
	}
	for _, h := range headers {
		w.Request.Headers = append(w.Request.Headers, kernel.WebhookHeader(h))
	}
	return w, nil
}

// webhookName is how a firing is called: the method and the host.
func webhookName(method, address string) string {
	if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
		return method + " " + u.Hostname()
	}
	return method
}
