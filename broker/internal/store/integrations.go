package store

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const (
	integrationFrom = ` FROM integration i JOIN pacticipant c ON c.id = i.consumer_id JOIN pacticipant r ON r.id = i.provider_id `
	integrationSelf = `SELECT c.id, c.name, r.id, r.name, i.touched_at` + integrationFrom
)

func scanIntegration(row engine.Row) (i kernel.Integration, err error) {
	err = row.Scan(&i.Consumer.ID, &i.Consumer.Name, &i.Provider.ID, &i.Provider.Name, stamp{&i.ChangedAt})
	return i, err
}

func (t *tx) FindIntegration(consumerID, providerID int64) (kernel.Integration, error) {
	return one(t, scanIntegration, integrationSelf+`WHERE i.consumer_id = $1 AND i.provider_id = $2`, consumerID, providerID)
}

func (t *tx) ListIntegrations(q kernel.IntegrationQuery) ([]kernel.Integration, int, error) {
	where, args := `WHERE TRUE`, []any{}
	if q.Search != "" {
		where, args = `WHERE (c.name_fold LIKE $1 ESCAPE '\' OR r.name_fold LIKE $1 ESCAPE '\')`, []any{contains(q.Search)}
	}
	query := integrationSelf + where + ` ORDER BY i.touched_at IS NULL, i.touched_at DESC, c.name_fold, r.name_fold`
	if q.Page.Whole() {
		found, err := all(t, scanIntegration, query, args...)
		return found, len(found), err
	}
	var total int
	if err := t.row(`SELECT count(*)`+integrationFrom+where, args, &total); err != nil {
		return nil, 0, err
	}
	query += fmt.Sprintf(` LIMIT $%d OFFSET $%d`, len(args)+1, len(args)+2)
	found, err := all(t, scanIntegration, query, append(args, q.Page.Size, q.Page.Offset())...)
	return found, total, err
}

func (t *tx) TouchIntegration(consumerID, providerID int64, at time.Time) error {
	t.touch(consumerID, providerID, 0, at)
	return nil
}

func (t *tx) DeleteIntegration(consumerID, providerID int64) error {
	if err := t.run([]any{consumerID, providerID},
		`DELETE FROM head_pact WHERE consumer_id = $1 AND provider_id = $2`,
		`DELETE FROM triggered_webhook WHERE consumer_id = $1 AND provider_id = $2`,
		`DELETE FROM webhook WHERE consumer_id = $1 AND provider_id = $2`,
		`DELETE FROM content WHERE consumer_id = $1 AND provider_id = $2`,
		`DELETE FROM integration WHERE consumer_id = $1 AND provider_id = $2`); err != nil {
		return err
	}
	for _, id := range slices.Compact([]int64{consumerID, providerID}) {
		if err := t.deleteOrphans(id); err != nil {
			return err
		}
	}
	return nil
}

// deleteOrphans deletes the versions of a pacticipant that have neither pact
// nor result nor place in an environment, and then the pacticipant if nothing
// is left of it.
func (t *tx) deleteOrphans(id int64) error {
	if _, err := t.DeleteOrphanVersions(id, math.MaxInt32); err != nil {
		return err
	}
	_, err := t.exec(`DELETE FROM pacticipant WHERE id = $1
		AND NOT EXISTS (SELECT 1 FROM version v WHERE v.pacticipant_id = $1)
		AND NOT EXISTS (SELECT 1 FROM content k WHERE k.provider_id = $1)
		AND NOT EXISTS (SELECT 1 FROM integration i WHERE i.consumer_id = $1 OR i.provider_id = $1)
		AND NOT EXISTS (SELECT 1 FROM label l WHERE l.pacticipant_id = $1)
		AND NOT EXISTS (SELECT 1 FROM webhook w WHERE w.consumer_id = $1 OR w.provider_id = $1)`, id)
	return err
}

// DeleteOrphanVersions takes the newest first: what is then the first with a
// tag, and the only one on a branch, does not change with each.
func (t *tx) DeleteOrphanVersions(id int64, limit int) (int, error) {
	return t.deleteSelected(`SELECT v.id FROM version v WHERE v.pacticipant_id = $1
		AND NOT EXISTS (SELECT 1 FROM publication x WHERE x.version_id = v.id)
		AND NOT EXISTS (SELECT 1 FROM verification f WHERE f.provider_version_id = v.id)
		AND NOT EXISTS (SELECT 1 FROM deployed_version d WHERE d.version_id = v.id)
		AND NOT EXISTS (SELECT 1 FROM released_version e WHERE e.version_id = v.id) ORDER BY v.id DESC LIMIT $2`, id, limit)
}

func (t *tx) DeleteNewestVersions(id int64, limit int) (int, error) {
	return t.deleteSelected(`SELECT id FROM version WHERE pacticipant_id = $1 ORDER BY id DESC LIMIT $2`, id, limit)
}

func (t *tx) deleteSelected(query string, args ...any) (int, error) {
	ids, err := all(t, scanID, query, args...)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return len(ids), t.deleteVersions(ids)
}

func (t *tx) DeleteUnpublished(consumerID, providerID int64, limit int) (int, error) {
	n, err := t.exec(`DELETE FROM content WHERE id IN (SELECT k.id FROM content k WHERE k.consumer_id = $1 AND k.provider_id = $2
		AND NOT EXISTS (SELECT 1 FROM publication x WHERE x.content_id = k.id) ORDER BY k.id LIMIT $3)`, consumerID, providerID, limit)
	return int(n), err
}

func (t *tx) PairsOf(pacticipantID int64) ([][2]int64, error) {
	return all(t, scanPair, `SELECT consumer_id, provider_id FROM integration WHERE consumer_id = $1
		UNION SELECT consumer_id, provider_id FROM integration WHERE provider_id = $1 ORDER BY 1, 2`, pacticipantID)
}

func (t *tx) DeleteAllIntegrations() error {
	return t.run(nil, `DELETE FROM pacticipant`)
}
