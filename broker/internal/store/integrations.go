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
	if t.asking != nil {
		return errAhead
	}
	t.touch(consumerID, providerID, 0, at)
	return nil
}

func (t *tx) DeleteIntegration(consumerID, providerID int64) error {
	if err := t.emptyIntegration(consumerID, providerID); err != nil {
		return err
	}
	if err := t.run([]any{consumerID, providerID},
		`DELETE FROM head_pact WHERE consumer_id = $1 AND provider_id = $2`,
		`DELETE FROM triggered_webhook WHERE consumer_id = $1 AND provider_id = $2`,
		`DELETE FROM webhook WHERE consumer_id = $1 AND provider_id = $2`,
		`DELETE FROM content WHERE consumer_id = $1 AND provider_id = $2`); err != nil {
		return err
	}
	if err := t.changed(rowIntegration, `DELETE FROM integration WHERE consumer_id = $1 AND provider_id = $2`, consumerID, providerID); err != nil {
		return err
	}
	for _, id := range slices.Compact([]int64{consumerID, providerID}) {
		if err := t.deleteOrphans(id); err != nil {
			return err
		}
	}
	return nil
}

// emptyIntegration deletes the pacts of a pair, and then lets nobody end who adds
// one: each has to say so in the row of the pair.
func (t *tx) emptyIntegration(consumerID, providerID int64) error {
	found, err := t.ListPublications(kernel.PublicationFilter{ConsumerID: consumerID, ProviderID: providerID})
	if err != nil {
		return err
	}
	if err := t.deletePublications(found); err != nil || !t.postgres() {
		return err
	}
	for _, query := range []string{
		`SELECT id FROM content WHERE consumer_id = $1 AND provider_id = $2 ORDER BY id FOR UPDATE`,
		`SELECT 1 FROM integration WHERE consumer_id = $1 AND provider_id = $2 FOR UPDATE`,
	} {
		if err := t.q.Later(t.ctx, query, []any{consumerID, providerID}, nil); err != nil {
			return err
		}
	}
	more, err := t.exists(`SELECT 1 FROM pact_current WHERE consumer_id = $1 AND provider_id = $2 LIMIT 1`, consumerID, providerID)
	if err == nil && more {
		err = goneSince(rowIntegration)
	}
	return err
}

// deleteOrphans deletes the versions of a pacticipant that have neither pact
// nor result nor place in an environment, and then the pacticipant if nothing
// is left of it.
func (t *tx) deleteOrphans(id int64) error {
	if _, err := t.DeleteOrphanVersions(id, math.MaxInt32); err != nil {
		return err
	}
	if t.postgres() {
		orphan, err := t.exists(`SELECT 1 FROM pacticipant WHERE id = $1`+orphanParty, id)
		if err != nil || !orphan {
			return err
		}
		if err := t.lockAll(kernel.RowPacticipant, kernel.ToDelete, []int64{id}); err != nil {
			return err
		}
	}
	_, err := t.exec(`DELETE FROM pacticipant WHERE id = $1`+orphanParty, id)
	return err
}

// What is not needed by anything: a version v, and the pacticipant $1.
const (
	orphanVersion = `
		AND NOT EXISTS (SELECT 1 FROM publication x WHERE x.version_id = v.id)
		AND NOT EXISTS (SELECT 1 FROM verification f WHERE f.provider_version_id = v.id)
		AND NOT EXISTS (SELECT 1 FROM deployed_version d WHERE d.version_id = v.id)
		AND NOT EXISTS (SELECT 1 FROM released_version e WHERE e.version_id = v.id)`
	orphanParty = `
		AND NOT EXISTS (SELECT 1 FROM version v WHERE v.pacticipant_id = $1)
		AND NOT EXISTS (SELECT 1 FROM content k WHERE k.provider_id = $1)
		AND NOT EXISTS (SELECT 1 FROM integration i WHERE i.consumer_id = $1 OR i.provider_id = $1)
		AND NOT EXISTS (SELECT 1 FROM label l WHERE l.pacticipant_id = $1)
		AND NOT EXISTS (SELECT 1 FROM webhook w WHERE w.consumer_id = $1 OR w.provider_id = $1)`
)

// DeleteOrphanVersions takes the newest first: what is then the first with a
// tag, and the only one on a branch, does not change with each. It returns how
// many it has looked at: one that is needed since is not found again.
func (t *tx) DeleteOrphanVersions(id int64, limit int) (int, error) {
	found, err := all(t, scanID, `SELECT v.id FROM version v WHERE v.pacticipant_id = $1`+orphanVersion+` ORDER BY v.id DESC LIMIT $2`, id, limit)
	if err != nil || len(found) == 0 {
		return 0, err
	}
	orphans := found
	if t.postgres() {
		if err := t.lockAll(kernel.RowVersion, kernel.ToDelete, found); err != nil {
			return 0, err
		}
		if orphans, err = all(t, scanID, `SELECT v.id FROM version v WHERE v.id = ANY($1::bigint[])`+orphanVersion, found); err != nil || len(orphans) == 0 {
			return len(found), err
		}
	}
	return len(found), t.deleteVersions(orphans)
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
	const unpublished = ` AND NOT EXISTS (SELECT 1 FROM publication x WHERE x.content_id = k.id)`
	found, err := all(t, scanID, `SELECT k.id FROM content k WHERE k.consumer_id = $1 AND k.provider_id = $2`+unpublished+` ORDER BY k.id LIMIT $3`, consumerID, providerID, limit)
	if err != nil || len(found) == 0 {
		return 0, err
	}
	if err := t.lockAll(kernel.RowContent, kernel.ToDelete, found); err != nil {
		return 0, err
	}
	_, err = t.exec(`DELETE FROM content WHERE id IN (SELECT k.id FROM content k WHERE k.id `+t.in(1)+unpublished+`)`, t.ids(found))
	return len(found), err
}

func (t *tx) PairsOf(pacticipantID int64) ([][2]int64, error) {
	return all(t, scanPair, `SELECT consumer_id, provider_id FROM integration WHERE consumer_id = $1
		UNION SELECT consumer_id, provider_id FROM integration WHERE provider_id = $1 ORDER BY 1, 2`, pacticipantID)
}

func (t *tx) DeleteAllIntegrations() error {
	return t.run(nil, `DELETE FROM pacticipant`)
}
