package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/treatyhq/treaty/broker"
	"gorm.io/gorm"
)

// querier is what a transaction runs statements on. It satisfies GORM's
// ConnPool.
type querier interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// tx is one transaction: the port, and what its methods share.
type tx struct {
	ctx   context.Context
	q     querier
	raw   *sql.Tx // nil in a View on SQLite
	store *Store
	known known
	fresh *fresh
	// states and pairs are written by flush.
	states []stateChange
	pairs  map[pair]touched
}

var _ broker.Tx = (*tx)(nil)

func (t *tx) postgres() bool { return t.store.dialect == postgresDialect }

// db returns GORM on this transaction.
func (t *tx) db() *gorm.DB {
	db := t.store.orm.Session(&gorm.Session{NewDB: true, Context: t.ctx})
	db.Statement.ConnPool = t.q
	return db
}

// Ping implements broker.Tx.
func (t *tx) Ping() error {
	_, err := t.exists(`SELECT 1`)
	return err
}

// exec runs a statement and returns the number of rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	result, err := t.q.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, sqlError(query, err)
	}
	return result.RowsAffected()
}

// run is exec for several statements, in order, with the same arguments. Each
// uses all of them.
func (t *tx) run(args []any, queries ...string) error {
	for _, query := range queries {
		if _, err := t.exec(query, args...); err != nil {
			return err
		}
	}
	return nil
}

// insert runs an INSERT … RETURNING id and returns the id, or 0 if ON CONFLICT
// DO NOTHING left it out.
func (t *tx) insert(query string, args ...any) (int64, error) {
	var id int64
	err := t.row(query, args, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// row reads one row. It returns sql.ErrNoRows if there is none.
func (t *tx) row(query string, args []any, into ...any) error {
	err := t.q.QueryRowContext(t.ctx, query, args...).Scan(into...)
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return sqlError(query, err)
}

// exists tells whether the query returns a row of one whole number.
func (t *tx) exists(query string, args ...any) (bool, error) {
	var n int64
	err := t.row(query, args, &n)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// scanner is a row of a result.
type scanner interface{ Scan(into ...any) error }

// one reads one row into a T. It returns CodeNotFound if there is none.
func one[T any](t *tx, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	value, err := scan(t.q.QueryRowContext(t.ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return value, notFound()
	}
	if err != nil {
		return value, sqlError(query, err)
	}
	return value, nil
}

// all reads all rows.
func all[T any](t *tx, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := t.q.QueryContext(t.ctx, query, args...)
	if err != nil {
		return nil, sqlError(query, err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		value, err := scan(rows)
		if err != nil {
			return nil, sqlError(query, err)
		}
		out = append(out, value)
	}
	if err := rows.Err(); err != nil {
		return nil, sqlError(query, err)
	}
	return out, nil
}

func scanID(row scanner) (id int64, err error)   { return id, row.Scan(&id) }
func scanText(row scanner) (s string, err error) { return s, row.Scan(&s) }
func notFound() error                            { return &broker.Error{Code: broker.CodeNotFound, Message: "not found"} }
func sqlError(query string, err error) error     { return fmt.Errorf("%w (in %.60s)", err, squeeze(query)) }
func (t *tx) at(moment time.Time) any            { return t.store.dialect.time(moment) }

// time returns moment as the database keeps it.
func (d dialect) time(moment time.Time) any {
	if d == postgresDialect {
		return moment.UTC()
	}
	return moment.UnixMicro()
}

// in returns a condition for a list of ids in parameter n, to be passed with
// ids. It is one text whatever the length, so that its plan is kept.
func (t *tx) in(n int) string {
	if t.postgres() {
		return fmt.Sprintf("= ANY($%d::bigint[])", n)
	}
	return fmt.Sprintf("IN (SELECT value FROM json_each($%d))", n)
}

func (t *tx) ids(ids []int64) any {
	if t.postgres() {
		return ids
	}
	text, _ := json.Marshal(ids) // numbers always marshal
	return string(text)
}

// stamp scans a time from either database. NULL is the zero time.
type stamp struct{ to *time.Time }

// Scan implements sql.Scanner.
func (s stamp) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*s.to = time.Time{}
	case int64:
		*s.to = time.UnixMicro(v).UTC()
	case time.Time:
		*s.to = v.UTC()
	default:
		return fmt.Errorf("cannot read a time from %T", value)
	}
	return nil
}

// squeeze folds white space, for messages.
func squeeze(query string) string {
	out := make([]byte, 0, len(query))
	space := false
	for i := 0; i < len(query); i++ {
		switch c := query[i]; c {
		case ' ', '\n', '\t':
			space = len(out) > 0
		default:
			if space {
				out = append(out, ' ')
				space = false
			}
			out = append(out, c)
		}
	}
	return string(out)
}
