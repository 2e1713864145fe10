package store

import (
	"context"
	"database/sql"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker"
	"gorm.io/gorm"
)

// Recording returns the store with every statement told to note before it
// runs.
func Recording(s *Store, note func(query string, args []any)) broker.Store {
	return recording{s, note}
}

type recording struct {
	*Store
	note func(string, []any)
}

func (r recording) View(ctx context.Context, fn func(broker.Tx) error) error {
	return r.engine.view(ctx, func(t *tx) error { return fn(r.record(t)) })
}

func (r recording) Update(ctx context.Context, fn func(broker.Tx) error) error {
	return r.engine.update(ctx, func(t *tx) error { return fn(r.record(t)) })
}

func (r recording) record(t *tx) *tx {
	t.q = recorder{t.q, r.note}
	return t
}

type recorder struct {
	querier
	note func(string, []any)
}

func (r recorder) exec(ctx context.Context, query string, args []any) (int64, error) {
	r.note(query, args)
	return r.querier.exec(ctx, query, args)
}

func (r recorder) insert(ctx context.Context, query string, args []any) (int64, error) {
	r.note(query, args)
	return r.querier.insert(ctx, query, args)
}

func (r recorder) query(ctx context.Context, query string, args []any, each func(scanner) (bool, error)) error {
	r.note(query, args)
	return r.querier.query(ctx, query, args, each)
}

func (r recorder) pool() gorm.ConnPool { return recordedPool{r.querier.pool(), r.note} }

type recordedPool struct {
	gorm.ConnPool
	note func(string, []any)
}

func (r recordedPool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	r.note(query, args)
	return r.ConnPool.ExecContext(ctx, query, args...)
}

func (r recordedPool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	r.note(query, args)
	return r.ConnPool.QueryContext(ctx, query, args...)
}

func (r recordedPool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	r.note(query, args)
	return r.ConnPool.QueryRowContext(ctx, query, args...)
}

// Session is a connection to SQLite, for tests.
type Session struct{ *session }

// OpenSession opens a new file.
func OpenSession(path string) (*Session, error) {
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		return nil, err
	}
	s, err := openSession(path)
	return &Session{s}, err
}

// Close closes it.
func (s *Session) Close() error { return s.close() }

// Exec runs a statement.
func (s *Session) Exec(query string, args ...any) (int64, error) {
	return s.exec(context.Background(), query, args)
}

// Each calls fn with the values of each row.
func (s *Session) Each(query string, fn func([]any), args ...any) error {
	return s.query(context.Background(), query, args, func(row scanner) (bool, error) {
		stmt := row.(*statement)
		values := make([]any, stmt.ColumnCount())
		for i := range values {
			values[i] = stmt.value(i)
		}
		fn(values)
		return true, nil
	})
}

// Row returns the values of the last row.
func (s *Session) Row(t *testing.T, query string, args ...any) (out []any) {
	t.Helper()
	require.NoError(t, s.Each(query, func(row []any) { out = row }, args...))
	return out
}

// Watch lets ctx interrupt the session until release.
func (s *Session) Watch(ctx context.Context) (release func()) { return s.watch(ctx) }

// Exec runs a statement in a transaction.
func Exec(t broker.Tx, query string, args ...any) error {
	_, err := t.(*tx).exec(query, args...)
	return err
}

// Count returns how many rows a table has.
func Count(t broker.Tx, table string) (n int, err error) {
	return n, t.(*tx).row(`SELECT count(*) FROM `+table, nil, &n)
}
