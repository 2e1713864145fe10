package scale

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/picking"
	"github.com/treatyhq/treaty/broker/internal/store"
)

// Load fills the store, which must be empty. Progress, if set, is told the name
// of each table when it is full, and of the last step.
func Load(ctx context.Context, s *store.Store, size Size, progress func(what string, took time.Duration)) error {
	bodies, err := packedBodies()
	if err != nil {
		return err
	}
	b := &builder{plan: newPlan(size), at: s.TimeValue, bodies: bodies}
	b.number()
	l := loader{ctx: ctx, db: s.DB(), postgres: s.Postgres(), progress: progress}
	if l.progress == nil {
		l.progress = func(string, time.Duration) {}
	}
	return l.load(b.tables())
}

// loader writes rows in bulk: without indexes, which are made afterwards.
type loader struct {
	ctx      context.Context
	db       *sql.DB
	postgres bool
	progress func(string, time.Duration)
}

func (l loader) load(tables []table) error {
	conn, err := l.db.Conn(l.ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close() }() // it goes back to the pool
	indexes, err := l.indexes(conn)
	if err != nil {
		return fmt.Errorf("list indexes: %w", err)
	}
	for _, i := range indexes {
		if err := l.exec(conn, "DROP INDEX "+i.name); err != nil {
			return err
		}
	}
	fill := l.fillSQLite
	if l.postgres {
		fill = l.fillPostgres
	}
	if err := l.unchecked(conn, true); err != nil {
		return err
	}
	for _, t := range tables {
		began := time.Now()
		if err := fill(conn, t); err != nil {
			return fmt.Errorf("fill %s: %w", t.name, err)
		}
		l.progress(t.name, time.Since(began))
	}
	if err := l.unchecked(conn, false); err != nil {
		return err
	}
	return l.finish(conn, indexes, tables)
}

// unchecked suspends the checks of references, which the plan keeps by itself,
// and on PostgreSQL the limit of statements: a table takes minutes.
func (l loader) unchecked(conn *sql.Conn, off bool) error {
	if !l.postgres {
		return l.exec(conn, "PRAGMA foreign_keys = "+onOff(!off))
	}
	if off {
		return errors.Join(l.exec(conn, "SET statement_timeout = 0"), l.exec(conn, "SET session_replication_role = replica"))
	}
	return l.exec(conn, "RESET session_replication_role")
}

func onOff(on bool) string {
	if on {
		return "ON"
	}
	return "OFF"
}

func (l loader) exec(conn *sql.Conn, statement string) error {
	if _, err := conn.ExecContext(l.ctx, statement); err != nil {
		return fmt.Errorf("%.60s: %w", statement, err)
	}
	return nil
}

// index is one that no constraint needs.
type index struct{ name, create string }

func (l loader) indexes(conn *sql.Conn) ([]index, error) {
	query := `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name`
	if l.postgres {
		query = `SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = current_schema()
			AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname) ORDER BY i.indexname`
	}
	rows, err := conn.QueryContext(l.ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []index
	for rows.Next() {
		var i index
		if err := rows.Scan(&i.name, &i.create); err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, rows.Err()
}

// finish makes the indexes, sets the sequences behind the rows, and lets the
// planner see what there is.
func (l loader) finish(conn *sql.Conn, indexes []index, tables []table) error {
	began := time.Now()
	for _, i := range indexes {
		if err := l.exec(conn, i.create); err != nil {
			return err
		}
	}
	if l.postgres {
		for _, t := range tables {
			if t.columns[0] != "id" {
				continue
			}
			if err := l.exec(conn, fmt.Sprintf(`SELECT setval(pg_get_serial_sequence('%s', 'id'), (SELECT MAX(id) FROM %s))`, t.name, t.name)); err != nil {
				return err
			}
		}
	}
	if err := l.exec(conn, "ANALYZE"); err != nil {
		return err
	}
	if l.postgres {
		if err := l.exec(conn, "RESET statement_timeout"); err != nil {
			return err
		}
	}
	l.progress("indexes", time.Since(began))
	return nil
}

// batch is how many rows one statement inserts; SQLite allows 32,766 values.
const batch = 1000

func (l loader) fillSQLite(conn *sql.Conn, t table) error {
	tx, err := conn.BeginTx(l.ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	insert := func(rows int) string {
		one := "(" + strings.TrimSuffix(strings.Repeat("?,", len(t.columns)), ",") + ")"
		return fmt.Sprintf("INSERT INTO %s (%s) VALUES %s", t.name, strings.Join(t.columns, ","), strings.TrimSuffix(strings.Repeat(one+",", rows), ","))
	}
	full, err := tx.PrepareContext(l.ctx, insert(batch)) //nolint:sqlclosecheck // the deferred call below closes it
	if err != nil {
		return err
	}
	defer full.Close()
	values := make([]any, 0, batch*len(t.columns))
	err = t.rows(func(row ...any) error {
		values = append(values, row...)
		if len(values) < cap(values) {
			return nil
		}
		_, err := full.ExecContext(l.ctx, values...)
		values = values[:0]
		return err
	})
	if err != nil {
		return err
	}
	if len(values) > 0 {
		if _, err := tx.ExecContext(l.ctx, insert(len(values)/len(t.columns)), values...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// CanIDeploy is the question for the newest version of an application, which
// the made-up history answers by yes.
func CanIDeploy(size Size, app string) gate.CanIDeployQuery {
	return gate.CanIDeployQuery{Pacticipant: app, Version: NewestNumber(size), Environment: Environment}
}

// NewestNumber is that of the newest version of each application.
func NewestNumber(size Size) string { return fmt.Sprintf("1.%d.0", newPlan(size).versions-1) }

// PactsForVerification asks for the pacts of a provider with fifty consumers,
// pending included, and the work in progress of the last five versions.
func PactsForVerification(size Size) picking.PactsForVerificationQuery {
	p := newPlan(size)
	since := p.seen(max(0, p.versions-5))
	return picking.PactsForVerificationQuery{
		Provider: ProviderOfFifty, ProviderBranch: Branch, IncludePending: true, WIPSince: &since,
		Selectors: []picking.ConsumerVersionSelector{{MainBranch: true}, {DeployedOrReleased: true}},
	}
}
