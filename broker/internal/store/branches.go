package store

import (
	"cmp"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// The kinds of head_pact and the scopes of content_scope_success.
const (
	byBranch = 1
	byTag    = 2
)

// touchAfter is how stale a branch must be before a request moves its time:
// requests must not queue for a row only to say "again".
const touchAfter = time.Minute

const selectBranch = `SELECT b.id, b.pacticipant_id, p.name, b.name, COALESCE(b.head_version_id, 0), b.created_at, b.first_version_at, b.updated_at
	FROM branch b JOIN pacticipant p ON p.id = b.pacticipant_id `

func scanBranch(row engine.Row) (b kernel.Branch, err error) {
	err = row.Scan(&b.ID, &b.Pacticipant.ID, &b.Pacticipant.Name, &b.Name, &b.HeadVersionID,
		stamp{&b.CreatedAt}, stamp{&b.FirstVersionAt}, stamp{&b.UpdatedAt})
	return b, err
}

const (
	// SQLite plans a statement anew for an identity of 1, unless it cannot tell.
	findBranch   = selectBranch + `WHERE b.pacticipant_id = CAST($1 AS BIGINT) AND b.name = $2`
	branchByName = `SELECT 1 FROM branch WHERE pacticipant_id = $1 AND name = $2`
)

func (t *tx) FindBranch(pacticipantID int64, name string) (kernel.Branch, error) {
	if found, known := branchesByName.seen(t, []int64{pacticipantID}, name); known {
		return onlyOne(found)
	}
	t.spare(anyAddition)
	t.recall()
	return one(t, scanBranch, findBranch, pacticipantID, name)
}

var branchesByName = &lookup[kernel.Branch]{
	query: selectBranch + `WHERE b.pacticipant_id {ids} AND b.name = {name}`,
	scan:  func(_ *tx, row engine.Row) (kernel.Branch, error) { return scanBranch(row) },
	of:    func(b kernel.Branch) int64 { return b.Pacticipant.ID },
}

func (t *tx) ListBranches(pacticipantID int64, search string, page kernel.Page) ([]kernel.Branch, int, error) {
	where, args := `WHERE b.pacticipant_id = $1`, []any{pacticipantID}
	if search != "" {
		args = append(args, contains(search))
		where += ` AND lower(b.name) LIKE $2 ESCAPE '\'`
	}
	return listPage(t, scanBranch, page, selectBranch+where+` ORDER BY b.updated_at DESC, b.id DESC`, `SELECT count(*) FROM branch b `+where, args)
}

func (t *tx) EnsureBranch(pacticipantID int64, name string, at time.Time) (kernel.Branch, bool, error) {
	found, err := t.FindBranch(pacticipantID, name)
	if t.asking != nil {
		if err != nil {
			t.identity("branch", branchByName, pacticipantID, name)
			err = errAhead
		}
		return found, false, err
	}
	if !kernel.IsNotFound(err) {
		return found, false, err
	}
	if id, known := t.identity("branch", branchByName, pacticipantID, name); known {
		t.forget(findBranch, pacticipantID, name)
		b := kernel.Branch{ID: id, Pacticipant: kernel.Party{ID: pacticipantID}, Name: name, CreatedAt: at, UpdatedAt: at}
		return b, true, t.exempt(newBranch, func() error {
			return t.later(`INSERT INTO branch (id, pacticipant_id, name, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)`, id, pacticipantID, name, t.at(at))
		})
	}
	var id int64
	if err := t.exempt(newBranch, func() (err error) {
		id, err = t.insert(`INSERT INTO branch (pacticipant_id, name, created_at, updated_at)
			VALUES ($1, $2, $3, $3) ON CONFLICT DO NOTHING`, pacticipantID, name, t.at(at))
		return err
	}); err != nil {
		return found, false, err
	}
	t.forget(findBranch, pacticipantID, name) // who asked ahead without an identity found none
	found, err = t.FindBranch(pacticipantID, name)
	if kernel.IsNotFound(err) {
		err = goneSince(kernel.RowBranch)
	}
	return found, id != 0, err
}

func (t *tx) AddToBranch(b kernel.Branch, v kernel.Version, auto bool, at time.Time) (bool, error) {
	if t.asking != nil {
		_, err := t.exists(onBranch, b.ID, v.ID)
		return false, cmp.Or(err, errAhead)
	}
	// The version's lock keeps its pacts and results still, the branch's its
	// head.
	if err := t.lockVersion(v.ID); err != nil {
		return false, err
	}
	if f := t.freshly(v.ID); f != nil && !f.held && f.plain() {
		t.addFresh(f, branchMove{branch: b, version: v, auto: auto, at: at})
		return true, nil
	}
	if err := t.keepMain(v.Pacticipant.ID); err != nil {
		return false, err
	}
	there, err := t.exists(onBranch, b.ID, v.ID)
	if err != nil || there {
		if err == nil {
			err = t.touchBranch(b, at)
		}
		return false, err
	}
	if err := t.Lock(kernel.ToChange, b.Row()); err != nil {
		return false, err
	}
	var seq int64
	if err := t.row(`SELECT COALESCE(MAX(s), 0) + 1 FROM (SELECT head_seq AS s FROM branch WHERE id = $1
		UNION ALL SELECT seq FROM branch_version WHERE version_id = $2) x`, []any{b.ID, v.ID}, &seq); err != nil {
		return false, err
	}
	added, err := t.exec(`INSERT INTO branch_version (branch_id, version_id, seq, auto, created_at)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, b.ID, v.ID, seq, auto, t.at(at))
	if err != nil || added == 0 {
		return false, err
	}
	if err := t.changed(kernel.RowBranch, `UPDATE branch SET head_version_id = $2, head_seq = $3, updated_at = CASE WHEN updated_at < $6 THEN $4 ELSE updated_at END,
		first_version_at = COALESCE(first_version_at, $5) WHERE id = $1`, b.ID, v.ID, seq, t.at(at), t.at(v.CreatedAt), t.at(at.Add(-touchAfter))); err != nil {
		return false, err
	}
	if err := t.rebuildHead(byBranch, b.ID, v.ID); err != nil {
		return false, err
	}
	if err := t.noteMainResults(b, v); err != nil {
		return false, err
	}
	return true, t.noteSuccesses(byBranch, []int64{b.ID}, v.ID)
}

const onBranch = `SELECT 1 FROM branch_version WHERE branch_id = $1 AND version_id = $2`

func (t *tx) CountBranches(versionID int64) (int, error) {
	n, err := one(t, scanID, `SELECT count(*) FROM branch_version WHERE version_id = $1`, versionID)
	return int(n), err
}

func (t *tx) touchBranch(b kernel.Branch, at time.Time) error {
	if at.Sub(b.UpdatedAt) < touchAfter {
		return nil
	}
	return t.changed(kernel.RowBranch, `UPDATE branch SET updated_at = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at END WHERE id = $1`, b.ID, t.at(at))
}

const selectMembership = `SELECT b.name, p.name, v.number, b.head_version_id = v.id, bv.created_at, v.id
	FROM branch_version bv JOIN branch b ON b.id = bv.branch_id
	JOIN version v ON v.id = bv.version_id JOIN pacticipant p ON p.id = v.pacticipant_id `

type membership struct {
	kernel.BranchVersion
	versionID int64
}

func scanMembership(row engine.Row) (m membership, err error) {
	var latest *bool
	err = row.Scan(&m.Branch, &m.Pacticipant, &m.Version, &latest, stamp{&m.CreatedAt}, &m.versionID)
	m.Latest = latest != nil && *latest
	return m, err
}

func (t *tx) FindBranchVersion(branchID, versionID int64) (kernel.BranchVersion, error) {
	if m, waits := t.waitingMove(versionID); waits && m.branch.ID == branchID {
		return m.membership(), nil
	}
	m, err := one(t, scanMembership, selectMembership+`WHERE bv.branch_id = $1 AND bv.version_id = $2`, branchID, versionID)
	return m.BranchVersion, err
}

// branchesOfVersions leaves names and numbers to what is known: most versions
// have been read before.
var branchesOfVersions = &lookup[membership]{query: `SELECT bv.version_id, b.name, COALESCE(b.head_version_id = bv.version_id, FALSE), bv.created_at
	FROM branch_version bv JOIN branch b ON b.id {is}bv.branch_id{found}
	WHERE bv.version_id {ids} ORDER BY bv.version_id, bv.seq, bv.branch_id`,
	scan: func(_ *tx, row engine.Row) (m membership, err error) {
		return m, row.Scan(&m.versionID, &m.Branch, &m.Latest, stamp{&m.CreatedAt})
	},
	of: func(m membership) int64 { return m.versionID },
}

func (t *tx) BranchesOf(versionIDs []int64) (map[int64][]kernel.BranchVersion, error) {
	if len(versionIDs) == 1 {
		if f := t.freshly(versionIDs[0]); f != nil && f.branch == 0 {
			return nil, nil
		}
		if m, waits := t.waitingMove(versionIDs[0]); waits {
			return map[int64][]kernel.BranchVersion{m.version.ID: {m.membership()}}, nil
		}
	}
	if t.asking != nil {
		_ = t.learnVersions(versionIDs)
	}
	t.spare(anyAddition)
	found, err := branchesOfVersions.find(t, versionIDs)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	learn := t.learnVersionsOfParties
	if t.asking != nil { // whoever asks for branches has found whose they are
		learn = t.learnVersions
	}
	if err := learn(versionIDs); err != nil {
		return nil, err
	}
	out := make(map[int64][]kernel.BranchVersion, len(versionIDs))
	for _, m := range found {
		v := t.known.versions[m.versionID]
		m.Version, m.Pacticipant = v.Number, t.known.nameOf(v.PacticipantID)
		out[m.versionID] = append(out[m.versionID], m.BranchVersion)
	}
	return out, nil
}

func (t *tx) RemoveFromBranch(branchID, versionID int64) error {
	if err := t.lockVersion(versionID); err != nil {
		return err
	}
	there, err := t.exists(`SELECT 1 FROM branch_version WHERE branch_id = $1 AND version_id = $2`, branchID, versionID)
	if err != nil {
		return err
	}
	if !there {
		return notFound()
	}
	return t.removeFromBranches([]int64{branchID}, versionID)
}

// removeFromBranches takes a version that is locked off branches.
func (t *tx) removeFromBranches(refs []int64, versionID int64) error {
	if _, err := t.exec(`DELETE FROM branch_version WHERE version_id = $1 AND branch_id `+t.in(2), versionID, t.ids(refs)); err != nil {
		return err
	}
	verified, err := t.verifiedBy(versionID)
	if err != nil {
		return err
	}
	return t.recompute(losses{branches: refs, verified: verified})
}

func (t *tx) DeleteBranch(id int64) error {
	if err := t.Lock(kernel.ToDelete, kernel.Row{Kind: kernel.RowBranch, ID: id}); err != nil {
		return err
	}
	main, err := all(t, scanID, `SELECT p.id FROM branch b JOIN pacticipant p ON p.id = b.pacticipant_id AND p.main_branch = b.name WHERE b.id = $1`, id)
	if err != nil {
		return err
	}
	if err := t.run([]any{id},
		`DELETE FROM head_pact WHERE kind = 1 AND ref_id = $1`,
		`DELETE FROM content_scope_success WHERE scope = 1 AND ref_id = $1`,
		`DELETE FROM branch WHERE id = $1`); err != nil {
		return err
	}
	// Without the branch there is no result of it, and nothing to look for.
	_, err = t.exec(`UPDATE content_state SET latest_main_verification_id = NULL WHERE latest_main_verification_id IS NOT NULL
		AND content_id IN (SELECT id FROM content WHERE provider_id `+t.in(1)+`)`, t.ids(main))
	return err
}

func (t *tx) ThinBranch(id int64, limit int) (int, error) {
	if err := t.Lock(kernel.ToDelete, kernel.Row{Kind: kernel.RowBranch, ID: id}); err != nil {
		return 0, err
	}
	gone, err := all(t, scanID, `DELETE FROM branch_version WHERE branch_id = $1 AND version_id IN (SELECT bv.version_id FROM branch_version bv
		WHERE bv.branch_id = $1 AND bv.version_id <> (SELECT COALESCE(b.head_version_id, 0) FROM branch b WHERE b.id = $1)
		ORDER BY bv.version_id LIMIT $2) RETURNING version_id`, id, limit)
	if err != nil || len(gone) == 0 {
		return 0, err
	}
	// Whoever breaks off here leaves a branch, and what is told of it has to hold.
	verified, err := all(t, scanID, `SELECT DISTINCT content_id FROM verification_current WHERE provider_version_id `+t.in(1)+` ORDER BY content_id`, t.ids(gone))
	if err != nil {
		return 0, err
	}
	return len(gone), t.recompute(losses{branches: []int64{id}, verified: verified})
}

// contains returns the LIKE pattern of a text that may stand anywhere.
func contains(search string) string {
	return "%" + likeEscaper.Replace(fold(search)) + "%"
}
