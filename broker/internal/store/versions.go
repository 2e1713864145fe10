package store

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const (
	versionColumns = ` v.id, v.pacticipant_id, p.name, v.number, v.build_url, v.ord, v.created_at, v.updated_at `
	versionFrom    = ` FROM version v JOIN pacticipant p ON p.id = v.pacticipant_id `
	selectVersion  = `SELECT` + versionColumns + versionFrom
)

// versionInto returns where to scan versionColumns to, and what to call after.
func (t *tx) versionInto(v *kernel.Version) (into []any, finish func()) {
	var ord int64
	into = []any{
		&v.ID, &v.Pacticipant.ID, &v.Pacticipant.Name, &v.Number, &v.BuildURL, &ord,
		stamp{&v.CreatedAt}, stamp{&v.UpdatedAt},
	}
	return into, func() { v.Order = t.orderOf(ord, v.ID) }
}

// orderOf folds the two parts of an order into one number.
func (t *tx) orderOf(ord, id int64) int64 {
	if !t.store.options.OrderBySemver {
		return id
	}
	return ord<<36 + id
}

// latestFirst returns the ORDER BY of versions named by alias. Without semantic
// versions it is the id alone, and idColumn the column that has it in the index
// by which the query goes.
func (t *tx) latestFirst(alias, idColumn string) string {
	if !t.store.options.OrderBySemver {
		return " ORDER BY " + idColumn + " DESC "
	}
	return " ORDER BY " + alias + ".ord DESC, " + alias + ".id DESC "
}

// ordKey returns the SQL of a version's rank as one comparable value.
func (t *tx) ordKey(alias string) string {
	if !t.store.options.OrderBySemver {
		return alias + ".id"
	}
	return "(" + alias + ".ord * 68719476736 + " + alias + ".id)"
}

// ranksBefore is a condition that one version comes before another, each an
// expression for its id. Where the rank is not the id itself it is read from the
// versions, and a statement that has waited does not see one that has come since.
// That one stays: a version that comes after it has a place that it moved, so that
// who holds it has waited already.
func (t *tx) ranksBefore(one, other string) string {
	if !t.store.options.OrderBySemver {
		return one + " < " + other
	}
	return `(SELECT ` + t.ordKey("x") + ` FROM version x WHERE x.id = ` + one + `) < (SELECT ` + t.ordKey("y") + ` FROM version y WHERE y.id = ` + other + `)`
}

func (t *tx) scanVersion(row engine.Row) (v kernel.Version, err error) {
	into, finish := t.versionInto(&v)
	if err := row.Scan(into...); err != nil {
		return v, err
	}
	finish()
	if t.reading {
		t.known.versionOf(v)
	}
	return v, nil
}

func (t *tx) FindVersion(pacticipantID int64, number string) (kernel.Version, error) {
	return one(t, t.scanVersion, selectVersion+`WHERE v.pacticipant_id = $1 AND v.number = $2`, pacticipantID, number)
}

func (t *tx) FindVersionByID(id int64) (kernel.Version, error) {
	t.spare(anyAddition)
	t.recall()
	return one(t, t.scanVersion, selectVersion+`WHERE v.id = $1`, id)
}

func (t *tx) FindVersionsByID(ids []int64) (map[int64]kernel.Version, error) {
	found, err := all(t, t.scanVersion, selectVersion+`WHERE v.id `+t.in(1), t.ids(ids))
	out := make(map[int64]kernel.Version, len(found))
	for _, v := range found {
		out[v.ID] = v
	}
	return out, err
}

func (t *tx) FindLatestVersion(pacticipantID int64) (kernel.Version, error) {
	return one(t, t.scanVersion, selectVersion+`WHERE v.pacticipant_id = $1`+t.latestFirst("v", "v.id")+`LIMIT 1`, pacticipantID)
}

// FindVersionsNumbered implements kernel.Versions. It asks each pacticipant by its key:
// there are few of them, and no index has the numbers of all. They are put in order
// afterwards, since a planner would go through all versions in that order.
func (t *tx) FindVersionsNumbered(number string, limit int) ([]kernel.Version, error) {
	each := `SELECT (SELECT x.id FROM version x WHERE x.pacticipant_id = a.id AND x.number = $1) FROM pacticipant a`
	those := `IN (` + each + `)`
	if t.postgres() {
		those = `= ANY(ARRAY(` + each + `))`
	}
	found, err := all(t, t.scanVersion, selectVersion+`WHERE v.id `+those, number)
	slices.SortFunc(found, func(a, b kernel.Version) int { return cmp.Or(cmp.Compare(b.Order, a.Order), cmp.Compare(b.ID, a.ID)) })
	return found[:min(limit, len(found))], err
}

