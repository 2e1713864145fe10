package scenario

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
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

// PgBouncerVariable names the variable that holds the URL of a PostgreSQL database
// through PgBouncer in transaction mode, in which tests may create databases.
const PgBouncerVariable = "TREATY_TEST_PGBOUNCER_URL"

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
	for name, p := range map[string]*postgres{
		"postgres":  {server: os.Getenv(PostgresVariable)},
		"pgbouncer": {server: os.Getenv(PgBouncerVariable), pooled: true},
	} {
		if p.server == "" {
			continue
		}
		t.Cleanup(func() {
			if err := p.close(); err != nil {
				t.Error(err)
			}
		})
		out[name] = p
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

// postgres are schemas in a PostgreSQL database or, where a pooler would not keep
// the name of a schema, in databases of their own. To make one ready takes longer
// than most stories, so that one serves many of them, emptied in between.
type postgres struct {
	server string
	pooled bool
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
	db        *sql.DB // the database that it is in
	address   string  // for a broker
	database  string  // its own, if there is one
	name      string
	tables    []string
	filled    []string
	sequences map[string]string // values of setval, by name
}

func (p *postgres) open(ctx context.Context) (string, func() error, error) {
	p.once.Do(func() { p.admin, p.err = p.handle("") })
	if p.err != nil {
		return "", nil, p.err
	}
	s, err := p.take(ctx)
	if err != nil {
		return "", nil, err
	}
	return s.address, func() error { return p.giveBack(s) }, nil
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
	s := &schema{db: p.admin, name: fmt.Sprintf("scenario_%s_%d", strings.ToLower(rand.Text()[:10]), len(p.all))}
	p.all = append(p.all, s)
	p.mu.Unlock()
	if err := p.create(ctx, s); err != nil {
		return nil, fmt.Errorf("create a schema for scenarios: %w", err)
	}
	if err := prepare(ctx, s.address); err != nil {
		return nil, err
	}
	return s, s.remember(ctx)
}

// create makes the schema, with a database around it where a pooler is between.
func (p *postgres) create(ctx context.Context, s *schema) (err error) {
	if !p.pooled {
		s.address = p.address("", url.Values{"search_path": {s.name}})
		_, err := p.admin.ExecContext(ctx, "CREATE SCHEMA "+s.name)
		return err
	}
	s.database, s.name = s.name, "public"
	s.address = p.address(s.database, nil)
	if _, err := p.admin.ExecContext(ctx, "CREATE DATABASE "+s.database); err != nil {
		return err
	}
	s.db, err = p.handle(s.database)
	return err
}

// remember notes what the schema holds while it is fresh.
func (s *schema) remember(ctx context.Context) (err error) {
	if s.tables, err = s.texts(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = $1`, s.name); err != nil {
		return err
	}
	if _, err := s.db.ExecContext(ctx, "CREATE SCHEMA "+s.beside()); err != nil {
		return err
	}
	for _, table := range s.tables {
		rows, err := s.texts(ctx, fmt.Sprintf(`SELECT 'one' FROM %s.%q LIMIT 1`, s.name, table))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			continue
		}
		s.filled = append(s.filled, table)
		if _, err := s.db.ExecContext(ctx, fmt.Sprintf(`CREATE TABLE %s.%q AS SELECT * FROM %s.%q`, s.beside(), table, s.name, table)); err != nil {
			return err
		}
	}
	names, err := s.texts(ctx, `SELECT sequencename FROM pg_sequences WHERE schemaname = $1`, s.name)
	s.sequences = map[string]string{}
	for _, name := range names {
		if err != nil {
			return err
		}
		var value string
		err = s.db.QueryRowContext(ctx, fmt.Sprintf(`SELECT last_value || ', ' || is_called FROM %s.%q`, s.name, name)).Scan(&value)
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
	if _, err := s.db.ExecContext(context.Background(), script.String()); err != nil {
		return fmt.Errorf("empty the schema of a scenario: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, s)
	return nil
}

func (s *schema) texts(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
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

// handle opens a database of the server, the one of its URL if it has no name.
// Nothing is prepared: a pooler would not keep it.
func (p *postgres) handle(database string) (*sql.DB, error) {
	return sql.Open("pgx", p.address(database, url.Values{"default_query_exec_mode": {"exec"}}))
}

// address is the server's URL with another database, if one is named, and with
// settings.
func (p *postgres) address(database string, settings url.Values) string {
	u, err := url.Parse(p.server)
	if err != nil {
		return p.server // which the driver refuses
	}
	if database != "" {
		u.Path = "/" + database
	}
	query := u.Query()
	maps.Copy(query, settings)
	u.RawQuery = query.Encode()
	return u.String()
}

func (p *postgres) close() error {
	if p.admin == nil {
		return nil
	}
	var found []error
	for _, s := range p.all {
		drop := fmt.Sprintf("DROP SCHEMA IF EXISTS %s, %s CASCADE", s.name, s.beside())
		if s.database != "" {
			drop = fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", s.database)
			if s.db != p.admin {
				found = append(found, s.db.Close())
			}
		}
		_, err := p.admin.ExecContext(context.Background(), drop)
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
