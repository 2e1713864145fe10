package store

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// historyLength has a look-up for each end: of both together SQLite reads all rows.
var historyLength = func() string {
	var parts []string
	for _, table := range []string{"version", "publication", "verification", "triggered_webhook"} {
		parts = append(parts, `COALESCE((SELECT MAX(id) FROM `+table+`) - (SELECT MIN(id) FROM `+table+`) + 1, 0)`)
	}
	return `SELECT ` + strings.Join(parts, " + ")
}()

func (t *tx) HistoryLength() (int64, error) { return one(t, scanID, historyLength) }

func (t *tx) KeptMetrics() (m kernel.Metrics, err error) {
	figures, err := one(t, func(row engine.Row) (text string, err error) { return text, row.Scan(&text, stamp{&m.CountedAt}) },
		`SELECT figures, counted_at FROM kept_metrics WHERE counted_at IS NOT NULL`)
	if err == nil {
		err = json.Unmarshal([]byte(figures), &m)
	}
	return m, err
}

func (t *tx) ClaimCount(now, before time.Time) (bool, error) {
	n, err := t.exec(`INSERT INTO kept_metrics (one, asked_at) VALUES (1, $1)
		ON CONFLICT (one) DO UPDATE SET asked_at = excluded.asked_at WHERE kept_metrics.asked_at <= $2`, t.at(now), t.at(before))
	return n == 1, err
}

func (t *tx) KeepMetrics(m kernel.Metrics) error {
	figures, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO kept_metrics (one, asked_at, counted_at, figures) VALUES (1, $1, $1, $2)
		ON CONFLICT (one) DO UPDATE SET counted_at = excluded.counted_at, figures = excluded.figures`, t.at(m.CountedAt), string(figures))
	return err
}

// CountAll has no time limit of the server's: who waits for it has one.
func (t *tx) CountAll() (m kernel.Metrics, err error) {
	if t.postgres() {
		if err := t.q.Later(t.ctx, `SET LOCAL statement_timeout = 0`, nil, nil); err != nil {
			return m, err
		}
	}
	looks := []func() error{func() (err error) {
		m.RevisionsPerVersion, err = t.distribution(`SELECT n, COUNT(*) FROM
			(SELECT COUNT(*) AS n FROM publication GROUP BY version_id, provider_id) x GROUP BY n`)
		return err
	}, func() (err error) {
		m.VerificationsPerContent, err = t.distribution(`SELECT n, COUNT(*) FROM
			(SELECT COUNT(*) AS n FROM verification GROUP BY content_id) x GROUP BY n`)
		return err
	}}
	for _, count := range []struct {
		query string
		into  []any
	}{
		{`SELECT COALESCE(SUM(k.interactions), 0), COALESCE(SUM(k.messages), 0) FROM integration i
			JOIN pact_current pc ON pc.version_id = i.latest_version_id AND pc.provider_id = i.provider_id
			JOIN content k ON k.id = pc.content_id`, []any{&m.LatestInteractions, &m.LatestMessages}},
		{`SELECT COUNT(*), COUNT(NULLIF(main_branch, '')) FROM pacticipant`, []any{&m.Pacticipants, &m.PacticipantsWithMainBranch}},
		{`SELECT COUNT(latest_version_id) FROM integration`, []any{&m.Integrations}},
		{`SELECT COUNT(*) FROM publication`, []any{&m.Publications}},
		{`SELECT MIN(created_at), MAX(created_at) FROM publication`, []any{stamp{&m.FirstPublication}, stamp{&m.LastPublication}}},
		{`SELECT COUNT(*) FROM content`, []any{&m.Contents}},
		{`SELECT COUNT(*), COUNT(CASE WHEN success THEN 1 END) FROM verification`, []any{&m.Verifications, &m.Successes}},
		{`SELECT COUNT(*) FROM (SELECT DISTINCT content_id, provider_version_id, success FROM verification) x`, []any{&m.DistinctVerifications}},
		{`SELECT MIN(created_at), MAX(created_at) FROM verification`, []any{stamp{&m.FirstVerification}, stamp{&m.LastVerification}}},
		{`SELECT COUNT(*) FROM version`, []any{&m.Versions}},
		{`SELECT COUNT(DISTINCT version_id), COUNT(DISTINCT CASE WHEN NOT auto THEN version_id END) FROM branch_version`,
			[]any{&m.VersionsWithBranch, &m.VersionsWithUserBranch}},
		{`SELECT COUNT(*) FROM webhook`, []any{&m.Webhooks}},
		{`SELECT COUNT(*), COUNT(DISTINCT name) FROM tag`, []any{&m.Tags, &m.DistinctTags}},
		{`SELECT COUNT(*) FROM tag_head`, []any{&m.DistinctTagsPerParty}},
		{`SELECT COUNT(*) FROM triggered_webhook`, []any{&m.TriggeredWebhooks}},
		{`SELECT COUNT(*) FROM webhook_attempt`, []any{&m.WebhookExecutions}},
		{`SELECT COUNT(*) FROM environment`, []any{&m.Environments}},
		{`SELECT COUNT(*), COUNT(CASE WHEN NOT auto THEN 1 END) FROM deployed_version`, []any{&m.Deployed, &m.UserDeployed}},
		{`SELECT COUNT(*) FROM deployed_current`, []any{&m.CurrentlyDeployed}},
		{`SELECT COUNT(*), COUNT(CASE WHEN ended_at IS NULL THEN 1 END) FROM released_version`, []any{&m.Released, &m.CurrentlySupported}},
	} {
		looks = append(looks, func() error { return t.row(count.query, nil, count.into...) })
	}
	err = t.Together(looks...)
	m.Failures = m.Verifications - m.Successes
	return m, err
}

func (t *tx) distribution(query string) (map[int64]int64, error) {
	found, err := all(t, scanPair, query)
	out := make(map[int64]int64, len(found))
	for _, pair := range found {
		out[pair[0]] = pair[1]
	}
	return out, err
}