func (t *tx) LatestVersions(pacticipantIDs []int64) (map[int64]kernel.Version, error) {
	query := selectVersion + `WHERE p.id ` + t.in(1) +
		` AND v.id ` + t.is() + `SELECT x.id FROM version x WHERE x.pacticipant_id = p.id` + t.latestFirst("x", "x.id") + `LIMIT 1` + t.found()
	found, err := all(t, t.scanVersion, query, t.ids(pacticipantIDs))
	out := make(map[int64]kernel.Version, len(found))
	for _, v := range found {
		out[v.Pacticipant.ID] = v
	}
	return out, err
}

func (t *tx) ListVersions(f kernel.VersionFilter) ([]kernel.Version, int, error) {
	if f.BranchID != 0 && f.Tag == "" && f.EnvironmentID == 0 && !t.store.options.OrderBySemver {
		return t.listBranch(f.BranchID, f.Page)
	}
	where, args := `WHERE v.pacticipant_id = $1`, []any{f.PacticipantID}
	add := func(condition string, arg any) {
		args = append(args, arg)
		where += fmt.Sprintf(" AND "+condition, len(args))
	}
	if f.BranchID != 0 {
		add(`v.id IN (SELECT version_id FROM branch_version WHERE branch_id = $%d)`, f.BranchID)
	}
	if f.Tag != "" {
		add(`v.id IN (SELECT version_id FROM tag WHERE name = $%d)`, f.Tag)
	}
	if f.EnvironmentID != 0 {
		add(`v.id IN (SELECT version_id FROM deployed_version WHERE environment_id = $%[1]d
			UNION SELECT version_id FROM released_version WHERE environment_id = $%[1]d)`, f.EnvironmentID)
	}
	return listPage(t, t.scanVersion, f.Page, selectVersion+where+t.latestFirst("v", "v.id"), `SELECT count(*) FROM version v `+where, args)
}

// listBranch goes along the versions of a branch, newest first, and reads those of the
// page only: a plan that is made for any branch takes one for short, and would look up
// and sort all of its versions.
func (t *tx) listBranch(branchID int64, page kernel.Page) (found []kernel.Version, total int, err error) {
	const onPage = `SELECT m.version_id FROM branch_version m WHERE m.branch_id = $1`
	if page.Whole() {
		found, err = all(t, t.scanVersion, selectVersion+`WHERE v.id IN (`+onPage+`) ORDER BY v.id DESC`, branchID)
		return found, len(found), err
	}
	err = t.Together(func() error {
		return t.row(`SELECT count(*) FROM branch_version m WHERE m.branch_id = $1`, []any{branchID}, &total)
	}, func() (err error) {
		found, err = all(t, t.scanVersion, selectVersion+`WHERE v.id IN (`+onPage+` ORDER BY m.version_id DESC LIMIT $2 OFFSET $3) ORDER BY v.id DESC`,
			branchID, page.Size, page.Offset())
		return err
	})
	return found, total, err
}

func (t *tx) EnsureVersion(v kernel.Version) (kernel.Version, bool, error) {
	if v.UpdatedAt.IsZero() {
		v.UpdatedAt = v.CreatedAt
	}
	ord := int64(0)
	if t.store.options.OrderBySemver {
		found, err := t.FindVersion(v.Pacticipant.ID, v.Number)
		if t.asking != nil {
			return found, false, errAhead
		}
		if !kernel.IsNotFound(err) {
			return found, false, err
		}
		if err := t.Lock(kernel.ToChange, kernel.Row{Kind: kernel.RowPacticipant, ID: v.Pacticipant.ID}); err != nil {
			return v, false, err
		}
		if ord, err = t.makeRoom(v); err != nil {
			return v, false, err
		}
	}
	if found, isNew, done, err := t.ensureForeseen(v); done {
		return found, isNew, err
	}
	// Looked up within the statement: most are new, and a conflict would use up
	// an id.
	id, err := t.insert(`INSERT INTO version (pacticipant_id, number, ord, build_url, created_at, updated_at)
		SELECT $1, $2, $3, $4, $5, $6
		WHERE NOT EXISTS (SELECT 1 FROM version WHERE pacticipant_id = $1 AND number = $2) ON CONFLICT DO NOTHING`,
		v.Pacticipant.ID, v.Number, ord, v.BuildURL, t.at(v.CreatedAt), t.at(v.UpdatedAt))
	if err != nil {
		return v, false, err
	}
	if id == 0 {
		found, err := t.FindVersion(v.Pacticipant.ID, v.Number)
		if kernel.IsNotFound(err) {
			err = goneSince(kernel.RowVersion)
		}
		return found, false, err
	}
	v.ID, v.Order = id, t.orderOf(ord, id)
	t.made(id)
	return v, true, nil
}

