package scenario

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/treatyhq/treaty/broker"
)

// PostgresVariable names the variable that holds the URL of a PostgreSQL
// database in which tests may create schemas.
const PostgresVariable = "TREATY_TEST_POSTGRES_URL"

// backend gives each scenario a database of its own, as a copy of one that is
// ready.
type backend interface {
	// open returns the URL of a fresh database, and what removes it.
	open(ctx context.Context) (address string, remove func() error, err error)
}

// backends are the databases at hand, by name.
func backends(t *testing.T) map[string]backend {
	t.Helper()
	out := map[string]backend{"sqlite": &files{folder: t.TempDir()}}
	if server := os.Getenv(PostgresVariable); server != "" {
		p := &postgres{server: server}
		t.Cleanup(func() {
			if err := p.close(); err != nil {
				t.Error(err)
			}
		})
		out["postgres"] = p
	}
	return out
}

// prepare brings a database up to date by starting a broker on it once.
func prepare(ctx context.Context, address string) error {
	options := broker.DefaultOptions()
	options.Host, options.Port, options.Database = "127.0.0.1", 0, address
	options.Log = slog.New(slog.DiscardHandler)
	broker, err := broker.New(ctx, options)
	if err != nil {
		return err
	}
	return broker.Stop()
}

// files are SQLite databases.
type files struct {
	folder string
	once   sync.Once
	err    error
	count  atomic.Int64
}

func (f *files) open(ctx context.Context) (string, func() error, error) {
	model := filepath.Join(f.folder, "model.db")
	f.once.Do(func() { f.err = prepare(ctx, "sqlite:"+model) })
	if f.err != nil {
		return "", nil, f.err
	}
	path := filepath.Join(f.folder, fmt.Sprintf("%d.db", f.count.Add(1)))
	remove := func() error {
		var found []error
		for _, ending := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(path + ending); !errors.Is(err, os.ErrNotExist) {
				found = append(found, err)
			}
		}
		return errors.Join(found...)
	}
	return "sqlite:" + path, remove, copyFile(model, path)
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}

// postgres are schemas in a PostgreSQL database. To make one ready takes longer
// than most stories, so that one serves many of them, emptied in between.
type postgres struct {
	server string
	once   sync.Once
	err    error
	admin  *sql.DB
	mu     sync.Mutex
	free   []*schema
	all    []*schema
}

// schema is one of them, and what a fresh one holds: rows of tables in a schema
// beside it, and how far its sequences have come.
type schema struct {
	name      string
	tables    []string
	filled    []string
	sequences map[string]string // values of setval, by name
}

func (p *postgres) open(ctx context.Context) (string, func() error, error) {
	p.once.Do(func() { p.admin, p.err = sql.Open("pgx", p.server) })
	if p.err != nil {
		return "", nil, p.err
	}
	s, err := p.take(ctx)
	if err != nil {
		return "", nil, err
	}
	address, err := p.address(s.name)
	return address, func() error { return p.giveBack(s) }, err
}

func (p *postgres) take(ctx context.Context) (*schema, error) {
	p.mu.Lock()
	if last := len(p.free) - 1; last >= 0 {
		s := p.free[last]
		p.free = p.free[:last]
		p.mu.Unlock()
		return s, nil
	}
	// Other packages and other runs use the same database.
	s := &schema{name: fmt.Sprintf("scenario_%s_%d", strings.ToLower(rand.Text()[:10]), len(p.all))}
	p.all = append(p.all, s)
	p.mu.Unlock()
	if _, err := p.admin.ExecContext(ctx, "CREATE SCHEMA "+s.name); err != nil {
		return nil, fmt.Errorf("create a schema for scenarios: %w", err)
	}
	address, err := p.address(s.name)
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, address); err != nil {
		return nil, err
	}
	return s, p.remember(ctx, s)
}

// remember notes what the schema holds while it is fresh.
func (p *postgres) remember(ctx context.Context, s *schema) (err error) {
	if s.tables, err = p.texts(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = $1`, s.name); err != nil {
		return err
	}
	if _, err := p.admin.ExecContext(ctx, "CREATE SCHEMA "+s.beside()); err != nil {
		return err
	}
	for _, table := range s.tables {
		rows, err := p.texts(ctx, fmt.Sprintf(`SELECT 'one' FROM %s.%q LIMIT 1`, s.name, table))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			continue
		}
		s.filled = append(s.filled, table)
		if _, err := p.admin.ExecContext(ctx, fmt.Sprintf(`CREATE TABLE %s.%q AS SELECT * FROM %s.%q`, s.beside(), table, s.name, table)); err != nil {
			return err
		}
	}
	names, err := p.texts(ctx, `SELECT sequencename FROM pg_sequences WHERE schemaname = $1`, s.name)
	s.sequences = map[string]string{}
	for _, name := range names {
		if err != nil {
			return err
		}
		var value string
		err = p.admin.QueryRowContext(ctx, fmt.Sprintf(`SELECT last_value || ', ' || is_called FROM %s.%q`, s.name, name)).Scan(&value)
		s.sequences[name] = value
	}
	return err
}

func (s *schema) beside() string { return s.name + "_fresh" }

// emptying deletes the rows of all tables. It goes around again for those that
// others still refer to. TRUNCATE would make new files of each table and index.
const emptying = `DO $$
DECLARE
	remaining text[] := ARRAY[%s];
	again text[];
	t text;
BEGIN
	LOOP
		again := '{}';
		FOREACH t IN ARRAY remaining LOOP
			BEGIN
				EXECUTE 'DELETE FROM ' || t;
			EXCEPTION WHEN foreign_key_violation THEN
				again := again || t;
			END;
		END LOOP;
		EXIT WHEN cardinality(again) = 0;
		IF again = remaining THEN
			RAISE EXCEPTION 'tables refer to each other: %%', again;
		END IF;
		remaining := again;
	END LOOP;
END $$;
`

// giveBack makes the schema what it was when it was fresh.
func (p *postgres) giveBack(s *schema) error {
	var script strings.Builder
	names := make([]string, len(s.tables))
	for i, table := range s.tables {
		names[i] = fmt.Sprintf("'%s.%q'", s.name, table)
	}
	script.WriteString("BEGIN;\n")
	fmt.Fprintf(&script, emptying, strings.Join(names, ", "))
	for _, table := range s.filled {
		fmt.Fprintf(&script, "INSERT INTO %s.%q SELECT * FROM %s.%q;\n", s.name, table, s.beside(), table)
	}
	for name, value := range s.sequences {
		fmt.Fprintf(&script, "SELECT setval('%s.%q', %s);\n", s.name, name, value)
	}
	script.WriteString("COMMIT;")
	if _, err := p.admin.ExecContext(context.Background(), script.String()); err != nil {
		return fmt.Errorf("empty the schema of a scenario: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, s)
	return nil
}

func (p *postgres) texts(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := p.admin.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, rows.Err()
}

func (p *postgres) address(schema string) (string, error) {
	u, err := url.Parse(p.server)
	if err != nil {
		return "", fmt.Errorf("%s is no URL", PostgresVariable)
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String(), nil
}

func (p *postgres) close() error {
	if p.admin == nil {
		return nil
	}
	var found []error
	for _, s := range p.all {
		_, err := p.admin.ExecContext(context.Background(), fmt.Sprintf("DROP SCHEMA IF EXISTS %s, %s CASCADE", s.name, s.beside()))
		found = append(found, err)
	}
	return errors.Join(append(found, p.admin.Close())...)
}

// journal keeps what a broker logs, for scenarios that fail.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(text []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(text)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}
