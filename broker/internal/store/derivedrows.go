package store

import (
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
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
	dropOneHead = `DELETE FROM head_pact WHERE kind = $1 AND ref_id = $2
		AND provider_id NOT IN (SELECT provider_id FROM pact_current WHERE version_id = $3)`
	putOneHead = `INSERT INTO head_pact (provider_id, kind, ref_id, consumer_id, publication_id, content_id, published_at)
		SELECT provider_id, CAST($1 AS INTEGER), CAST($2 AS BIGINT), consumer_id, publication_id, content_id, created_at
		FROM pact_current WHERE version_id = $3` + overHead
	overHead = ` ON CONFLICT (provider_id, kind, ref_id) DO UPDATE SET
		publication_id = excluded.publication_id, content_id = excluded.content_id, published_at = excluded.published_at`
)

// rebuildHead makes head_pact hold exactly the current pacts of the version
// that is now the head of a branch or tag; 0 means none.
func (t *tx) rebuildHead(kind int, ref, versionID int64) error {
	// Every new version on a branch comes here, and a list costs more than the row
	// that is written.
	args := []any{kind, ref, versionID}
	if t.postgres() { // one statement instead of two
		return t.later(`WITH gone AS (`+dropOneHead+`) `+putOneHead, args...)
	}
	return t.run(args, dropOneHead, putOneHead)
}

// rebuildHeads is rebuildHead for many branches or tags.
func (t *tx) rebuildHeads(kind int, refs []int64, versionID int64) error {
	args := []any{kind, t.ids(refs), versionID}
	if t.postgres() { // one way to the server instead of two
		return t.laterAll(args, t.withRefs(`WITH gone AS (`+dropHead+`) `+putHead))
	}
	return t.run(args, t.withRefs(dropHead), t.withRefs(putHead))
}

// withRefs puts the list in the second parameter into a statement.
func (t *tx) withRefs(query string) string {
	return t.text(query, func() string { return strings.NewReplacer("{ids}", t.in(2), "{each}", t.each(2)).Replace(query) })
}

// noteMainResults moves the newest main-branch result of the contents that v
// has verified, if b is the main branch.
func (t *tx) noteMainResults(b kernel.Branch, v kernel.Version) error {
	main, err := t.exists(`SELECT 1 FROM pacticipant WHERE id = $1 AND main_branch = $2`, v.Pacticipant.ID, b.Name)
	if err != nil || !main {
		return err
	}
	if err := t.lockStates(`SELECT content_id FROM verification_current WHERE provider_version_id = $1`, v.ID); err != nil {
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
	if err := t.lockStates(`SELECT id FROM content WHERE provider_id = $1`, providerID); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE content_state SET latest_main_verification_id = `+newestMain+`
		WHERE content_id IN (SELECT id FROM content WHERE provider_id = $1)`, providerID)
	return err
}

// lockStates keeps the newest results of the contents that a query selects still,
// so that those of others are all seen by the next statement, or wait for it.
func (t *tx) lockStates(contents string, args ...any) error {
	if !t.postgres() {
		return nil
	}
	return t.q.Later(t.ctx, `SELECT content_id FROM content_state WHERE content_id IN (`+contents+`) ORDER BY content_id FOR NO KEY UPDATE`, args, nil)
}

// countsForMain is the condition that the version of a result v is on the main branch of
// its pacticipant.
const countsForMain = `EXISTS (SELECT 1 FROM branch_version bv JOIN branch b ON b.id = bv.branch_id
	JOIN pacticipant p ON p.id = b.pacticipant_id AND p.main_branch = b.name WHERE bv.version_id = v.provider_version_id)`

// newestMain goes back from the newest result of a content, as a rule one step.
const newestMain = `(SELECT v.id FROM verification v WHERE v.content_id = content_state.content_id AND (SELECT ` + countsForMain + `) ORDER BY v.id DESC LIMIT 1)`

// recomputeStates finds the newest results of contents that lost one. What stands is
// looked at first: who loses an old result, of thousands, keeps the newest.
func (t *tx) recomputeStates(contentIDs []int64) error {
	if len(contentIDs) == 0 {
		return nil
	}
	ids := t.ids(contentIDs)
	if err := t.lockAll(rowState, kernel.ToDelete, contentIDs); err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM content_state WHERE content_id `+t.in(1)+`
		AND NOT EXISTS (SELECT 1 FROM verification v WHERE v.content_id = content_state.content_id)`, ids); err != nil {
		return err
	}
	const (
		succeeded  = `EXISTS (SELECT 1 FROM verification v WHERE v.content_id = content_state.content_id AND v.success)`
		mainStands = `EXISTS (SELECT 1 FROM verification v WHERE v.id = content_state.latest_main_verification_id AND (SELECT ` + countsForMain + `))`
	)
	_, err := t.exec(`UPDATE content_state SET
		latest_verification_id = (SELECT MAX(v.id) FROM verification v WHERE v.content_id = content_state.content_id),
		any_success_at = CASE WHEN any_success_at IS NOT NULL AND `+succeeded+` THEN any_success_at END,
		latest_main_verification_id = CASE WHEN latest_main_verification_id IS NULL OR `+mainStands+`
			THEN latest_main_verification_id ELSE `+newestMain+` END WHERE content_id `+t.in(1)+` AND (
			NOT EXISTS (SELECT 1 FROM verification v WHERE v.id = content_state.latest_verification_id)
			OR latest_main_verification_id IS NOT NULL AND NOT `+mainStands+` OR any_success_at IS NOT NULL AND NOT `+succeeded+`)`, ids)
	return err
}