const (
	lockVersionByNumber = selectVersion + `WHERE v.pacticipant_id = $1 AND v.number = $2 FOR NO KEY UPDATE OF v`
	versionByNumber     = `SELECT 1 FROM version WHERE pacticipant_id = $1 AND number = $2`
)

// ensureForeseen is EnsureVersion for who has foreseen it: the version is locked
// already, or its identity is known and nobody waits for its row. It is not for
// versions that have a place among others.
func (t *tx) ensureForeseen(v kernel.Version) (found kernel.Version, isNew, done bool, err error) {
	if t.store.options.OrderBySemver || !t.foresees() {
		return v, false, false, nil
	}
	key := []any{v.Pacticipant.ID, v.Number}
	if t.asking == nil && !t.knows(lockVersionByNumber, key...) {
		return v, false, false, nil
	}
	t.spare(anyAddition)
	t.recall()
	found, err = one(t, t.scanVersion, lockVersionByNumber, key...)
	switch {
	case err == nil:
		t.holds(kernel.ToChange, found.Row())
		if t.asking == nil {
			t.known.version(matrix.Version{ID: found.ID, Order: found.Order, PacticipantID: found.Pacticipant.ID, Number: found.Number, CreatedAt: found.CreatedAt})
		}
		return found, false, true, nil
	case t.asking != nil: // most are new
		t.identity("version", versionByNumber, key...)
		v.ID, v.Order = unmade, unmade
		return v, true, true, nil
	case !kernel.IsNotFound(err):
		return found, false, true, err
	}
	id, known := t.identity("version", versionByNumber, key...)
	if !known {
		return v, false, false, errAhead
	}
	v.ID, v.Order = id, t.orderOf(0, id)
	t.forget(lockVersionByNumber, key...)
	t.store.memory.note(asked{lockVersionByNumber, textOf(key)}, &[]kernel.Version{v})
	err = t.exempt(newVersion, func() error {
		return t.later(`INSERT INTO version (id, pacticipant_id, number, ord, build_url, created_at, updated_at) VALUES ($1, $2, $3, 0, $4, $5, $6)`,
			id, v.Pacticipant.ID, v.Number, v.BuildURL, t.at(v.CreatedAt), t.at(v.UpdatedAt))
	})
	t.made(id)
	return v, true, true, err
}

// makeRoom returns the place of v among the semantic versions of its
// pacticipant, and moves later ones up.
func (t *tx) makeRoom(v kernel.Version) (int64, error) {
	type placed struct {
		number string
		ord    int64
	}
	others, err := all(t, func(row engine.Row) (p placed, err error) { return p, row.Scan(&p.number, &p.ord) },
		`SELECT number, ord FROM version WHERE pacticipant_id = $1 AND ord > 0 ORDER BY ord`, v.Pacticipant.ID)
	if err != nil {
		return 0, err
	}
	ord := int64(len(others) + 1)
	for _, other := range others {
		if kernel.CompareNumbers(other.number, v.Number) > 0 {
			ord = other.ord
			break
		}
		ord = max(ord, other.ord+1)
	}
	_, err = t.exec(`UPDATE version SET ord = ord + 1 WHERE pacticipant_id = $1 AND ord >= $2`, v.Pacticipant.ID, ord)
	return ord, err
}

func (t *tx) SaveVersion(v kernel.Version) error {
	return t.changed(kernel.RowVersion, `UPDATE version SET build_url = $2, updated_at = $3 WHERE id = $1`, v.ID, v.BuildURL, t.at(v.UpdatedAt))
}

func (t *tx) DeleteVersion(id int64) error { return t.deleteVersions([]int64{id}) }

func (t *tx) DeleteVersions(ids []int64) error { return t.deleteVersions(ids) }

func (t *tx) WeighVersions(ids []int64) (map[int64]int, error) {
	type weight struct {
		id                              int64
		places, pacts, results, firings int
	}
	found, err := all(t, func(row engine.Row) (w weight, err error) {
		return w, row.Scan(&w.id, &w.places, &w.pacts, &w.results, &w.firings)
	}, `SELECT v.id, (SELECT count(*) FROM tag g WHERE g.version_id = v.id) + (SELECT count(*) FROM branch_version m WHERE m.version_id = v.id),
			(SELECT count(*) FROM publication x WHERE x.version_id = v.id), (SELECT count(*) FROM verification f WHERE f.provider_version_id = v.id),
			(SELECT count(*) FROM publication x `+t.outerFirst()+` triggered_webhook w ON w.publication_id = x.id WHERE x.version_id = v.id)
		FROM version v WHERE v.id `+t.in(1), t.ids(ids))
	out := make(map[int64]int, len(found))
	for _, w := range found {
		held := w.pacts + w.results
		out[w.id] = 1 + (w.places+1)*max(held, 1) + 10*w.firings // a firing goes with its attempts
	}
	return out, err
}

