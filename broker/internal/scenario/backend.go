package scenario

import (
	"context"
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

	"github.com/treatyhq/treaty/broker/app"
)

// PostgresVariable names the variable that holds the URL of a PostgreSQL server
// on which tests may create databases.
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
	options := app.DefaultOptions()
	options.Host, options.Port, options.Database = "127.0.0.1", 0, address
	options.Log = slog.New(slog.DiscardHandler)
	broker, err := app.New(ctx, options)
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

// postgres are databases on a PostgreSQL server.
type postgres struct {
	server string
	once   sync.Once
	err    error
	admin  *sql.DB
	model  string
	count  atomic.Int64
	// copying: a database that is being copied lets nobody in.
	copying sync.Mutex
}

func (p *postgres) open(ctx context.Context) (string, func() error, error) {
	p.once.Do(func() { p.err = p.begin(ctx) })
	if p.err != nil {
		return "", nil, p.err
	}
	name := fmt.Sprintf("%s_%d", p.model, p.count.Add(1))
	p.copying.Lock()
	_, err := p.admin.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE "+p.model)
	p.copying.Unlock()
	if err != nil {
		return "", nil, fmt.Errorf("copy the database: %w", err)
	}
	address, err := p.address(name)
	return address, func() error { return p.drop(name) }, err
}

func (p *postgres) begin(ctx context.Context) (err error) {
	if p.admin, err = sql.Open("pgx", p.server); err != nil {
		return err
	}
	// Names are told apart by process and by moment, as runs share the server.
	p.model = fmt.Sprintf("treaty_scenario_%d_%d", os.Getpid(), modelCount.Add(1))
	if _, err := p.admin.ExecContext(ctx, "CREATE DATABASE "+p.model); err != nil {
		return fmt.Errorf("create a database for scenarios: %w", err)
	}
	address, err := p.address(p.model)
	if err != nil {
		return err
	}
	return prepare(ctx, address)
}

var modelCount atomic.Int64

func (p *postgres) address(name string) (string, error) {
	u, err := url.Parse(p.server)
	if err != nil {
		return "", fmt.Errorf("%s is no URL", PostgresVariable)
	}
	u.Path = "/" + name
	return u.String(), nil
}

func (p *postgres) drop(name string) error {
	_, err := p.admin.ExecContext(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	return err
}

func (p *postgres) close() error {
	if p.admin == nil {
		return nil
	}
	return errors.Join(p.drop(p.model), p.admin.Close())
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