// losses are the derived rows that depend on what was deleted.
type losses struct {
	branches []int64 // ids
	tags     []int64 // ids of tag heads
	firsts   []int64 // those of tags that may have lost the version that had them first
	verified []int64 // ids of contents that may have lost a result
	pairs    [][2]int64
}

// recompute mends all of it, in as many statements for many as for one.
func (t *tx) recompute(lost losses) error {
	if err := t.keepMainOf(lost.verified); err != nil {
		return err
	}
	if err := t.recomputeBranches(lost.branches, lost.verified); err != nil {
		return err
	}
	if err := t.recomputeTags(lost.tags, lost.firsts, lost.verified); err != nil {
		return err
	}
	if err := t.recomputeStates(lost.verified); err != nil {
		return err
	}
	return t.recomputeIntegrations(lost.pairs)
}

// keepMainOf is keepMain for the providers of contents.
func (t *tx) keepMainOf(contentIDs []int64) error {
	if !t.postgres() || len(contentIDs) == 0 {
		return nil
	}
	providers, err := all(t, scanID, `SELECT DISTINCT provider_id FROM content WHERE id = ANY($1::bigint[]) ORDER BY provider_id`, contentIDs)
	for _, provider := range providers {
		if err == nil {
			err = t.keepMain(provider)
		}
	}
	return err
}

// recomputeBranches finds the heads of branches that may have lost them, and the
// successes on the branches of contents that may have lost one.
func (t *tx) recomputeBranches(ids, contentIDs []int64) error {
	if len(ids) == 0 {
		return nil
	}
	if err := t.lockAll(kernel.RowBranch, kernel.ToChange, ids); err != nil {
		return err
	}
	moved, err := all(t, scanPair, `UPDATE branch SET head_version_id = (SELECT v.id FROM branch_version bv JOIN version v ON v.id = bv.version_id
			WHERE bv.branch_id = branch.id`+t.latestFirst("v", "bv.version_id")+`LIMIT 1)
		WHERE id `+t.in(1)+` AND head_version_id IS NOT NULL AND NOT EXISTS
			(SELECT 1 FROM branch_version bv WHERE bv.branch_id = branch.id AND bv.version_id = branch.head_version_id)
		RETURNING id, COALESCE(head_version_id, 0)`, t.ids(ids))
	if err != nil {
		return err
	}
	if err := t.refillHeads(byBranch, moved); err != nil {
		return err
	}
	return t.recomputeSuccesses(byBranch, ids, contentIDs)
}

// recomputeTags is recomputeBranches for tags. A tag that no version has any more
// has no head row.
func (t *tx) recomputeTags(ids, firsts, contentIDs []int64) error {
	if len(ids) == 0 {
		return nil
	}
	if err := t.lockAll(rowTagHead, kernel.ToChange, ids); err != nil {
		return err
	}
	lost := ` AND NOT EXISTS (SELECT 1 FROM tag o WHERE o.version_id = tag_head.version_id AND o.name = tag_head.name)`
	unused, err := all(t, scanID, `SELECT id FROM tag_head WHERE id `+t.in(1)+lost+` AND `+t.newestWithTag()+` IS NULL ORDER BY id`, t.ids(ids))
	if err != nil {
		return err
	}
	if len(unused) > 0 {
		if err := t.run([]any{t.ids(unused)},
			`DELETE FROM head_pact WHERE kind = 2 AND ref_id `+t.in(1),
			`DELETE FROM content_scope_success WHERE scope = 2 AND ref_id `+t.in(1),
			`DELETE FROM tag_head WHERE id `+t.in(1)); err != nil {
			return err
		}
	}
	moved, err := all(t, scanPair, `UPDATE tag_head SET version_id = `+t.newestWithTag()+` WHERE id `+t.in(1)+lost+` RETURNING id, version_id`, t.ids(ids))
	if err != nil {
		return err
	}
	if len(firsts) > 0 {
		if _, err := t.exec(`UPDATE tag_head SET first_at = `+t.firstTagged()+` WHERE id `+t.in(1), t.ids(firsts)); err != nil {
			return err
		}
	}
	if err := t.refillHeads(byTag, moved); err != nil {
		return err
	}
	return t.recomputeSuccesses(byTag, ids, contentIDs)
}

