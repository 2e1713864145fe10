package store

import (
	"strings"

	"github.com/treatyhq/treaty/broker"
)

// This file keeps the derived rows: what the gate reads instead of history.
// Adding to history moves them forward in a step or two; taking from history
// recomputes those that depended on it.

const (
	dropHead = `DELETE FROM head_pact WHERE kind = $1 AND ref_id {ids}
		AND provider_id NOT IN (SELECT provider_id FROM pact_current WHERE version_id = $3)`
	putHead = `INSERT INTO head_pact (provider_id, kind, ref_id, consumer_id, publication_id, content_id, published_at)
		SELECT pc.provider_id, CAST($1 AS INTEGER), w.value, pc.consumer_id, pc.publication_id, pc.content_id, pc.created_at
		FROM pact_current pc CROSS JOIN {each} w WHERE pc.version_id = $3 ORDER BY pc.provider_id, w.value` + overHead
	overHead = ` ON CONFLICT (provider_id, kind, ref_id) DO UPDATE SET
		publication_id = excluded.publication_id, content_id = excluded.content_id, published_at = excluded.published_at`
)

// rebuildHead makes head_pact hold exactly the current pacts of the version
// that is now the head of a branch or tag; 0 means none.
func (t *tx) rebuildHead(kind int, ref, versionID int64) error {
	return t.rebuildHeads(kind, []int64{ref}, versionID)
}

// rebuildHeads is rebuildHead for many branches or tags.
func (t *tx) rebuildHeads(kind int, refs []int64, versionID int64) error {
	args := []any{kind, t.ids(refs), versionID}
	if t.postgres() { // one way to the server instead of two
		return t.run(args, t.withRefs(`WITH gone AS (`+dropHead+`) `+putHead))
	}
	return t.run(args, t.withRefs(dropHead), t.withRefs(putHead))
}

// withRefs puts the list in the second parameter into a statement.
func (t *tx) withRefs(query string) string {
	return t.text(query, func() string { return strings.NewReplacer("{ids}", t.in(2), "{each}", t.each(2)).Replace(query) })
}

const upsertScope = `
	ON CONFLICT (content_id, scope, ref_id, wip) DO UPDATE SET
	first_created_at = CASE WHEN excluded.first_created_at < content_scope_success.first_created_at
		THEN excluded.first_created_at ELSE content_scope_success.first_created_at END,
	first_executed_at = CASE WHEN excluded.first_executed_at < content_scope_success.first_executed_at
		THEN excluded.first_executed_at ELSE content_scope_success.first_executed_at END,
	last_executed_at = CASE WHEN excluded.last_executed_at > content_scope_success.last_executed_at
		THEN excluded.last_executed_at ELSE content_scope_success.last_executed_at END`

const scopeColumns = `INSERT INTO content_scope_success
	(content_id, scope, ref_id, wip, first_created_at, first_executed_at, last_executed_at) `

// noteSuccesses counts the successful results of a provider version for the
// branches or tags it has just got.
func (t *tx) noteSuccesses(scope int, refs []int64, versionID int64) error {
	_, err := t.exec(t.withRefs(scopeColumns+`SELECT f.content_id, CAST($1 AS INTEGER), w.value, f.wip, MIN(f.created_at), MIN(f.executed_at), MAX(f.executed_at)
		FROM verification f CROSS JOIN {each} w WHERE f.provider_version_id = $3 AND f.success
		GROUP BY f.content_id, f.wip, w.value ORDER BY f.content_id, w.value`+upsertScope),
		scope, t.ids(refs), versionID)
	return err
}

// noteMainResults moves the newest main-branch result of the contents that v
// has verified, if b is the main branch.
func (t *tx) noteMainResults(b broker.Branch, v broker.Version) error {
	main, err := t.exists(`SELECT 1 FROM pacticipant WHERE id = $1 AND main_branch = $2`, v.Pacticipant.ID, b.Name)
	if err != nil || !main {
		return err
	}
	_, err = t.exec(`UPDATE content_state SET latest_main_verification_id = (SELECT c.verification_id FROM verification_current c
			WHERE c.content_id = content_state.content_id AND c.provider_version_id = $1)
		WHERE content_id IN (SELECT content_id FROM verification_current WHERE provider_version_id = $1)
		AND COALESCE(latest_main_verification_id, 0) < (SELECT c.verification_id FROM verification_current c
			WHERE c.content_id = content_state.content_id AND c.provider_version_id = $1)`, v.ID)
	return err
}

// recomputeMain finds the newest main-branch results of all contents of a
// provider, after its main branch changed.
func (t *tx) recomputeMain(providerID int64) error {
	_, err := t.exec(`UPDATE content_state SET latest_main_verification_id = `+newestMain+`
		WHERE content_id IN (SELECT id FROM content WHERE provider_id = $1)`, providerID)
	return err
}

const newestMain = `(SELECT MAX(v.id) FROM verification v
	JOIN branch_version bv ON bv.version_id = v.provider_version_id
	JOIN branch b ON b.id = bv.branch_id JOIN pacticipant p ON p.id = b.pacticipant_id AND p.main_branch = b.name
	WHERE v.content_id = content_state.content_id)`