// deleteVersions deletes versions and recomputes what depended on them, once
// however many of them shared it.
func (t *tx) deleteVersions(ids []int64) error {
	if err := t.lockAll(kernel.RowVersion, kernel.ToDelete, ids); err != nil {
		return err
	}
	lost, err := t.whatVersionsHold(ids)
	if err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM version WHERE id `+t.in(1), t.ids(ids)); err != nil {
		return err
	}
	return t.recompute(lost)
}

func (t *tx) LoosenVersion(v kernel.Version, rows int) (bool, error) {
	if err := t.Lock(kernel.ToDelete, v.Row()); err != nil {
		return false, err
	}
	fired, err := t.exec(`DELETE FROM triggered_webhook WHERE id IN (SELECT w.id FROM publication x `+t.outerFirst()+` triggered_webhook w ON w.publication_id = x.id
		WHERE x.version_id = $1 AND w.status IN ('success', 'failure') LIMIT $2)`, v.ID, rows/10)
	if err != nil || int(fired) == rows/10 {
		return true, err
	}
	var tags, branches, pacts, results int
	if err := t.row(`SELECT (SELECT count(*) FROM tag WHERE version_id = $1), (SELECT count(*) FROM branch_version WHERE version_id = $1),
		(SELECT count(*) FROM pact_current WHERE version_id = $1), (SELECT count(*) FROM verification_current WHERE provider_version_id = $1)`,
		[]any{v.ID}, &tags, &branches, &pacts, &results); err != nil {
		return false, err
	}
	each := max(pacts, results, 1)
	if (tags+branches)*each <= rows {
		return false, nil
	}
	limit := max(rows/each, 1)
	names, err := all(t, scanText, `SELECT name FROM tag WHERE version_id = $1 ORDER BY name LIMIT $2`, v.ID, limit)
	if err != nil {
		return false, err
	}
	if len(names) > 0 {
		_, err := t.RemoveTags(v, names)
		return true, err
	}
	refs, err := all(t, scanID, `SELECT branch_id FROM branch_version WHERE version_id = $1 ORDER BY branch_id LIMIT $2`, v.ID, limit)
	if err != nil {
		return false, err
	}
	return true, t.removeFromBranches(refs, v.ID)
}

func (t *tx) whatVersionsHold(versions []int64) (lost losses, err error) {
	ids := t.ids(versions)
	if lost.branches, err = all(t, scanID, `SELECT DISTINCT branch_id FROM branch_version WHERE version_id `+t.in(1)+` ORDER BY branch_id`, ids); err != nil {
		return lost, err
	}
	if lost.tags, lost.firsts, err = t.headsOfTags(`WHERE t.version_id `+t.in(1), ids); err != nil {
		return lost, err
	}
	if lost.verified, err = all(t, scanID, `SELECT DISTINCT content_id FROM verification_current WHERE provider_version_id `+t.in(1)+` ORDER BY content_id`, ids); err != nil {
		return lost, err
	}
	lost.pairs, err = all(t, scanPair, `SELECT DISTINCT consumer_id, provider_id FROM pact_current WHERE version_id `+t.in(1)+` ORDER BY consumer_id, provider_id`, ids)
	return lost, err
}

// headsOfTags returns the heads of the tags t that where selects, and those of
// them whose first version may be among these.
func (t *tx) headsOfTags(where string, args ...any) (heads, firsts []int64, err error) {
	found, err := all(t, scanPair, `SELECT h.id, MAX(CASE WHEN t.created_at <= h.first_at THEN 1 ELSE 0 END) FROM tag t
		JOIN version v ON v.id = t.version_id JOIN tag_head h ON h.pacticipant_id = v.pacticipant_id AND h.name = t.name
		`+where+` GROUP BY h.id ORDER BY h.id`, args...)
	for _, f := range found {
		heads = append(heads, f[0])
		if f[1] == 1 {
			firsts = append(firsts, f[0])
		}
	}
	return heads, firsts, err
}

func scanPair(row engine.Row) (pair [2]int64, err error) { return pair, row.Scan(&pair[0], &pair[1]) }
