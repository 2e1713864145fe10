package store

import (
	"fmt"
	"time"

	"github.com/treatyhq/treaty/broker"
)

func (t *tx) OldestVersions(afterID int64, limit int) ([]broker.Version, error) {
	return all(t, t.scanVersion, selectVersion+`WHERE v.id > $1 ORDER BY v.id LIMIT $2`, afterID, limit)
}

func (t *tx) StaleBranches(at time.Time, limit int) ([]broker.Branch, error) {
	return all(t, scanBranch, selectBranch+`WHERE b.updated_at < $1 AND b.name <> p.main_branch ORDER BY b.updated_at, b.id LIMIT $2`, t.at(at), limit)
}

func (t *tx) DeleteOrphanContents(limit int) (int, error) {
	n, err := t.exec(`DELETE FROM content WHERE id IN (SELECT k.id FROM content k
		WHERE NOT EXISTS (SELECT 1 FROM publication x WHERE x.content_id = k.id)
		AND NOT EXISTS (SELECT 1 FROM verification f WHERE f.content_id = k.id) ORDER BY k.id LIMIT $1)`, limit)
	return int(n), err
}

func (t *tx) DeleteOverwritten(at time.Time, limit int) (int, error) {
	total := 0
	for _, query := range []string{
		`DELETE FROM publication WHERE id IN (SELECT x.id FROM publication x
			JOIN pact_current pc ON pc.version_id = x.version_id AND pc.provider_id = x.provider_id
			WHERE x.created_at < $1 AND pc.publication_id <> x.id ORDER BY x.id LIMIT $2)`,
		`DELETE FROM triggered_webhook WHERE id IN (SELECT w.id FROM triggered_webhook w WHERE w.created_at < $1
			AND w.status IN ('success', 'failure') AND EXISTS (SELECT 1 FROM triggered_webhook n WHERE n.webhook_uuid = w.webhook_uuid
				AND n.consumer_id = w.consumer_id AND n.provider_id = w.provider_id AND n.event = w.event AND n.id > w.id)
			ORDER BY w.id LIMIT $2)`,
	} {
		n, err := t.exec(query, t.at(at), limit)
		if err != nil {
			return total, err
		}
		total += int(n)
	}
	superseded, err := all(t, scanID, `SELECT f.id FROM verification f JOIN verification_current c
		ON c.content_id = f.content_id AND c.provider_version_id = f.provider_version_id
		WHERE f.created_at < $1 AND c.verification_id <> f.id ORDER BY f.id LIMIT $2`, t.at(at), limit)
	if err != nil {
		return total, err
	}
	for _, id := range superseded {
		if err := t.DeleteVerification(id); err != nil {
			return total, fmt.Errorf("delete result %d: %w", id, err)
		}
		total++
	}
	return total, nil
}
