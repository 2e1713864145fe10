package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/pressly/goose/v3/lock"
)

// migrationLock lets one replica migrate while the others wait. The lock belongs to
// a transaction and not to a session: behind a pooler, a session has another
// connection to the server each time. Its number is goose's own.
type migrationLock struct {
	db *sql.DB
	mu sync.Mutex
	tx *sql.Tx
}

var _ lock.SessionLocker = (*migrationLock)(nil)

// SessionLock implements goose's SessionLocker.
func (l *migrationLock) SessionLock(ctx context.Context, _ *sql.Conn) error {
	tx, err := l.db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		"SELECT set_config('statement_timeout', '0', true)",
		"SELECT set_config('lock_timeout', '0', true)",
		"SELECT set_config('idle_in_transaction_session_timeout', '0', true)",
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", lock.DefaultLockID); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tx = tx
	return nil
}

// SessionUnlock implements goose's SessionLocker.
func (l *migrationLock) SessionUnlock(context.Context, *sql.Conn) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tx == nil {
		return nil
	}
	err := l.tx.Rollback()
	l.tx = nil
	return err
}
