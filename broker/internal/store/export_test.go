package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// Recording returns the store with every statement told to note before it runs,
// also those that go to PostgreSQL together with another.
func Recording(s *Store, note func(query string, args []any)) kernel.Store {
	return recording{s, note}
}

type recording struct {
	*Store
	note func(string, []any)
}

func (r recording) View(ctx context.Context, fn func(kernel.Tx) error) error {
	return r.Store.view(ctx, func(t *tx) error { return fn(r.record(t)) })
}

func (r recording) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	return r.Store.update(ctx, func(t *tx) error { return fn(r.record(t)) })
}

func (r recording) record(t *tx) *tx {
	t.q = recorder{t.q, r.note}
	return t
}

type recorder struct {
	engine.Querier
	note func(string, []any)
}

func (r recorder) Exec(ctx context.Context, query string, args []any) (int64, error) {
	r.note(query, args)
	return r.Querier.Exec(ctx, query, args)
}

func (r recorder) Insert(ctx context.Context, query string, args []any) (int64, error) {
	r.note(query, args)
	return r.Querier.Insert(ctx, query, args)
}

func (r recorder) Query(ctx context.Context, query string, args []any, each func(engine.Row) (bool, error)) error {
	r.note(query, args)
	return r.Querier.Query(ctx, query, args, each)
}

func (r recorder) Later(ctx context.Context, query string, args []any, each func(engine.Row) (bool, error)) error {
	r.note(query, args)
	return r.Querier.Later(ctx, query, args, each)
}

func (r recorder) Pool() engine.Pool { return recordedPool{r.Querier.Pool(), r.note} }

type recordedPool struct {
	engine.Pool
	note func(string, []any)
}

func (r recordedPool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	r.note(query, args)
	return r.Pool.ExecContext(ctx, query, args...)
}

func (r recordedPool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	r.note(query, args)
	return r.Pool.QueryContext(ctx, query, args...)
}

func (r recordedPool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	r.note(query, args)
	return r.Pool.QueryRowContext(ctx, query, args...)
}

// Exec runs a statement in a transaction.
func Exec(t kernel.Tx, query string, args ...any) error {
	_, err := t.(*tx).exec(query, args...)
	return err
}

// Count returns how many rows a table has.
func Count(t kernel.Tx, table string) (n int, err error) {
	return n, t.(*tx).row(`SELECT count(*) FROM `+table, nil, &n)
}

// Touches returns what a statement is taken to touch, by the names of tables.
func Touches(query string) (tables []string, writes bool) {
	out := touchesOf(query)
	for name, table := range tableNames {
		if out.tables&table != 0 {
			tables = append(tables, name)
		}
	}
	slices.Sort(tables)
	return tables, out.writes
}

// TablesOfCare returns the tables of which a transaction keeps something.
func TablesOfCare() []string { return slices.Sorted(maps.Keys(tableNames)) }

// Classify returns what becomes of an error of a driver.
func Classify(err error) error { return translate(err) }

// Pool runs fn on a transaction as GORM sees it.
func Pool(t kernel.Tx, fn func(context.Context, engine.Pool) error) error {
	return fn(t.(*tx).ctx, t.(*tx).q.Pool())
}

// JobTx runs fn on a transaction as the job queue sees it.
func JobTx(t kernel.Tx, fn func(context.Context, *sql.Tx) error) error {
	raw, release, err := t.(*tx).q.JobTx(t.(*tx).ctx)
	if err != nil {
		return err
	}
	defer release()
	return fn(t.(*tx).ctx, raw)
}

// StatementsSeen returns the texts of statements that stores of this process have
// run.
func StatementsSeen() []string {
	var texts []string
	read.Range(func(text, _ any) bool {
		texts = append(texts, text.(string))
		return true
	})
	return texts
}

// WritesFacts reports whether a statement writes to a table of facts.
func WritesFacts(query string) bool { return touchesOf(query).facts }

// Weighed returns s with each statement of its updates handed to weigh, together with
// the transaction that it is about to run in.
func Weighed(s *Store, weigh func(ctx context.Context, q engine.Querier, query string, args []any) error) kernel.Store {
	return weighed{s, weigh}
}

type weighed struct {
	*Store
	weigh func(context.Context, engine.Querier, string, []any) error
}

func (w weighed) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	return w.Store.update(ctx, func(t *tx) error {
		t.q = weigher{t.q, w.weigh}
		return fn(t)
	})
}

type weigher struct {
	engine.Querier
	weigh func(context.Context, engine.Querier, string, []any) error
}

func (w weigher) Exec(ctx context.Context, query string, args []any) (int64, error) {
	if err := w.weigh(ctx, w.Querier, query, args); err != nil {
		return 0, err
	}
	return w.Querier.Exec(ctx, query, args)
}

func (w weigher) Query(ctx context.Context, query string, args []any, each func(engine.Row) (bool, error)) error {
	if err := w.weigh(ctx, w.Querier, query, args); err != nil {
		return err
	}
	return w.Querier.Query(ctx, query, args, each)
}

func (w weigher) Later(ctx context.Context, query string, args []any, each func(engine.Row) (bool, error)) error {
	if err := w.weigh(ctx, w.Querier, query, args); err != nil {
		return err
	}
	return w.Querier.Later(ctx, query, args, each)
}

// One reads one number.
func One(t kernel.Tx, query string, args ...any) (int64, error) {
	return one(t.(*tx), scanID, query, args...)
}

// OutliveAdditions returns the questions about a version that is not made yet of which
// the answers are to stay true although something is added to that version.
func OutliveAdditions(t kernel.Tx) (questions []string) {
	unmadeText := textOf([]any{unmade})
	for q, a := range t.(*tx).answers {
		if q.args != "" && strings.Contains(q.args, strings.TrimSuffix(unmadeText, ";")) && a.spared&^ofVersion != 0 {
			questions = append(questions, q.query)
		}
	}
	return questions
}
