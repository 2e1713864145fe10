package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// querier is a transaction on a connection that it has for itself.
//
// Each way to the server and back costs as much as a statement, or far more where
// the server is not near. So what needs no answer of its own waits for the next
// statement that does and goes with it: the BEGIN, what was given to Later, and
// the COMMIT.
type querier struct {
	engine     *Engine
	raw        *sql.Conn
	connection *connection
	pg         *pgx.Conn
	// begin are the statements that begin it.
	begin   []string
	begun   bool
	waiting []waiting
	// broken is the error of a statement that waited: what comes after it would be
	// refused by the server.
	broken error
}

// waiting is a statement that goes with the next one that needs an answer.
type waiting struct {
	query string
	args  []any
	read  func(pgx.Rows) error
}

// Exec implements engine.Querier.
func (q *querier) Exec(ctx context.Context, query string, args []any) (changed int64, err error) {
	err = q.ask(ctx, query, args, func(rows pgx.Rows) error {
		rows.Close()
		changed = rows.CommandTag().RowsAffected()
		return rows.Err()
	})
	return changed, err
}

// Insert implements engine.Querier.
func (q *querier) Insert(ctx context.Context, query string, args []any) (id int64, err error) {
	err = q.ask(ctx, query+" RETURNING id", args, func(rows pgx.Rows) error {
		if rows.Next() {
			return rows.Scan(&id)
		}
		return nil
	})
	return id, err
}

// Query implements engine.Querier.
func (q *querier) Query(ctx context.Context, query string, args []any, each func(engine.Row) (bool, error)) error {
	return q.ask(ctx, query, args, eachRow(each))
}

// Later implements engine.Querier.
func (q *querier) Later(_ context.Context, query string, args []any, each func(engine.Row) (bool, error)) error {
	if q.broken != nil {
		return q.broken
	}
	q.waiting = append(q.waiting, waiting{query, args, eachRow(each)})
	return nil
}

// eachRow reads rows until each wants no more.
func eachRow(each func(engine.Row) (bool, error)) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		for rows.Next() {
			if each == nil {
				continue
			}
			if more, err := each(rows); err != nil || !more {
				return err
			}
		}
		return nil
	}
}

// ask sends a statement together with what waits.
func (q *querier) ask(ctx context.Context, query string, args []any, read func(pgx.Rows) error) error {
	q.waiting = append(q.waiting, waiting{query, args, read})
	return q.send(ctx)
}

// send goes to the server with all that waits, and reads the answers.
func (q *querier) send(ctx context.Context) error {
	return q.deliver(ctx, beforeCommit)
}

func (q *querier) deliver(ctx context.Context, what delivered) error {
	if q.broken != nil {
		return q.broken
	}
	batch := &pgx.Batch{}
	if !q.begun {
		for _, statement := range q.begin {
			batch.Queue(statement)
		}
	}
	statements := q.waiting
	for _, s := range statements {
		batch.Queue(s.query, s.args...)
	}
	q.waiting = nil
	if batch.Len() == 0 {
		return nil
	}
	defer q.engine.watch(q.connection)()
	results := q.pg.SendBatch(ctx, batch)
	err := q.answers(results, statements)
	if closing := results.Close(); err == nil {
		err = closing
	}
	var reading *readError
	if errors.As(err, &reading) {
		return reading.error
	}
	if err != nil {
		q.broken = judge(ctx, err, what, q.pg.IsClosed())
	}
	return q.broken
}

func (q *querier) answers(results pgx.BatchResults, statements []waiting) error {
	if !q.begun {
		for range q.begin {
			if _, err := results.Exec(); err != nil {
				return err
			}
		}
		q.begun = true
	}
	for i, s := range statements {
		rows, err := results.Query()
		if err != nil {
			return err
		}
		err = s.read(rows)
		rows.Close()
		switch failed := rows.Err(); {
		case failed != nil:
			return failed
		case err != nil && i == len(statements)-1:
			return &readError{err}
		case err != nil:
			return err
		}
	}
	return nil
}

// readError is an error of who reads the rows of the statement that asked: the
// transaction is as it was.
type readError struct{ error }

// Answers implements engine.Querier. Other replicas write too.
func (*querier) Answers() *engine.Answers { return nil }

// Pool implements engine.Querier.
func (q *querier) Pool() engine.Pool { return pool{q} }

// pool has what waits sent before each statement of database/sql.
type pool struct{ q *querier }

func (p pool) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if err := p.q.open(ctx); err != nil {
		return nil, err
	}
	defer p.q.engine.watch(p.q.connection)()
	return p.q.raw.PrepareContext(ctx, query) //nolint:sqlclosecheck // the caller closes it
}

func (p pool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := p.q.open(ctx); err != nil {
		return nil, err
	}
	defer p.q.engine.watch(p.q.connection)()
	return p.q.raw.ExecContext(ctx, query, args...)
}

func (p pool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := p.q.open(ctx); err != nil {
		return nil, err
	}
	defer p.q.engine.watch(p.q.connection)()
	return p.q.raw.QueryContext(ctx, query, args...) //nolint:sqlclosecheck // the caller closes it
}

func (p pool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if err := p.q.open(ctx); err != nil {
		ended, cancel := context.WithCancelCause(ctx) // a row cannot be made of an error
		cancel(err)
		return p.q.raw.QueryRowContext(ended, query, args...)
	}
	defer p.q.engine.watch(p.q.connection)()
	return p.q.raw.QueryRowContext(ctx, query, args...)
}

// open sends what waits, the BEGIN if nothing else.
func (q *querier) open(ctx context.Context) error {
	if q.begun && len(q.waiting) == 0 {
		return q.broken
	}
	return q.send(ctx)
}

// JobTx implements engine.Querier.
func (q *querier) JobTx(ctx context.Context) (*sql.Tx, func(), error) {
	if err := q.open(ctx); err != nil {
		return nil, nil, err
	}
	q.connection.joining = true
	lent, err := q.raw.BeginTx(ctx, nil)
	q.connection.joining = false
	if err != nil {
		return nil, nil, err
	}
	return lent, func() { _ = lent.Commit() }, nil
}

// commit makes what was written last, together with what waits.
func (q *querier) commit(ctx context.Context) error {
	if q.broken != nil {
		return q.broken
	}
	if !q.begun && len(q.waiting) == 0 {
		return nil
	}
	var ended pgconn.CommandTag
	q.waiting = append(q.waiting, waiting{query: "commit", read: func(rows pgx.Rows) error {
		rows.Close()
		ended = rows.CommandTag()
		return nil
	}})
	if err := q.deliver(ctx, withCommit); err != nil {
		return err
	}
	if ended.String() != "COMMIT" {
		return fmt.Errorf("the transaction was given up: %w", pgx.ErrTxCommitRollback)
	}
	return nil
}
