package store

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"gorm.io/gorm"
)

// SQLite has one writer: what an update reads stays as it is until its end, and
// nothing in this file does anything there.
//
// On PostgreSQL each statement sees what was committed when it began. A statement
// that waits for a row goes on with the row as it is then, but with all other rows
// as they were before. So whatever a change depends on is locked by a statement
// before the one that reads it.

// lockOrder is the order in which everybody locks rows, so that two do not wait
// in a circle. Of one table it is that of the ids, of heads of tags also that of
// their names.
var lockOrder = []kernel.RowKind{
	kernel.RowPacticipant, kernel.RowVersion, rowMainBranch, kernel.RowBranch, rowTagHead, kernel.RowContent, kernel.RowPublication,
	kernel.RowVerification, rowState, rowIntegration, kernel.RowEnvironment, kernel.RowDeployed, kernel.RowRollout, kernel.RowReleased, kernel.RowWebhook, kernel.RowFiring,
	kernel.RowRole, kernel.RowTeam, kernel.RowPrincipal, kernel.RowDeviceLogin, kernel.RowTrustRule, kernel.RowToken, kernel.RowSecret,
}

// Rows that only the store locks.
const (
	// rowMainBranch stands for which branch is the main branch of an application and
	// what is on it; it is not a row.
	rowMainBranch  kernel.RowKind = "main branch"
	rowTagHead     kernel.RowKind = "tag_head"
	rowState       kernel.RowKind = "content_state"
	rowIntegration kernel.RowKind = "integration"
)

var strengths = map[kernel.Hold]string{kernel.ToChange: " FOR NO KEY UPDATE", kernel.ToDelete: " FOR UPDATE"}

// Lock implements kernel.Locks. It needs no answer before the next statement has
// one.
func (t *tx) Lock(how kernel.Hold, rows ...kernel.Row) error {
	return t.eachKind(how, rows, func(kind kernel.RowKind, ids []int64) error {
		if err := t.beforeBranches(kind, how, ids); err != nil {
			return err
		}
		query := fmt.Sprintf(`SELECT count(*) FROM (SELECT 1 FROM %s WHERE id = ANY($1::bigint[]) ORDER BY id%s) locked`, kind, strengths[how])
		return t.lockLater(query, []any{ids}, func(row engine.Row) (bool, error) {
			var left int
			if err := row.Scan(&left); err != nil {
				return false, err
			}
			if left < len(ids) {
				return false, goneSince(kind)
			}
			return true, nil
		})
	})
}

// LockLeft implements kernel.Locks.
func (t *tx) LockLeft(how kernel.Hold, rows ...kernel.Row) error {
	return t.eachKind(how, rows, func(kind kernel.RowKind, ids []int64) error {
		if err := t.beforeBranches(kind, how, ids); err != nil {
			return err
		}
		return t.lockAll(kind, how, ids)
	})
}

// lockAll locks those rows of a table that are left, and does not care whether
// they are held already.
func (t *tx) lockAll(kind kernel.RowKind, how kernel.Hold, ids []int64) error {
	if !t.postgres() || len(ids) == 0 {
		return nil
	}
	return t.lockLater(fmt.Sprintf(`SELECT %[2]s FROM %[1]s WHERE %[2]s = ANY($1::bigint[]) ORDER BY %[2]s%[3]s`, kind, keyOf(kind), strengths[how]), []any{ids}, nil)
}

// beforeBranches lets nobody derive anything from what is on branches that are
// to be deleted: their versions are not locked for that.
func (t *tx) beforeBranches(kind kernel.RowKind, how kernel.Hold, ids []int64) error {
	if kind != kernel.RowBranch || how != kernel.ToDelete {
		return nil
	}
	owners, err := all(t, scanID, `SELECT DISTINCT pacticipant_id FROM branch WHERE id `+t.in(1)+` ORDER BY pacticipant_id`, t.ids(ids))
	for _, owner := range owners {
		if err == nil {
			err = t.moveMain(owner)
		}
	}
	return err
}

