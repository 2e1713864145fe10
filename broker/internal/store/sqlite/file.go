package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// OpenFile opens a file for database/sql. lock says how a transaction begins:
// deferred or immediate. The caller closes it.
func OpenFile(path, lock string, pragmas ...string) (*sql.DB, error) {
	query := url.Values{"_txlock": {lock}, "_pragma": pragmas}
	if strings.HasPrefix(path, "//") { // what follows two slashes would be a host
		path = "/" + strings.TrimLeft(path, "/")
	}
	escaped := (&url.URL{Path: path}).EscapedPath()
	return sql.Open("sqlite", "file:"+strings.ReplaceAll(escaped, "?", "%3F")+"?"+query.Encode())
}

// checkFolder says in words what SQLite would say as a number.
func checkFolder(path string) error {
	folder := filepath.Dir(path)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("the folder %s does not exist: create it or name another", folder)
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is not a folder", folder)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("it is a folder: name a file in it, like " + filepath.Join(path, "treaty.db"))
	}
	// SQLite keeps its log beside the file, so the folder must take new files.
	probe, err := os.CreateTemp(folder, ".treaty-*")
	if err != nil {
		return fmt.Errorf("the folder %s cannot be written to (%w): let the broker's user write there or name another", folder, errors.Unwrap(err))
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}
