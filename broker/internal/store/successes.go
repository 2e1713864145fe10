package store

import (
	"strconv"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// This file keeps content_scope_success: when a content was first and last verified
// with success by a version on a branch or with a tag.

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

const (
	// fewVersions is how many versions a branch or tag may have that is followed to
	// its versions.
	fewVersions = 10
	// nearby is how many successes are looked at for the first or last one. They are
	// in the order of their numbers, which are given out in the order of time but for
	// requests that go on at the same moment, on clocks that may differ.
	nearby = 8
)

// recomputeSuccesses finds the first and last successes of contents again, on
// branches or with tags that may have lost one. It costs the same however long the
// history is: what few versions have is followed to these, and what many have is
// found near either end of the results of the content.
func (t *tx) recomputeSuccesses(scope int, refs, contentIDs []int64) error {
	if len(contentIDs) == 0 || len(refs) == 0 {
		return nil
	}
	few, many, err := t.fewAndMany(scope, refs)
	if err != nil {
		return err
	}
	if len(few) > 0 {
		if err := t.run([]any{scope, t.ids(few), t.ids(contentIDs)}, t.successesOfFew(scope)...); err != nil {
			return err
		}
	}
	if len(many) > 0 {
		return t.run([]any{scope, t.ids(many), t.ids(contentIDs)}, t.successesOfMany(scope)...)
	}
	return nil
}

// fewAndMany tells branches or tags that few versions have from those of many. A tag is
// one of many if there are many with its name, of all applications.
func (t *tx) fewAndMany(scope int, refs []int64) (few, many []int64, err error) {
	members := `SELECT 1 FROM branch_version m WHERE m.branch_id = w.value`
	if scope == byTag {
		members = `SELECT 1 FROM tag m WHERE m.name ` + t.is() + `SELECT h.name FROM tag_head h WHERE h.id = w.value` + t.found()
	}
	type size struct {
		ref  int64
		many bool
	}
	sizes, err := all(t, func(row engine.Row) (s size, err error) { return s, row.Scan(&s.ref, &s.many) },
		`SELECT w.value, (SELECT count(*) FROM (`+members+` LIMIT `+strconv.Itoa(fewVersions+1)+`) x) > `+strconv.Itoa(fewVersions)+` FROM `+t.each(1)+` w`, t.ids(refs))
	for _, s := range sizes {
		if s.many {
			many = append(many, s.ref)
		} else {
			few = append(few, s.ref)
		}
	}
	return few, many, err
}

// successesOfFew follows branches or tags to their versions and these to their
// results, which may not be looked for by their contents: those may have many.
func (t *tx) successesOfFew(scope int) []string {
	from, ref := `branch_version m`, `m.branch_id`
	if scope == byTag {
		from, ref = `tag_head h CROSS JOIN tag m ON m.name = h.name CROSS JOIN version p ON p.id = m.version_id AND p.pacticipant_id = h.pacticipant_id`, `h.id`
		if t.postgres() { // the limit tells the planner that there are few
			from = `tag_head h CROSS JOIN LATERAL (SELECT g.version_id FROM tag g WHERE g.name = h.name LIMIT ` + strconv.Itoa(fewVersions) + `) m
				JOIN version p ON p.id = m.version_id AND p.pacticipant_id = h.pacticipant_id`
		}
	}
	return []string{
		`DELETE FROM content_scope_success WHERE scope = $1 AND ref_id ` + t.in(2) + ` AND content_id ` + t.in(3),
		scopeColumns + `SELECT v.content_id, CAST($1 AS INTEGER), ` + ref + `, v.wip, MIN(v.created_at), MIN(v.executed_at), MAX(v.executed_at)
			FROM ` + from + ` ` + t.outerFirst() + ` verification v ON v.provider_version_id = m.version_id
			WHERE ` + ref + ` ` + t.in(2) + ` AND v.success AND v.content_id + 0 ` + t.in(3) + ` GROUP BY v.content_id, ` + ref + `, v.wip` + upsertScope,
	}
}

// successesOfMany walks along the results of each content from both ends. Those that
// say themselves when they were executed are not in that order; they have an index of
// their own. The last is looked at first: who loses old results keeps it.
func (t *tx) successesOfMany(scope int) []string {
	on := `SELECT 1 FROM branch_version m WHERE m.version_id = v.provider_version_id AND m.branch_id = s.ref_id`
	if scope == byTag {
		on = `SELECT 1 FROM tag m JOIN version p ON p.id = m.version_id JOIN tag_head h ON h.id = s.ref_id AND h.name = m.name AND h.pacticipant_id = p.pacticipant_id
			WHERE m.version_id = v.provider_version_id`
	}
	success := `FROM verification v WHERE v.content_id = s.content_id AND v.success AND v.wip = s.wip AND (SELECT EXISTS (` + on + `))`
	near := func(what, order string) string {
		return `(SELECT ` + what + ` FROM (SELECT v.created_at, v.executed_at ` + success + ` ORDER BY v.id` + order + ` LIMIT ` + strconv.Itoa(nearby) + `) n)`
	}
	last := `(SELECT v.executed_at ` + success + ` ORDER BY v.id DESC LIMIT 1)`
	dated := func(order string) string {
		return `(SELECT v.executed_at ` + success + ` AND ` + saysWhen + ` ORDER BY v.executed_at` + order + ` LIMIT 1)`
	}
	of := `WHERE s.scope = $1 AND s.ref_id ` + t.in(2) + ` AND s.content_id ` + t.in(3)
	return []string{
		`DELETE FROM content_scope_success AS s ` + of + ` AND NOT (SELECT EXISTS (SELECT 1 ` + success + `))`,
		`UPDATE content_scope_success AS s SET (first_created_at, first_executed_at) =
				(SELECT x.created, ` + t.least(`x.executed`, dated(``)) + ` FROM ` + near(`MIN(n.created_at) AS created, MIN(n.executed_at) AS executed`, ``) + ` x),
			last_executed_at = CASE WHEN ` + last + ` >= s.last_executed_at THEN s.last_executed_at
				ELSE ` + t.greatest(near(`MAX(n.executed_at)`, ` DESC`), dated(` DESC`)) + ` END ` + of,
	}
}

// saysWhen is a result v that says when it was executed: mostly that is when it was
// stored.
const saysWhen = `v.executed_at <> v.created_at`

// least and greatest are the lesser and the greater of two, the second of which may be
// missing.
func (t *tx) least(one, other string) string { return t.ofTwo("LEAST", "MIN", one, other) }

func (t *tx) greatest(one, other string) string { return t.ofTwo("GREATEST", "MAX", one, other) }

func (t *tx) ofTwo(postgres, sqlite, one, other string) string {
	if t.postgres() { // it leaves out what is missing
		return postgres + `(` + one + `, ` + other + `)`
	}
	return `(SELECT ` + sqlite + `(y.at) FROM (SELECT ` + one + ` AS at UNION ALL SELECT ` + other + `) y)`
}
