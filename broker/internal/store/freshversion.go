package store

import (
	"maps"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// tablesOfFresh say what is known of a fresh version.
const tablesOfFresh = tableBranch | tableBranchVersion | tableTag | tableTagHead | tablePublication | tableVerification

// fresh is a version that this transaction has made. Nobody else sees it, so it
// needs no lock, and what hangs on it is known without asking: most publications
// and results are of new versions, and asking would be half of their statements.
type fresh struct {
	id int64
	// held is set once it has a pact or a result.
	held bool
	// providers are those of its pacts.
	providers []int64
	// branch is the branch it is the head of, 0 if none, and waiting says that
	// this is not written yet.
	branch  int64
	waiting bool
	// tagged is set once it has a tag, and tags are the heads of tags that it is.
	tagged bool
	tags   []int64
}

// plain tells that it has neither branch nor tag.
func (f *fresh) plain() bool { return f.branch == 0 && !f.tagged }

// heads are the branches and tags whose head it is, locked when it became so. A
// branch that waits to be written takes its pacts then.
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

// addFresh makes the fresh version, which has no branch yet, the head of b. The
// rows are written at the end of the transaction: all new versions on a branch
// need the branch's.
func (t *tx) addFresh(f *fresh, move branchMove) {
	f.branch, f.waiting = move.branch.ID, true
	t.moves = append(t.moves, move)
	t.outdate(tablesOfMoves, ofBranch)
	t.outdateHead(move.branch)
}

// outdateHead gives up the answers that say which version is the head of a branch:
// most of what is known of versions and branches is of others.
func (t *tx) outdateHead(b kernel.Branch) {
	maps.DeleteFunc(t.answers, func(_ asked, a *answer) bool {
		switch rows := a.rows.(type) {
		case *[]kernel.Branch:
			return slices.ContainsFunc(*rows, func(known kernel.Branch) bool { return known.ID == b.ID })
		case *[]membership:
			return slices.ContainsFunc(*rows, func(m membership) bool {
				of, known := t.known.versions[m.versionID]
				return m.Latest && m.Branch == b.Name && (!known || of.PacticipantID == b.Pacticipant.ID)
			})
		}
		return false
	})
}
