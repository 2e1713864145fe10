package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"gorm.io/gorm"
)

// tx is one transaction: the port, and what its methods share.
type tx struct {
	ctx   context.Context
	q     engine.Querier
	store *Store
	// reading says that nothing changes until the end of the transaction.
	reading bool
	known   known
	fresh   *fresh
	waiting
	exemption exemption
	// failed is why something that waited could not be written.
	failed error
	// ending says that nothing is asked any more.
	ending bool
	// changes says that it has written to a table of facts.
	changes bool
	askedAhead
	// contents are those that this transaction has made, and that have no result.
	contents []int64
	turns    turns
	// ahead is what has been looked up ahead, by look-up.
	ahead     map[any]any
	foresight foresight
	// held are the rows that are locked.
	held map[kernel.Row]kernel.Hold
}

var _ kernel.Tx = (*tx)(nil)

func (t *tx) postgres() bool { return t.store.dialect == postgresDialect }

// db returns GORM on this transaction.
func (t *tx) db() *gorm.DB {
	db := t.store.orm.Session(&gorm.Session{NewDB: true, Context: t.ctx})
	db.Statement.ConnPool = t.q.Pool()
	if t.asking != nil {
		_ = db.AddError(errAhead)
	}
	return db
}

// Ping implements kernel.Tx.
func (t *tx) Ping() error {
	_, err := t.exists(`SELECT 1`)
	return err
}

// Known implements kernel.Tx.
func (t *tx) Known(key any) (answer any, known bool) {
	if answers := t.keptAnswers(); answers != nil {
		return answers.Get(key)
	}
	return nil, false
}

// Keep implements kernel.Tx.
func (t *tx) Keep(key, answer any, weight int) {
	if answers := t.keptAnswers(); answers != nil {
		answers.Put(key, answer, weight)
	}
}

func (t *tx) keptAnswers() *engine.Answers {
	if !t.reading {
		return nil
	}
	return t.q.Answers()
}

// exec runs a statement and returns the number of rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	if t.asking != nil {
		return 0, errAhead
	}
	changed, err := t.q.Exec(t.ctx, query, args)
	if err != nil {
		return 0, sqlError(query, err)
	}
	return changed, nil
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

// insert runs an INSERT into a table with an id and returns the id, or 0 if ON
// CONFLICT DO NOTHING left the row out.
func (t *tx) insert(query string, args ...any) (int64, error) {
	if t.asking != nil {
		return 0, errAhead
	}
	id, err := t.q.Insert(t.ctx, query, args)
	if err != nil {
		return 0, sqlError(query, err)
	}
	return id, nil
}

// row reads one row. It returns sql.ErrNoRows if there is none.
func (t *tx) row(query string, args []any, into ...any) error {
	if t.asking != nil {
		return errAhead
	}
	return first(t, func(row engine.Row) error { return row.Scan(into...) }, query, args)
}

// first reads the first row. It returns sql.ErrNoRows if there is none.
func first(t *tx, scan func(engine.Row) error, query string, args []any) error {
	found := false
	err := t.query(query, args, func(row engine.Row) (bool, error) {
		found = true
		return false, scan(row)
	})
	switch {
	case err != nil:
		return sqlError(query, err)
	case !found:
		return sql.ErrNoRows
	}
	return nil
}

// exists reports whether the query returns a row of one whole number.
func (t *tx) exists(query string, args ...any) (bool, error) {
	_, err := one(t, scanID, query, args...)
	return kernel.Exists(0, err)
}

// one reads one row into a T. It returns CodeNotFound if there is none.
func one[T any](t *tx, scan func(engine.Row) (T, error), query string, args ...any) (value T, err error) {
	if t.foresees() {
		if rows, done, err := answered(t, scan, query, args); done {
			if err == nil && len(rows) == 0 {
				err = notFound()
			}
			if err != nil {
				return value, err
			}
			return rows[0], nil
		}
	}
	err = first(t, func(row engine.Row) (err error) {
		value, err = scan(row)
		return err
	}, query, args)
	if errors.Is(err, sql.ErrNoRows) {
		return value, notFound()
	}
	return value, err
}

// all reads all rows.
func all[T any](t *tx, scan func(engine.Row) (T, error), query string, args ...any) ([]T, error) {
	if t.foresees() {
		if rows, done, err := answered(t, scan, query, args); done {
			return slices.Clone(rows), err
		}
	}
	var out []T
	err := t.query(query, args, func(row engine.Row) (bool, error) {
		value, err := scan(row)
		out = append(out, value)
		return err == nil, err
	})
	if err != nil {
		return nil, sqlError(query, err)
	}
	return out, nil
}

func scanID(row engine.Row) (id int64, err error)   { return id, row.Scan(&id) }
func scanText(row engine.Row) (s string, err error) { return s, row.Scan(&s) }
func notFound() error                               { return &kernel.Error{Code: kernel.CodeNotFound, Message: "not found"} }
func sqlError(query string, err error) error {
	return fmt.Errorf("%w (in %.60s)", err, engine.Squeeze(query))
}
func (t *tx) at(moment time.Time) any { return t.store.dialect.time(moment) }

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

// inNames is in for a list of texts, to be passed with names.
func (t *tx) inNames(n int) string {
	if t.postgres() {
		return fmt.Sprintf("= ANY($%d::text[])", n)
	}
	return t.in(n)
}

func (t *tx) names(names []string) any {
	if t.postgres() {
		return names
	}
	text, _ := json.Marshal(names) // texts always marshal
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
