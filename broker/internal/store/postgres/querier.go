package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// querier is a transaction of database/sql.
type querier struct{ raw *sql.Tx }

// Exec implements engine.Querier.
func (q querier) Exec(ctx context.Context, query string, args []any) (int64, error) {
	result, err := q.raw.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Insert implements engine.Querier.
func (q querier) Insert(ctx context.Context, query string, args []any) (id int64, err error) {
	err = q.raw.QueryRowContext(ctx, query+" RETURNING id", args...).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// Query implements engine.Querier.
func (q querier) Query(ctx context.Context, query string, args []any, each func(engine.Row) (bool, error)) error {
	rows, err := q.raw.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if more, err := each(rows); err != nil || !more {
			return err
		}
	}
	return rows.Err()
}

// Pool implements engine.Querier.
func (q querier) Pool() engine.Pool { return q.raw }

// JobTx implements engine.Querier.
func (q querier) JobTx(context.Context) (*sql.Tx, func(), error) { return q.raw, func() {}, nil }