// keyOf is the column that the rows of a table are locked by.
func keyOf(kind kernel.RowKind) string {
	if kind == rowState {
		return "content_id"
	}
	return "id"
}

// eachKind calls lock for the rows of each table that are not held yet, in the
// order of lockOrder.
func (t *tx) eachKind(how kernel.Hold, rows []kernel.Row, lock func(kind kernel.RowKind, ids []int64) error) error {
	if !t.postgres() {
		return nil
	}
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b kernel.Row) int {
		return cmp.Or(cmp.Compare(slices.Index(lockOrder, a.Kind), slices.Index(lockOrder, b.Kind)), cmp.Compare(a.ID, b.ID))
	})
	for len(rows) > 0 {
		kind, ids := rows[0].Kind, []int64{}
		for len(rows) > 0 && rows[0].Kind == kind {
			if t.holds(how, rows[0]) {
				ids = append(ids, rows[0].ID)
			}
			rows = rows[1:]
		}
		if len(ids) == 0 {
			continue
		}
		if err := lock(kind, ids); err != nil {
			return err
		}
	}
	return nil
}

// holds notes that a row is to be held, and tells whether it has to be locked for
// that: it may be, or be one that nobody else sees.
func (t *tx) holds(how kernel.Hold, row kernel.Row) (lock bool) {
	if t.held[row] >= how || row.Kind == kernel.RowVersion && (row.ID == unmade || t.freshly(row.ID) != nil) {
		t.lockedAhead(row)
		return false
	}
	t.lockAhead(row)
	if t.held == nil {
		t.held = map[kernel.Row]kernel.Hold{}
	}
	t.held[row] = how
	return true
}

// lockVersion keeps the pacts, results, branches and tags of a version still.
func (t *tx) lockVersion(id int64) error {
	return t.Lock(kernel.ToChange, kernel.Row{Kind: kernel.RowVersion, ID: id})
}

// keepMain keeps the main branch of an application where it is, and what is on
// it, for who derives something from that. Any number may do so at once.
func (t *tx) keepMain(pacticipantID int64) error { return t.lockMain(kernel.ToChange, pacticipantID) }

// moveMain lets nobody derive anything from the main branch of an application,
// because that changes.
func (t *tx) moveMain(pacticipantID int64) error { return t.lockMain(kernel.ToDelete, pacticipantID) }

// lockMain takes a lock of its own, and not one of the application's row: that is
// held, as far as its key goes, by all who make versions, and who waits for all of
// them would wait for ever.
func (t *tx) lockMain(how kernel.Hold, pacticipantID int64) error {
	if !t.postgres() || !t.holds(how, kernel.Row{Kind: rowMainBranch, ID: pacticipantID}) {
		return nil
	}
	shared := ""
	if how == kernel.ToChange {
		shared = "_shared"
	}
	return t.lockLater(`SELECT pg_advisory_xact_lock`+shared+`('pacticipant'::regclass::oid::int, ($1::bigint % 2147483647)::int)`, []any{pacticipantID}, nil)
}

// changed runs a statement that has to change a row. One that changes none makes
// the transaction run again: the row is gone since it was read.
func (t *tx) changed(kind kernel.RowKind, query string, args ...any) error {
	n, err := t.exec(query, args...)
	if err == nil && n == 0 {
		return goneSince(kind)
	}
	return err
}

// changedBy is changed for a statement of GORM's.
func changedBy(kind kernel.RowKind, statement *gorm.DB) error {
	if statement.Error == nil && statement.RowsAffected == 0 {
		return goneSince(kind)
	}
	return translate(statement.Error)
}

func goneSince(kind kernel.RowKind) error {
	return fmt.Errorf("a row of %s is gone since it was read: %w", kind, engine.ErrAgain)
}
