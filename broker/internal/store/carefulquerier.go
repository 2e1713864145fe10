package store

import (
	"context"
	"database/sql"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// careful is what a transaction runs its statements on: before each, the
// transaction prepares for what the statement touches.
type careful struct {
	engine.Querier
	t *tx
}

// prepareFor writes what waits for the tables that a statement touches, and gives
// up what is known of those that it changes.
func (t *tx) prepareFor(s touches) error {
	if (s.writes || s.locks) && len(t.answers) > 0 {
		t.spoil(s)
	}
	if s.writes {
		t.changes = t.changes || s.facts
		if s.tables&tablesOfKnown&^t.exemption.known != 0 {
			t.known = known{}
		}
		if s.tables&tablesOfFresh&^t.exemption.known != 0 {
			t.fresh = nil
		}
	}
	return t.write(s.tables &^ t.exemption.waiting)
}

func (c careful) Exec(ctx context.Context, query string, args []any) (int64, error) {
	if err := c.t.prepareFor(touched(query)); err != nil {
		return 0, err
	}
	return c.Querier.Exec(ctx, query, args)
}

func (c careful) Insert(ctx context.Context, query string, args []any) (int64, error) {
	if err := c.t.prepareFor(touched(query)); err != nil {
		return 0, err
	}
	return c.Querier.Insert(ctx, query, args)
}

func (c careful) Query(ctx context.Context, query string, args []any, each func(engine.Row) (bool, error)) error {
	if err := c.t.prepareFor(touched(query)); err != nil {
		return err
	}
	return c.Querier.Query(ctx, query, args, each)
}

func (c careful) Later(ctx context.Context, query string, args []any, each func(engine.Row) (bool, error)) error {
	if err := c.t.prepareFor(touched(query)); err != nil {
		return err
	}
	return c.Querier.Later(ctx, query, args, each)
}

func (c careful) Pool() engine.Pool { return carefulPool{c.Querier.Pool(), c.t} }

// JobTx lends the transaction to the job queue, whose tables are its own: what waits to
// be written goes on waiting, and what is known stays so.
func (c careful) JobTx(ctx context.Context) (*sql.Tx, func(), error) { return c.Querier.JobTx(ctx) }

// carefulPool is careful for GORM. Its statements vary with what is asked, so
// that they are read each time.
type carefulPool struct {
	engine.Pool
	t *tx
}

func (p carefulPool) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if err := p.t.prepareFor(touches{tables: everyTable, writes: true, facts: true}); err != nil { // it may run at any time
		return nil, err
	}
	return p.Pool.PrepareContext(ctx, query)
}

func (p carefulPool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := p.t.prepareFor(touchesOf(query)); err != nil {
		return nil, err
	}
	return p.Pool.ExecContext(ctx, query, args...)
}

func (p carefulPool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := p.t.prepareFor(touchesOf(query)); err != nil {
		return nil, err
	}
	return p.Pool.QueryContext(ctx, query, args...)
}

func (p carefulPool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	// A row has no place for the error, the end of the transaction has.
	_ = p.t.prepareFor(touchesOf(query))
	return p.Pool.QueryRowContext(ctx, query, args...)
}
