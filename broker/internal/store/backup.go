package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/treatyhq/treaty/broker/internal/store/sqlite"
	"github.com/treatyhq/treaty/internal/wholefile"
)

// Reasons for which a backup or its restoration is refused. Nothing has been
// changed then.
var (
	// ErrNotSQLite: the database is on PostgreSQL, which has its own tools.
	ErrNotSQLite = errors.New("only SQLite databases are copied this way; use pg_dump and pg_restore for PostgreSQL")
	// ErrExists: the file to write is there already.
	ErrExists = errors.New("the file exists already")
	// ErrInUse: a broker works on the database.
	ErrInUse = sqlite.ErrInUse
	// ErrNoDatabase: the file to read is missing or is not a broker's database.
	ErrNoDatabase = errors.New("it is not a database of a broker")
)

// Backup writes a copy of the SQLite database at url to a new file. The broker
// may run meanwhile: the copy is one snapshot of it. The file appears whole or
// not at all. It returns ErrNotSQLite, ErrExists or ErrNoDatabase.
func Backup(ctx context.Context, url, file string) error {
	path, err := sqlitePath(url)
	if err != nil {
		return err
	}
	if err := absent(file); err != nil {
		return err
	}
	if err := inspect(ctx, path); err != nil {
		return err
	}
	db, err := sqlite.OpenFile(path, "deferred", "busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer db.Close()
	return placed(file, func(draft string) error {
		if _, err := db.ExecContext(ctx, "VACUUM INTO ?", draft); err != nil {
			return fmt.Errorf("copy the database: %w", translate(err))
		}
		if err := os.Chmod(draft, 0o600); err != nil { // it holds passwords of webhooks
			return err
		}
		return inspect(ctx, draft)
	})
}

// Restore puts a file that Backup wrote in the place of the SQLite database at
// url, where none may be. A schema that is newer than this program is refused.
// It returns ErrNotSQLite, ErrExists, ErrInUse or ErrNoDatabase.
func Restore(ctx context.Context, file, url string) (err error) {
	path, err := sqlitePath(url)
	if err != nil {
		return err
	}
	// A log left beside a missing database would be played into the restored one.
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := absent(path + suffix); err != nil {
			return err
		}
	}
	if err := inspect(ctx, file); err != nil {
		return err
	}
	lock, err := sqlite.TakeSole(path, nil)
	if err != nil {
		return err
	}
	if lock != nil {
		defer func() { err = errors.Join(err, lock.Release()) }()
	}
	return placed(path, func(draft string) error {
		if err := copyFile(file, draft); err != nil {
			return err
		}
		return inspect(ctx, draft)
	})
}

func sqlitePath(url string) (string, error) {
	at, err := parseURL(url)
	switch {
	case err != nil:
		return "", err
	case at.dialect != sqliteDialect || at.path == "":
		return "", ErrNotSQLite
	}
	return at.path, nil
}

func absent(file string) error {
	_, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("%s: %w", file, ErrExists)
}

// placed lets write make a draft beside file and renames it when it is on disk.
func placed(file string, write func(draft string) error) (err error) {
	folder, err := os.MkdirTemp(filepath.Dir(file), ".treaty-copy-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	draft := filepath.Join(folder, "treaty.db")
	if err := write(draft); err != nil {
		return err
	}
	if err := flush(draft); err != nil {
		return err
	}
	// A link, unlike a renaming, does not replace a file that came meanwhile.
	if err := os.Link(draft, file); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s: %w", file, ErrExists)
		}
		if err := os.Rename(draft, file); err != nil { // a file system without links
			return err
		}
	}
	return wholefile.SyncFolder(file)
}

func flush(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}

// inspect makes sure that file is a sound database of a broker, and not of a
// newer one.
func inspect(ctx context.Context, file string) error {
	if info, err := os.Stat(file); err != nil || info.IsDir() {
		return fmt.Errorf("%s: %w", file, ErrNoDatabase)
	}
	db, err := sqlite.OpenFile(file, "deferred", "busy_timeout(10000)", "query_only(1)")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var version int64
	if err := db.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version").Scan(&version); err != nil {
		return fmt.Errorf("%s: %w", file, ErrNoDatabase)
	}
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		verdict = Reason(err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%s is damaged: %s", file, verdict)
	}
	provider, err := migrationProvider(sqliteDialect, db)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	if known := sources[len(sources)-1].Version; version > known {
		return fmt.Errorf("%s has schema version %d, this treaty knows %d: use the newer treaty that made it", file, version, known)
	}
	return nil
}

// MustBeThere returns ErrNoDatabase if url names an SQLite file that does not exist:
// to open it would make an empty one.
func MustBeThere(url string) error {
	at, err := parseURL(url)
	if err != nil || at.dialect != sqliteDialect {
		return err
	}
	if _, err := os.Stat(at.path); err != nil {
		return fmt.Errorf("%s: %w", at.path, ErrNoDatabase)
	}
	return nil
}