// recomputeStates finds the newest results of contents that lost one.
func (t *tx) recomputeStates(contentIDs []int64) error {
	if len(contentIDs) == 0 {
		return nil
	}
	ids := t.ids(contentIDs)
	if _, err := t.exec(`DELETE FROM content_state WHERE content_id `+t.in(1)+`
		AND NOT EXISTS (SELECT 1 FROM verification v WHERE v.content_id = content_state.content_id)`, ids); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE content_state SET
		latest_verification_id = (SELECT MAX(v.id) FROM verification v WHERE v.content_id = content_state.content_id),
		any_success_at = (SELECT MIN(v.created_at) FROM verification v WHERE v.content_id = content_state.content_id AND v.success),
		latest_main_verification_id = `+newestMain+` WHERE content_id `+t.in(1), ids)
	return err
}

// recomputeBranch finds the head of a branch that may have lost it, and the
// successes on the branch of contents that may have lost one.
func (t *tx) recomputeBranch(branchID int64, contentIDs []int64) error {
	if err := t.lock("branch", branchID); err != nil {
		return err
	}
	stale, err := t.exists(`SELECT 1 FROM branch b WHERE b.id = $1 AND b.head_version_id IS NOT NULL AND NOT EXISTS
		(SELECT 1 FROM branch_version bv WHERE bv.branch_id = b.id AND bv.version_id = b.head_version_id)`, branchID)
	if err != nil {
		return err
	}
	if stale {
		head, err := one(t, scanID, `SELECT v.id FROM branch_version bv JOIN version v ON v.id = bv.version_id
			WHERE bv.branch_id = $1`+t.latestFirst("v", "bv.version_id")+`LIMIT 1`, branchID)
		if err != nil && !broker.IsNotFound(err) {
			return err
		}
		if _, err := t.exec(`UPDATE branch SET head_version_id = NULLIF(CAST($2 AS BIGINT), 0) WHERE id = $1`, branchID, head); err != nil {
			return err
		}
		if err := t.rebuildHead(byBranch, branchID, head); err != nil {
			return err
		}
	}
	return t.recomputeScope(byBranch, branchID, contentIDs,
		`JOIN branch_version m ON m.version_id = v.provider_version_id AND m.branch_id = $2`)
}

// recomputeTag is recomputeBranch for a tag. A tag that no version has any more
// has no head row.
func (t *tx) recomputeTag(headID int64, contentIDs []int64) error {
	if err := t.lock("tag_head", headID); err != nil {
		return err
	}
	head, err := one(t, scanID, `SELECT v.id FROM tag_head h JOIN tag g ON g.name = h.name
		JOIN version v ON v.id = g.version_id AND v.pacticipant_id = h.pacticipant_id
		WHERE h.id = $1`+t.latestFirst("v", "g.version_id")+`LIMIT 1`, headID)
	if broker.IsNotFound(err) {
		return t.run([]any{headID},
			`DELETE FROM head_pact WHERE kind = 2 AND ref_id = $1`,
			`DELETE FROM content_scope_success WHERE scope = 2 AND ref_id = $1`,
			`DELETE FROM tag_head WHERE id = $1`)
	}
	if err != nil {
		return err
	}
	moved, err := t.exec(`UPDATE tag_head SET version_id = $2 WHERE id = $1 AND version_id <> $2`, headID, head)
	if err != nil {
		return err
	}
	if _, err := t.exec(`UPDATE tag_head SET first_at = (SELECT MIN(g.created_at) FROM tag g JOIN version v ON v.id = g.version_id
		WHERE g.name = tag_head.name AND v.pacticipant_id = tag_head.pacticipant_id)
		WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM tag g JOIN version v ON v.id = g.version_id
			WHERE g.name = tag_head.name AND v.pacticipant_id = tag_head.pacticipant_id AND g.created_at = tag_head.first_at)`, headID); err != nil {
		return err
	}
	if moved > 0 {
		if err := t.rebuildHead(byTag, headID, head); err != nil {
			return err
		}
	}
	return t.recomputeScope(byTag, headID, contentIDs, `JOIN tag g ON g.version_id = v.provider_version_id
		JOIN version pv ON pv.id = v.provider_version_id
		JOIN tag_head m ON m.pacticipant_id = pv.pacticipant_id AND m.name = g.name AND m.id = $2`)
}

func (t *tx) recomputeScope(scope int, ref int64, contentIDs []int64, join string) error {
	if len(contentIDs) == 0 {
		return nil
	}
	ids := t.ids(contentIDs)
	if _, err := t.exec(`DELETE FROM content_scope_success WHERE scope = $1 AND ref_id = $2 AND content_id `+t.in(3), scope, ref, ids); err != nil {
		return err
	}
	_, err := t.exec(scopeColumns+`SELECT v.content_id, CAST($1 AS INTEGER), CAST($2 AS BIGINT), v.wip, MIN(v.created_at), MIN(v.executed_at), MAX(v.executed_at)
		FROM verification v `+join+` WHERE v.success AND v.content_id `+t.in(3)+` GROUP BY v.content_id, v.wip`, scope, ref, ids)
	return err
}

// recomputeIntegration finds the latest consumer version of a pair that has
// lost a pact.
func (t *tx) recomputeIntegration(consumerID, providerID int64) error {
	_, err := t.exec(`UPDATE integration SET latest_version_id = (SELECT pc.version_id FROM pact_current pc
			JOIN version v ON v.id = pc.version_id WHERE pc.consumer_id = $1 AND pc.provider_id = $2`+t.latestFirst("v", "pc.version_id")+`LIMIT 1)
		WHERE consumer_id = $1 AND provider_id = $2`, consumerID, providerID)
	return err
}
