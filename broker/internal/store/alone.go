package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/pressly/goose/v3/lock"
)

// aloneRetry is how often a replica that waits for another one looks again.
const aloneRetry = 100 * time.Millisecond

// Alone runs fn while no other replica runs one: replicas that start at the same
// moment bring the tables up to date one after the other. An SQLite file has one
// broker.
func (s *Store) Alone(ctx context.Context, fn func(context.Context) error) error {
	return alone(ctx, s.dialect, s.DB(), fn)
}

// alone holds a lock in a transaction that does nothing else: behind a pooler, what
// belongs to a session is taken on one connection and given back on another. It
// asks for the lock again and again, as no statement may wait for long. Older
// releases hold the same lock for a session.
func alone(ctx context.Context, d dialect, db *sql.DB, fn func(context.Context) error) error {
	if d != postgresDialect {
		return fn(ctx)
	}
	for {
		mine, err := holding(ctx, db, fn)
		if mine || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(aloneRetry):
		}
	}
}

// holding runs fn if it gets the lock, and reports whether it did.
func holding(ctx context.Context, db *sql.DB, fn func(context.Context) error) (bool, error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback() //nolint:errcheck // it has changed nothing
	var mine bool
	if err := tx.QueryRowContext(ctx, `SELECT pg_try_advisory_xact_lock($1)`, lock.DefaultLockID).Scan(&mine); err != nil {
		return false, fmt.Errorf("look whether another replica brings the tables up to date: %w", err)
	}
	if !mine {
		return false, nil
	}
	// The transaction is idle while fn works. This is its last statement, and has no
	// answer: one that has keeps a snapshot until the next, which a migration that makes
	// an index CONCURRENTLY would wait for, for ever.
	if _, err := tx.ExecContext(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
		return false, err
	}
	return true, fn(ctx)
}