// newestWithTag and firstTagged look for the latest version with the tag of a tag_head,
// and for the moment when the first version got it. A tag that few versions have, of all
// applications, is followed to those; one that many have is looked for along the
// versions of the application, from the end where it is found soon.
func (t *tx) newestWithTag() string {
	return t.alongTag(`(SELECT v.id`+t.taggedVersions()+t.latestFirst("v", "g.version_id")+`LIMIT 1)`,
		`(SELECT v.id FROM version v WHERE v.pacticipant_id = tag_head.pacticipant_id
			AND (SELECT EXISTS (SELECT 1 FROM tag g WHERE g.version_id = v.id AND g.name = tag_head.name))`+t.latestFirst("v", "v.id")+`LIMIT 1)`)
}

// firstTagged looks, of many, at those that are the first in the order of versions.
func (t *tx) firstTagged() string {
	return t.alongTag(`(SELECT MIN(g.created_at)`+t.taggedVersions()+`)`,
		`(SELECT MIN(x.at) FROM (SELECT g.created_at AS at FROM version v `+t.outerFirst()+` tag g ON g.version_id = v.id AND g.name = tag_head.name
			WHERE v.pacticipant_id = tag_head.pacticipant_id ORDER BY v.id LIMIT `+strconv.Itoa(fewTagged)+`) x)`)
}

func (t *tx) taggedVersions() string {
	return ` FROM tag g ` + t.outerFirst() + ` version v ON v.id = g.version_id WHERE g.name = tag_head.name AND v.pacticipant_id = tag_head.pacticipant_id`
}

func (t *tx) alongTag(few, many string) string {
	return `(CASE WHEN (SELECT count(*) FROM (SELECT 1 FROM tag r WHERE r.name = tag_head.name LIMIT ` + strconv.Itoa(fewTagged+1) + `) x) <= ` + strconv.Itoa(fewTagged) + `
		THEN ` + few + ` ELSE ` + many + ` END)`
}

// refillHeads makes head_pact hold exactly the current pacts of the heads of
// branches or tags that have another head now, or none, each with that head. The
// rows are written in their order: one that jumps about touches a page for each
// row. Whoever is about to give a new head a pact does not know that it is one.
func (t *tx) refillHeads(kind int, moved [][2]int64) error {
	if len(moved) == 0 {
		return nil
	}
	var refs []int64
	var versions []kernel.Row
	for _, m := range moved {
		refs, versions = append(refs, m[0]), append(versions, kernel.Row{Kind: kernel.RowVersion, ID: m[1]})
	}
	if err := t.LockLeft(kernel.ToChange, versions...); err != nil {
		return err
	}
	heads, head := "branch", "h.head_version_id"
	if kind == byTag {
		heads, head = "tag_head", "h.version_id"
	}
	pactsOfHeads := heads + ` h ` + t.outerFirst() + ` pact_current pc ON pc.version_id = ` + head
	return t.run([]any{kind, t.ids(refs)},
		`DELETE FROM head_pact WHERE kind = $1 AND ref_id `+t.in(2)+` AND NOT EXISTS (SELECT 1 FROM `+pactsOfHeads+`
			WHERE h.id = head_pact.ref_id AND pc.provider_id = head_pact.provider_id)`,
		`UPDATE head_pact SET publication_id = pc.publication_id, content_id = pc.content_id, published_at = pc.created_at
			FROM `+pactsOfHeads+` WHERE h.id `+t.in(2)+` AND head_pact.kind = $1 AND head_pact.ref_id = h.id AND head_pact.provider_id = pc.provider_id`,
		`INSERT INTO head_pact (provider_id, kind, ref_id, consumer_id, publication_id, content_id, published_at)
		SELECT pc.provider_id, CAST($1 AS INTEGER), h.id, pc.consumer_id, pc.publication_id, pc.content_id, pc.created_at
		FROM `+pactsOfHeads+` WHERE h.id `+t.in(2)+` AND NOT EXISTS (SELECT 1 FROM head_pact x
			WHERE x.provider_id = pc.provider_id AND x.kind = $1 AND x.ref_id = h.id) ORDER BY pc.provider_id, h.id`)
}

// recomputeIntegrations finds the latest consumer versions of pairs that have
// lost a pact. What stands is looked at first: who loses an old one keeps the latest.
func (t *tx) recomputeIntegrations(pairs [][2]int64) error {
	if len(pairs) == 0 {
		return nil
	}
	args, those := t.pairList(pairs), t.pairTable()+` WHERE integration.consumer_id = w.a AND integration.provider_id = w.b`
	if t.postgres() {
		if err := t.later(`SELECT 1 FROM integration, `+those+` ORDER BY consumer_id, provider_id FOR NO KEY UPDATE OF integration`, args...); err != nil {
			return err
		}
	}
	_, err := t.exec(`UPDATE integration SET latest_version_id = (SELECT pc.version_id FROM pact_current pc
			JOIN version v ON v.id = pc.version_id WHERE pc.consumer_id = integration.consumer_id AND pc.provider_id = integration.provider_id`+
		t.latestFirst("v", "pc.version_id")+`LIMIT 1) FROM `+those+` AND integration.latest_version_id IS NOT NULL AND NOT EXISTS
			(SELECT 1 FROM pact_current x WHERE x.version_id = integration.latest_version_id AND x.provider_id = integration.provider_id)`, args...)
	return err
}
