package store

import (
	"fmt"
	"net/url"
	"strings"
)

type dialect int

const (
	sqliteDialect dialect = iota
	postgresDialect
)

// location is a database URL, understood.
type location struct {
	dialect dialect
	// path of the SQLite file; empty for a database that lives as long as the
	// store.
	path string
	// url of the PostgreSQL database.
	url string
}

// parseURL understands sqlite:PATH, sqlite:///PATH, sqlite::memory:, a plain
// path and postgres://….
func parseURL(text string) (location, error) {
	scheme, rest, found := strings.Cut(text, ":")
	if text == "" {
		return location{}, fmt.Errorf("the database URL is empty: give a file, like sqlite:treaty.db, or postgres://user:password@host/name")
	}
	switch {
	case text == ":memory:":
		return location{}, nil
	case !found || len(scheme) == 1: // a path, perhaps with a drive letter
		return location{path: text}, nil
	}
	switch scheme {
	case "sqlite", "sqlite3", "file":
		return parseSQLite(rest)
	case "postgres", "postgresql":
		if _, err := url.Parse(text); err != nil {
			// The URL may hold a password, so the error must not repeat it.
			return location{}, fmt.Errorf("the PostgreSQL URL cannot be read: its form is postgres://user:password@host:5432/name, with special characters of the password percent-encoded")
		}
		return location{dialect: postgresDialect, url: text}, nil
	case "mysql", "mysql2":
		return location{}, fmt.Errorf("MySQL is not supported: use sqlite:PATH or postgres://…")
	}
	if strings.ContainsAny(scheme, `/\.`) {
		return location{path: text}, nil
	}
	return location{}, fmt.Errorf("unknown database %q: use sqlite:PATH or postgres://…", scheme)
}

// parseSQLite reads what comes after "sqlite:". Three slashes begin an
// absolute path, as in other tools; two do too, for want of a host.
func parseSQLite(rest string) (location, error) {
	if rest == ":memory:" || rest == "//:memory:" {
		return location{}, nil
	}
	if strings.HasPrefix(rest, "///") {
		rest = rest[2:]
	} else if host, ok := strings.CutPrefix(rest, "//"); ok {
		rest = host
	}
	if rest == "" || strings.HasSuffix(rest, "/") {
		return location{}, fmt.Errorf("the database URL names no file: write sqlite:PATH, for example sqlite:treaty.db")
	}
	if strings.ContainsRune(rest, 0) {
		return location{}, fmt.Errorf("the path of the database holds a zero byte")
	}
	return location{path: rest}, nil
}
