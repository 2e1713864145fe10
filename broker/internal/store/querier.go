package store

import (
	"context"
	"database/sql"
	"errors"

	"gorm.io/gorm"
)

// querier is what a transaction runs its statements on.
type querier interface {
	// exec runs a statement and returns the number of rows it changed.
	exec(ctx context.Context, query string, args []any) (int64, error)
	// insert runs an INSERT without RETURNING into a table with an id and returns
	// the id, or 0 if nothing was inserted.
	insert(ctx context.Context, query string, args []any) (int64, error)
	// query calls each with every row, until there are no more or it wants none.
	query(ctx context.Context, query string, args []any, each func(scanner) (more bool, err error)) error
	// pool is the same transaction for GORM.
	pool() gorm.ConnPool
	// sqlTx is the same transaction for the job queue, which must not end it.
	// The caller calls release before any other statement.
	sqlTx(ctx context.Context) (raw *sql.Tx, release func(), err error)
}

// scanner is a row of a result.
type scanner interface{ Scan(into ...any) error }

// sqlQuerier is a transaction of database/sql.
type sqlQuerier struct{ raw *sql.Tx }

func (q sqlQuerier) exec(ctx context.Context, query string, args []any) (int64, error) {
	result, err := q.raw.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (q sqlQuerier) insert(ctx context.Context, query string, args []any) (id int64, err error) {
	err = q.raw.QueryRowContext(ctx, query+" RETURNING id", args...).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

func (q sqlQuerier) query(ctx context.Context, query string, args []any, each func(scanner) (bool, error)) error {
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

func (q sqlQuerier) pool() gorm.ConnPool { return q.raw }

func (q sqlQuerier) sqlTx(context.Context) (*sql.Tx, func(), error) { return q.raw, func() {}, nil }
