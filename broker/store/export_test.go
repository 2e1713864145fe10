package store

import (
	"context"
	"database/sql"

	"github.com/treatyhq/treaty/broker"
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

func (r recorder) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	r.note(query, args)
	return r.querier.ExecContext(ctx, query, args...)
}

func (r recorder) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	r.note(query, args)
	return r.querier.QueryContext(ctx, query, args...)
}

func (r recorder) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	r.note(query, args)
	return r.querier.QueryRowContext(ctx, query, args...)
}
