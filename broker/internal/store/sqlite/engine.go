package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"github.com/treatyhq/treaty/internal/errlog"
	"github.com/treatyhq/treaty/internal/lockfile"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// defaultReaders is how many snapshots of a database may be open.
const defaultReaders = 4

// Options tune an engine.
type Options struct {
	// Synchronous is SQLite's setting, FULL if empty.
	Synchronous string
	// Readers is how many snapshots may be open; 0 means 4.
	Readers int
	// UpdateLimit is how long an update may keep the others waiting.
	UpdateLimit time.Duration
	// Sole keeps other engines with Sole from the file as long as this one is open.
	Sole bool
	// Log says which statements are logged, and where.
	Log engine.Log
	// Prepare is called with the handle before anything else is opened.
	Prepare func(context.Context, *sql.DB) error
}

// Engine is an engine.Engine on a file. Open it with Open.
type Engine struct {
	options Options
	sideDB  *sql.DB
	writer  *writer
	copier  *checkpointer
	readers *readers
	lock    *lockfile.Lock // nil if others may work on the file
	temp    string         // folder to remove, or empty
	path    string
	closed  sync.Once
}

var _ engine.Engine = (*Engine)(nil)

// Open opens the file at path, which it makes if there is none. An empty path is
// a database that goes with the engine. With Sole it returns ErrInUse where another
// engine with Sole is on the file.
func Open(ctx context.Context, path string, options Options) (*Engine, error) {
	e := &Engine{options: options, path: path}
	synchronous := strings.ToUpper(options.Synchronous)
	switch synchronous {
	case "":
		synchronous = "FULL"
	case "FULL", "NORMAL", "EXTRA", "OFF":
	default:
		return nil, fmt.Errorf("synchronous is %q: use FULL or NORMAL", options.Synchronous)
	}
	if path == "" {
		temp, err := os.MkdirTemp("", "treaty-*")
		if err != nil {
			return nil, fmt.Errorf("make a folder for a temporary database: %w", err)
		}
		e.temp, e.path, synchronous = temp, filepath.Join(temp, "treaty.db"), "OFF"
	}
	if err := e.open(ctx, synchronous); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database %s: %w", e.path, err), e.Close())
	}
	return e, nil
}

func (e *Engine) open(ctx context.Context, synchronous string) error {
	if err := checkFolder(e.path); err != nil {
		return err
	}
	if e.options.Sole && e.temp == "" {
		lock, err := TakeSole(e.path, e.options.Log.To)
		if err != nil {
			return err
		}
		e.lock = lock
	}
	if err := keepPrivate(e.path); err != nil && e.options.Log.To != nil {
		e.options.Log.To.WarnContext(ctx, "the database may be readable by others on this machine", errlog.Attr(err))
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
	if e.sideDB, err = OpenFile(e.path, "immediate", slices.Concat(writing, []string{"cache_size(-1000)"})...); err != nil {
		return err
	}
	e.sideDB.SetMaxOpenConns(1)
	if e.options.Prepare != nil {
		if err := e.options.Prepare(ctx, e.sideDB); err != nil {
			return err
		}
	}
	writeSession, err := openSession(e.path, slices.Concat(writing, []string{"cache_size(-8000)", fmt.Sprintf("wal_autocheckpoint(%d)", checkpointPages)})...)
	if err != nil {
		return err
	}
	reading := slices.Concat(common, []string{"query_only(1)", "cache_size(-4000)"})
	copyDB, err := OpenFile(e.path, "deferred", slices.Concat(common, []string{"cache_size(-100)"})...)
	if err != nil {
		return errors.Join(err, writeSession.close())
	}
	copyDB.SetMaxOpenConns(1)
	e.writer = startWriter(writeSession, e.options.UpdateLimit, e.options.Log)
	e.copier = startCheckpointer(copyDB, &e.writer.commits, e.options.Log.To)
	writeSession.writes = true
	e.readers = newReaders(cmp.Or(max(e.options.Readers, 0), defaultReaders), func() (*session, error) { return openSession(e.path, reading...) })
	return nil
}

// Update implements engine.Engine.
func (e *Engine) Update(ctx context.Context, fn func(context.Context, engine.Querier) error) error {
	return e.writer.update(ctx, fn)
}

// View implements engine.Engine. It runs fn between BEGIN and ROLLBACK: the first
// read fixes the snapshot.
func (e *Engine) View(ctx context.Context, fn func(context.Context, engine.Querier) error) (err error) {
	reader, err := e.readers.take(ctx)
	if err != nil {
		return err
	}
	defer func() { e.readers.giveBack(reader) }()
	if err := ctx.Err(); err != nil {
		return err
	}
	release := reader.watch(ctx)
	defer func() {
		if ctx.Err() != nil && Code(err) == sqlite3.SQLITE_INTERRUPT {
			err = ctx.Err()
		}
		release()
		if _, end := reader.Exec(ctx, "ROLLBACK", nil); end != nil {
			reader = discard(reader)
		}
	}()
	if _, err := reader.Exec(ctx, "BEGIN", nil); err != nil {
		return err
	}
	return fn(context.WithoutCancel(ctx), e.options.Log.Of(reader))
}

// discard closes a session that is in an unknown state.
func discard(s *session) *session {
	_ = s.close() // it is being given up because it failed
	return nil
}

// Ready implements engine.Engine. An update that stores nothing takes the lock
// that all updates take.
func (e *Engine) Ready(ctx context.Context) error {
	soon, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	err := e.Update(soon, func(ctx context.Context, q engine.Querier) error {
		return q.Query(ctx, "SELECT 1", nil, func(engine.Row) (bool, error) { return false, nil })
	})
	if err != nil && soon.Err() != nil && ctx.Err() == nil {
		return errors.Join(engine.ErrCommitsWait, err)
	}
	return err
}

// readyLimit is how long an update that stores nothing may take.
const readyLimit = 3 * time.Second

// Handle implements engine.Engine.
func (e *Engine) Handle() *sql.DB { return e.sideDB }

// Cut implements engine.Engine. There is no server to wait for.
func (e *Engine) Cut() {}

// Close implements engine.Engine.
func (e *Engine) Close() error {
	var err error
	e.closed.Do(func() {
		if e.writer != nil {
			err = errors.Join(e.writer.close(), e.copier.close(), e.writer.session.close())
			err = errors.Join(err, e.readers.close())
		}
		if e.sideDB != nil {
			err = errors.Join(err, e.sideDB.Close())
		}
		if e.lock != nil {
			err = errors.Join(err, e.lock.Release())
		}
		if e.temp != "" {
			err = errors.Join(err, os.RemoveAll(e.temp))
		}
	})
	return err
}
