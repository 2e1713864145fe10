package store

import (
	"fmt"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

func (t *tx) CleanMark(kind kernel.RowKind) (int64, error) {
	id, err := one(t, scanID, `SELECT after_id FROM clean_mark WHERE kind = $1`, string(kind))
	if kernel.IsNotFound(err) {
		return 0, nil
	}
	return id, err
}

func (t *tx) SaveCleanMark(kind kernel.RowKind, id int64) error {
	_, err := t.exec(`INSERT INTO clean_mark (kind, after_id) VALUES ($1, $2)
		ON CONFLICT (kind) DO UPDATE SET after_id = excluded.after_id`, string(kind), id)
	return err
}

func (t *tx) OldestVersions(afterID int64, limit int) ([]kernel.Version, error) {
	return all(t, t.scanVersion, selectVersion+`WHERE v.id > $1 ORDER BY v.id LIMIT $2`, afterID, limit)
}

func (t *tx) StaleBranches(at time.Time, limit int) ([]kernel.Branch, error) {
	return all(t, scanBranch, selectBranch+`WHERE b.updated_at < $1 AND b.name <> p.main_branch ORDER BY b.updated_at, b.id LIMIT $2`, t.at(at), limit)
}

// unused says that neither a pact nor a result needs a content k.
const unused = `NOT EXISTS (SELECT 1 FROM publication x WHERE x.content_id = k.id)
	AND NOT EXISTS (SELECT 1 FROM verification f WHERE f.content_id = k.id)`

func (t *tx) OrphanContents(afterID int64, limit int) (orphans []int64, last int64, err error) {
	type found struct {
		id     int64
		orphan bool
	}
	scan := func(row engine.Row) (f found, err error) { return f, row.Scan(&f.id, &f.orphan) }
	window, err := all(t, scan, `SELECT k.id, `+unused+` FROM content k WHERE k.id > $1 ORDER BY k.id LIMIT $2`, afterID, limit)
	for _, f := range window {
		if f.orphan {
			orphans = append(orphans, f.id)
		}
	}
	if len(window) == limit {
		last = window[limit-1].id
	}
	return orphans, last, err
}

func (t *tx) DeleteContents(ids []int64) (int, error) {
	if err := t.lockAll(kernel.RowContent, kernel.ToDelete, ids); err != nil {
		return 0, err
	}
	n, err := t.exec(`DELETE FROM content WHERE id IN (SELECT k.id FROM content k WHERE k.id `+t.in(1)+` AND `+unused+`)`, t.ids(ids))
	return int(n), err
}

// replacements reads each row with the one before it about the same: of one
// version and provider, of one content and provider version, or of one webhook,
// pair and event. The rows that are compared are found by an index for each of
// the few that are looked at.
var replacements = map[kernel.RowKind]string{
	kernel.RowPublication: `SELECT x.id, COALESCE((SELECT p.id FROM publication p
			WHERE p.version_id = x.version_id AND p.provider_id = x.provider_id AND p.revision < x.revision
			ORDER BY p.revision DESC LIMIT 1), 0), x.created_at < $2
		FROM publication x WHERE x.id > $1 ORDER BY x.id LIMIT $3`,
	kernel.RowVerification: `WITH part AS (SELECT id, provider_version_id, created_at FROM verification WHERE id > $1 ORDER BY id LIMIT $3)
		SELECT s.id, COALESCE(s.before, 0), s.created_at < $2 FROM (
			SELECT f.id, f.created_at, LAG(f.id) OVER (PARTITION BY f.content_id, f.provider_version_id ORDER BY f.id) AS before
			FROM verification f WHERE f.provider_version_id IN (SELECT provider_version_id FROM part)
				AND f.id <= (SELECT MAX(id) FROM part)) s
		WHERE s.id > $1 ORDER BY s.id`,
	kernel.RowFiring: `SELECT w.id, COALESCE((SELECT p.id FROM triggered_webhook p
			WHERE p.webhook_id = w.webhook_id AND p.consumer_id = w.consumer_id AND p.provider_id = w.provider_id
				AND p.event = w.event AND p.id < w.id
			ORDER BY p.id DESC LIMIT 1), 0), w.created_at < $2
		FROM triggered_webhook w WHERE w.id > $1 ORDER BY w.id LIMIT $3`,
}

func (t *tx) Replacements(kind kernel.RowKind, afterID int64, at time.Time, limit int) ([]kernel.Replacement, error) {
	type found struct {
		kernel.Replacement
		old bool
	}
	scan := func(row engine.Row) (f found, err error) { return f, row.Scan(&f.ID, &f.Replaced, &f.old) }
	window, err := all(t, scan, replacements[kind], afterID, t.at(at), limit)
	if err != nil {
		return nil, err
	}
	var out []kernel.Replacement
	for _, f := range window {
		if !f.old {
			break
		}
		out = append(out, f.Replacement)
	}
	return out, nil
}

func (t *tx) DeleteReplaced(kind kernel.RowKind, ids []int64) (int, error) {
	if kind == kernel.RowVerification {
		return t.deleteReplacedResults(ids)
	}
	query := `DELETE FROM publication WHERE id ` + t.in(1) + ` AND NOT EXISTS (SELECT 1 FROM pact_current pc
		WHERE pc.version_id = publication.version_id AND pc.provider_id = publication.provider_id AND pc.publication_id = publication.id)`
	if kind == kernel.RowFiring {
		// One that is still under way is left to the delivery.
		query = `DELETE FROM triggered_webhook WHERE id ` + t.in(1) + ` AND status IN ('success', 'failure')`
	}
	n, err := t.exec(query, t.ids(ids))
	return int(n), err
}

// deleteReplacedResults locks the versions of the results: where a newer one is
// deleted, the one before it counts again.
func (t *tx) deleteReplacedResults(ids []int64) (int, error) {
	if t.postgres() {
		versions, err := all(t, scanID, `SELECT DISTINCT provider_version_id FROM verification WHERE id = ANY($1::bigint[])`, ids)
		if err != nil {
			return 0, err
		}
		if err := t.lockAll(kernel.RowVersion, kernel.ToChange, versions); err != nil {
			return 0, err
		}
	}
	replaced, err := all(t, scanID, `SELECT f.id FROM verification f WHERE f.id `+t.in(1)+` AND NOT EXISTS (SELECT 1 FROM verification_current c
		WHERE c.content_id = f.content_id AND c.provider_version_id = f.provider_version_id AND c.verification_id = f.id) ORDER BY f.id`, t.ids(ids))
	if err != nil {
		return 0, err
	}
	for i, id := range replaced {
		if err := t.DeleteVerification(id); err != nil {
			return i, fmt.Errorf("delete result %d: %w", id, err)
		}
	}
	return len(replaced), nil
}
