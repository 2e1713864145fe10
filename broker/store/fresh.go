package store

import "github.com/treatyhq/treaty/broker"

// fresh is a version that this transaction has made. Nobody else sees it, so it
// needs no lock, and what hangs on it is known without asking: most publications
// and results are of new versions, and asking would be half of their statements.
type fresh struct {
	id int64
	// held is set once it has a pact or a result.
	held bool
	// heads are the branches and tags it is the head of; it has no others.
	heads []head
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
	return t.lock("version", id)
}

// forget gives up what is known of the fresh version, before something that
// may change it.
func (t *tx) forget() { t.fresh = nil }

// addFresh makes a version that has no branch yet the head of b. The update
// locks the branch.
func (t *tx) addFresh(f *fresh, b broker.Branch, v broker.Version, auto bool, at any) error {
	if _, err := t.exec(`UPDATE branch SET head_version_id = $2, head_seq = head_seq + 1, updated_at = $3,
		first_version_at = COALESCE(first_version_at, $4) WHERE id = $1`, b.ID, v.ID, at, t.at(v.CreatedAt)); err != nil {
		return err
	}
	if _, err := t.exec(`INSERT INTO branch_version (branch_id, version_id, seq, auto, created_at)
		SELECT id, CAST($2 AS BIGINT), head_seq, $3, $4 FROM branch WHERE id = $1`, b.ID, v.ID, auto, at); err != nil {
		return err
	}
	f.heads = append(f.heads, head{byBranch, b.ID})
	_, err := t.exec(`DELETE FROM head_pact WHERE kind = $1 AND ref_id = $2`, byBranch, b.ID)
	return err
}
