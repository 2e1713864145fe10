package store

import (
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// fresh is a version that this transaction has made. Nobody else sees it, so it
// needs no lock, and what hangs on it is known without asking: most publications
// and results are of new versions, and asking would be half of their statements.
type fresh struct {
	id int64
	// held is set once it has a pact or a result.
	held bool
	// branch is the branch it is the head of, 0 if none, and waiting says that
	// flush has not written this yet.
	branch  int64
	waiting bool
	// tags are the heads of tags that it is; it has no other tags.
	tags []int64
}

// plain tells that it has neither branch nor tag.
func (f *fresh) plain() bool { return f.branch == 0 && len(f.tags) == 0 }

// heads are the branches and tags whose head it is, locked when it became so. A
// branch that waits for flush takes its pacts then.
func (f *fresh) heads() []head {
	var out []head
	if f.branch != 0 && !f.waiting {
		out = append(out, head{byBranch, f.branch})
	}
	for _, ref := range f.tags {
		out = append(out, head{byTag, ref})
	}
	return out
}

// head is a branch or a tag, by the kind and reference of head_pact.
type head struct {
	kind int
	ref  int64
}

// made notes that the transaction has made a version. Only the newest is kept.
func (t *tx) made(id int64) { t.fresh = &fresh{id: id} }

// freshly returns what is known of a version if this transaction made it, nil
// otherwise.
func (t *tx) freshly(id int64) *fresh {
	if t.fresh == nil || t.fresh.id != id {
		return nil
	}
	return t.fresh
}

// lockVersion keeps the pacts, results, branches and tags of a version still.
func (t *tx) lockVersion(id int64) error {
	if t.freshly(id) != nil {
		return nil
	}
	t.forget() // another version may take the heads of the fresh one
	if t.lockedVersion == id {
		return nil
	}
	err := t.lock("version", id)
	if err == nil {
		t.lockedVersion = id
	}
	return err
}

func (t *tx) LockVersion(id int64) error { return t.lockVersion(id) }

// forget gives up what is known of the fresh version, before something that
// may change it.
func (t *tx) forget() { t.fresh = nil }

// branchMove makes a fresh version the head of a branch.
type branchMove struct {
	branch  kernel.Branch
	version kernel.Version
	auto    bool
	at      time.Time
}

// addFresh makes the fresh version, which has no branch yet, the head of b. The
// rows are written at the end of the transaction: all new versions on a branch
// need the branch's.
func (t *tx) addFresh(f *fresh, move branchMove) {
	f.branch, f.waiting = move.branch.ID, true
	t.moves = append(t.moves, move)
}

func (t *tx) writeMove(m branchMove) error {
	args := []any{m.branch.ID, m.version.ID, t.at(m.at), t.at(m.version.CreatedAt), t.at(m.at.Add(-touchAfter)), m.auto}
	const (
		head = `UPDATE branch SET head_version_id = $2, head_seq = head_seq + 1, updated_at = CASE WHEN updated_at < $5 THEN $3 ELSE updated_at END,
			first_version_at = COALESCE(first_version_at, $4) WHERE id = $1`
		member = `INSERT INTO branch_version (branch_id, version_id, seq, auto, created_at) `
	)
	var err error
	if t.postgres() { // one way to the server instead of two
		_, err = t.exec(`WITH moved AS (`+head+` RETURNING id, head_version_id, head_seq)`+
			member+`SELECT id, head_version_id, head_seq, $6, CAST($3 AS TIMESTAMPTZ) FROM moved`, args...)
	} else if _, err = t.exec(head, args[:5]...); err == nil {
		_, err = t.exec(member+`SELECT id, head_version_id, head_seq, $2, $3 FROM branch WHERE id = $1`, m.branch.ID, m.auto, t.at(m.at))
	}
	if err != nil {
		return err
	}
	if f := t.freshly(m.version.ID); f != nil {
		f.waiting = false
	}
	return t.rebuildHead(byBranch, m.branch.ID, m.version.ID)
}
