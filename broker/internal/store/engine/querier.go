// Package engine says what the store needs of a kind of database: how a
// transaction is run, and how a statement is run in it. The packages beside it
// know how that is done on SQLite and on PostgreSQL. None of them knows what the
// statements are about.
package engine

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Engine runs transactions. It is safe for concurrent use.
type Engine interface {
	// View runs fn on one snapshot, perhaps again from the start. fn uses the
	// context it is given for its statements.
	View(ctx context.Context, fn func(context.Context, Querier) error) error
	// Update runs fn in one transaction. When it returns nil, what fn wrote is on
	// disk; otherwise nothing of it is. It may run fn again from the start.
	Update(ctx context.Context, fn func(context.Context, Querier) error) error
	// Ready reports why updates are not possible at the moment, if they are not.
	Ready(ctx context.Context) error
	// Handle is for migrations and for the job queue. On SQLite it has one
	// connection: what is done with it blocks every Update.
	Handle() *sql.DB
	// Cut ends what waits for a server, at once: for who has no time left to close.
	// Nothing works afterwards but Close. Where there is no server it does nothing.
	Cut()
	// Close waits for running transactions. Closing twice is fine.
	Close() error
}

// Querier is what a transaction runs its statements on. It is not safe for
// concurrent use.
type Querier interface {
	// Exec runs a statement and returns the number of rows it changed.
	Exec(ctx context.Context, query string, args []any) (int64, error)
	// Insert runs an INSERT without RETURNING into a table with an id and returns
	// the id, or 0 if nothing was inserted.
	Insert(ctx context.Context, query string, args []any) (int64, error)
	// Query calls each with every row, until there are no more or it wants none.
	Query(ctx context.Context, query string, args []any, each func(Row) (more bool, err error)) error
	// Later runs a statement no later than the next one, or than the end of an
	// update. Where each way to the database costs, it goes with that one, and its
	// error is that one's or the end's. each may be nil; it must not run statements.
	Later(ctx context.Context, query string, args []any, each func(Row) (more bool, err error)) error
	// Answers are those that were kept of the same state of the database, nil where
	// nobody can tell whether it is the same.
	Answers() *Answers
	// Pool is the same transaction for who speaks to database/sql.
	Pool() Pool
	// JobTx is the same transaction for the job queue, which must not end it. The
	// caller calls release before any other statement.
	JobTx(ctx context.Context) (raw *sql.Tx, release func(), err error)
}

// Row is a row of a result.
type Row interface{ Scan(into ...any) error }

// Pool is the part of database/sql that an ORM needs.
type Pool interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// ErrClosed is what a transaction gets that comes when the engine is closing.
var ErrClosed = errors.New("the database is being closed")

// ErrUnknown says that the connection was lost while an update was being made
// last: whether it is stored, nobody knows.
var ErrUnknown = errors.New("it is not known whether the update is stored")

// ErrAgain says that what an update has read is not so any more. The update is
// run again from the start.
var ErrAgain = errors.New("too much changes at once")

// ErrLost says that the connection of a transaction was lost before its end: nothing
// of it is stored.
var ErrLost = errors.New("the connection to the database was lost")

// ErrBusy is what a transaction gets that found no connection in time. Nothing of it
// is stored.
var ErrBusy = errors.New("all connections to the database are in use")

// ErrReadOnly says that the database answers and takes no updates.
var ErrReadOnly = errors.New("the database is read-only")

// ErrCommitsWait says that updates are not made last, though the database answers.
var ErrCommitsWait = errors.New("updates wait to be made last")

// LimitError says that an update was given up because it kept all others waiting
// for too long. Nothing of it is stored.
type LimitError struct{ Limit time.Duration }

// Error implements error.
func (e *LimitError) Error() string { return "the update took longer than " + e.Limit.String() }
