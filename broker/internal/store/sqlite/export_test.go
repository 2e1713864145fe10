package sqlite

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

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
	return s.session.Exec(context.Background(), query, args)
}

// Each calls fn with the values of each row.
func (s *Session) Each(query string, fn func([]any), args ...any) error {
	return s.session.Query(context.Background(), query, args, func(row engine.Row) (bool, error) {
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
