package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// defaultReaders is how many snapshots of a SQLite database may be open.
	defaultReaders       = 4
	defaultUpdateTimeout = 10 * time.Second
)

// sqliteEngine has one connection that writes, a few that read, and a handle
// for everything that is not ours: migrations and the job queue.
type sqliteEngine struct {
	store  *Store
	sideDB *sql.DB
	writer *writer
	copier *checkpointer
	// readers holds a place per snapshot; a nil session is opened when needed.
	readers chan *session
	reading []string // pragmas of readers
	temp    string   // folder to remove, or empty
	path    string
	closed  sync.Once
}

func (s *Store) openSQLite(ctx context.Context, path string) error {
	e := &sqliteEngine{store: s, path: path}
	synchronous := strings.ToUpper(s.options.Synchronous)
	switch synchronous {
	case "":
		synchronous = "FULL"
	case "FULL", "NORMAL", "EXTRA", "OFF":
	default:
		return fmt.Errorf("synchronous is %q: use FULL or NORMAL", s.options.Synchronous)
	}
	if path == "" {
		temp, err := os.MkdirTemp("", "treaty-*")
		if err != nil {
			return fmt.Errorf("make a folder for a temporary database: %w", err)
		}
		e.temp, e.path, synchronous = temp, filepath.Join(temp, "treaty.db"), "OFF"
	}
	if err := e.open(ctx, synchronous); err != nil {
		return errors.Join(fmt.Errorf("open the database %s: %w", e.path, err), e.close())
	}
	s.engine = e
	return nil
}

func (e *sqliteEngine) open(ctx context.Context, synchronous string) error {
	if err := checkFolder(e.path); err != nil {
		return err
	}
	// A commit needs the data on the disk, not the time of the file's last change,
	// which costs a second write. Where only fsync exists it stays.
	if _, err := sqlite.Fdatasync(true); err != nil && !errors.Is(err, sqlite.ErrFdatasyncUnavailable) {
		return err
	}
	// temp_store: what a savepoint may have to undo is kept in memory, not in a
	// file of its own.
	common := []string{"busy_timeout(10000)", "foreign_keys(1)", "synchronous(" + synchronous + ")", "temp_store(MEMORY)"}
	writing := slices.Concat([]string{"journal_mode(WAL)"}, common)
	var err error
	if e.sideDB, err = openFile(e.path, "immediate", slices.Concat(writing, []string{"cache_size(-1000)"})...); err != nil {
		return err
	}
	e.sideDB.SetMaxOpenConns(1)
	if err := migrate(ctx, sqliteDialect, e.sideDB, e.store.log); err != nil {
		return translate(err)
	}
	writeSession, err := openSession(e.path, slices.Concat(writing, []string{"cache_size(-8000)", fmt.Sprintf("wal_autocheckpoint(%d)", checkpointPages)})...)
	if err != nil {
		return translate(err)
	}
	e.reading = slices.Concat(common, []string{"query_only(1)", "cache_size(-4000)"})
	copyDB, err := openFile(e.path, "deferred", slices.Concat(common, []string{"cache_size(-100)"})...)
	if err != nil {
		return errors.Join(err, writeSession.close())
	}
	copyDB.SetMaxOpenConns(1)
	e.writer = startWriter(e.store, writeSession)
	e.copier = startCheckpointer(copyDB, &e.writer.commits, e.store.log)
	readers := e.store.options.MaxConnections
	if readers <= 0 {
		readers = defaultReaders
	}
	e.readers = make(chan *session, readers)
	for range readers {
		e.readers <- nil
	}
	return nil
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

func openFile(path, lock string, pragmas ...string) (*sql.DB, error) {
	query := url.Values{"_txlock": {lock}, "_pragma": pragmas}
	if strings.HasPrefix(path, "//") { // what follows two slashes would be a host
		path = "/" + strings.TrimLeft(path, "/")
	}
	escaped := (&url.URL{Path: path}).EscapedPath()
	return sql.Open("sqlite", "file:"+strings.ReplaceAll(escaped, "?", "%3F")+"?"+query.Encode())
}

func (e *sqliteEngine) update(ctx context.Context, fn func(*tx) error) error {
	return e.writer.update(ctx, fn)
}

// view runs fn between BEGIN and ROLLBACK: the first read fixes the snapshot.
func (e *sqliteEngine) view(ctx context.Context, fn func(*tx) error) (err error) {
	var reader *session
	select {
	case r, open := <-e.readers:
		if !open {
			return errClosed
		}
		reader = r
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { e.readers <- reader }()
	if reader == nil {
		if reader, err = openSession(e.path, e.reading...); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	release := reader.watch(ctx)
	defer func() {
		if ctx.Err() != nil && sqliteCode(err) == sqlite3.SQLITE_INTERRUPT {
			err = ctx.Err()
		}
		release()
		if _, end := reader.exec(ctx, "ROLLBACK", nil); end != nil {
			reader = discard(reader)
		}
	}()
	if _, err := reader.exec(ctx, "BEGIN", nil); err != nil {
		return err
	}
	return fn(&tx{ctx: context.WithoutCancel(ctx), q: e.store.logged(reader), store: e.store, reading: true})
}

// discard closes a session that is in an unknown state.
func discard(s *session) *session {
	_ = s.close() // it is being given up because it failed
	return nil
}

// closeReaders waits for the snapshots that are open. One that is read for
// longer than closeGrace is left alone: its reader does not let go of it, and
// whoever closes the store goes on to end the process.
func (e *sqliteEngine) closeReaders() error {
	var err error
	late := time.After(closeGrace)
	for range cap(e.readers) {
		select {
		case reader := <-e.readers:
			if reader != nil {
				err = errors.Join(err, reader.close())
			}
		case <-late:
			return errors.Join(err, errors.New("the database was still being read"))
		}
	}
	close(e.readers)
	return err
}

func (e *sqliteEngine) handle() *sql.DB { return e.sideDB }

func (e *sqliteEngine) close() error {
	var err error
	e.closed.Do(func() {
		if e.writer != nil {
			err = errors.Join(e.writer.close(), e.copier.close(), e.writer.session.close())
			err = errors.Join(err, e.closeReaders())
		}
		if e.sideDB != nil {
			err = errors.Join(err, e.sideDB.Close())
		}
		if e.temp != "" {
			err = errors.Join(err, os.RemoveAll(e.temp))
		}
	})
	return err
}
