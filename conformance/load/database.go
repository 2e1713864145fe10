package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver of PostgreSQL
)

// database is a kind of database to measure on.
type database struct {
	name, title string
	prepare     func(ctx context.Context) (place, error)
}

// place is an empty database.
type place struct {
	url    string
	remove func()
	// folder is where it keeps its file, empty if it is a server's.
	folder string
}

func databases() []database {
	out := []database{{name: "sqlite", title: "SQLite", prepare: prepareSQLite}}
	if base := os.Getenv("TREATY_TEST_POSTGRES_URL"); base != "" {
		out = append(out, database{name: "postgres", title: "PostgreSQL", prepare: func(ctx context.Context) (place, error) {
			return preparePostgres(ctx, base)
		}})
	}
	return out
}

func prepareSQLite(context.Context) (place, error) {
	folder, err := os.MkdirTemp("", "treaty-load-")
	if err != nil {
		return place{}, err
	}
	return place{
		url:    "sqlite:" + filepath.Join(folder, "treaty.db"),
		folder: folder,
		remove: func() { _ = os.RemoveAll(folder) }, // what is left is the system's temporary folder's to clean
	}, nil
}

// preparePostgres makes a schema in the database that base names.
func preparePostgres(ctx context.Context, base string) (place, error) {
	u, err := url.Parse(base)
	if err != nil {
		return place{}, fmt.Errorf("TREATY_TEST_POSTGRES_URL is not a URL: %w", err)
	}
	admin, err := sql.Open("pgx", base)
	if err != nil {
		return place{}, err
	}
	schema := fmt.Sprintf("load_%d", time.Now().UnixNano())
	if _, err := admin.ExecContext(ctx, "CREATE SCHEMA "+schema); err != nil {
		return place{}, fmt.Errorf("make a schema: %w", err)
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return place{url: u.String(), remove: func() {
		if _, err := admin.ExecContext(context.WithoutCancel(ctx), "DROP SCHEMA "+schema+" CASCADE"); err != nil {
			fmt.Fprintf(os.Stderr, "the schema %s is left behind: %v\n", schema, err)
		}
		_ = admin.Close()
	}}, nil
}

// flush measures what one write to the disk costs, as the median of 100 pages
// of 4 KB that are each flushed, in milliseconds.
func (p place) flush() (float64, error) {
	if p.folder == "" {
		return 0, nil
	}
	f, err := os.CreateTemp(p.folder, "flush-")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	times := make([]time.Duration, 100)
	page := make([]byte, 4096)
	for i := range times {
		began := time.Now()
		if _, err := f.Write(page); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		times[i] = time.Since(began)
	}
	slices.Sort(times)
	return milliseconds(times[len(times)/2]), os.Remove(f.Name())
}
