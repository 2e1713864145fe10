package store

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
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

// parseURL understands a plain path, sqlite:PATH, sqlite:// with a path that is
// percent-encoded, sqlite::memory:, and postgres://….
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
	switch strings.ToLower(scheme) {
	case "sqlite", "sqlite3":
		return parseSQLite(rest)
	case "file":
		return parseFileURL(rest)
	case "postgres", "postgresql":
		if _, err := url.Parse(text); err != nil {
			// The URL may hold a password, so the error must not repeat it.
			return location{}, fmt.Errorf("the PostgreSQL URL cannot be read: its form is postgres://user:password@host:5432/name, with special characters of the password percent-encoded")
		}
		return location{dialect: postgresDialect, url: strings.ToLower(scheme) + ":" + rest}, nil
	case "mysql", "mysql2":
		return location{}, fmt.Errorf("MySQL is not supported: use sqlite:PATH or postgres://…")
	}
	if strings.ContainsAny(scheme, `/\.`) {
		return location{path: text}, nil
	}
	return location{}, fmt.Errorf("unknown database %q: use sqlite:PATH or postgres://…", scheme)
}

// parameters finds what a file's name hardly ends with, and URLs often do.
var parameters = regexp.MustCompile(`\?\w+=`)

var errParameters = errors.New("the database URL has parameters after a question mark, and an SQLite file takes none: leave them out. A question mark that is part of the name is written %3F after sqlite://")

// parseSQLite reads what comes after "sqlite:": a path as it is or, after two
// slashes, a URL.
func parseSQLite(rest string) (location, error) {
	if path, ok := strings.CutPrefix(rest, "//"); ok {
		return parseFileURL(path)
	}
	if parameters.MatchString(rest) {
		return location{}, errParameters
	}
	return sqliteFile(rest)
}

// parseFileURL reads the path of a URL. Absolute are both sqlite:///PATH and
// sqlite:////PATH, which is how the Pact Broker's documents write it; what begins
// without a slash counts from the working folder.
func parseFileURL(rest string) (location, error) {
	if parameters.MatchString(rest) {
		return location{}, errParameters
	}
	path, err := url.PathUnescape(strings.TrimPrefix(rest, "localhost/"))
	if err != nil {
		return location{}, fmt.Errorf("the path of the database URL is not percent-encoded: write %%25 for a percent sign, or sqlite:PATH without slashes, where nothing is encoded")
	}
	if strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, "localhost/") {
		path = "/" + strings.TrimLeft(path, "/")
	}
	return sqliteFile(path)
}

func sqliteFile(path string) (location, error) {
	switch strings.TrimPrefix(path, "/") {
	case ":memory:":
		return location{}, nil
	case "":
		return location{}, fmt.Errorf("the database URL names no file: write sqlite:PATH, for example sqlite:treaty.db")
	}
	switch {
	case strings.HasSuffix(path, "/"):
		return location{}, fmt.Errorf("the database URL names a folder: write sqlite:PATH of a file, for example sqlite:%streaty.db", path)
	case strings.ContainsRune(path, 0):
		return location{}, fmt.Errorf("the path of the database holds a zero byte")
	}
	return location{path: path}, nil
}
