package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"github.com/treatyhq/treaty/broker/internal/store/postgres"
	"github.com/treatyhq/treaty/broker/internal/store/sqlite"
	"gorm.io/gorm"
)

// Options tune a store. The zero value is right for most.
type Options struct {
	// Log receives what is worth a note. Nil means slog.Default.
	Log *slog.Logger
	// Sole keeps other stores with Sole from an SQLite file as long as this one is
	// open; they get ErrInUse.
	Sole bool
	// MaxConnections limits connections to PostgreSQL, and readers of SQLite.
	// 0 means 16 and 4.
	MaxConnections int
	// ConnectionWait is how long a request waits for a connection to PostgreSQL
	// where all are in use. 0 means 5 s.
	ConnectionWait time.Duration
	// PoolMode says how a pooler such as PgBouncer before PostgreSQL gives out its
	// connections: for a "transaction" or a "session". Empty finds it out.
	PoolMode string
	// Synchronous is SQLite's setting: FULL (the default) keeps acknowledged
	// writes through a power failure, NORMAL only through the end of the
	// process.
	Synchronous string
	// StatementTimeout limits each statement on PostgreSQL and, on SQLite, each
	// update: it keeps all others waiting. 0 means 15 s and 10 s.
	StatementTimeout time.Duration
	// Statements says which statements are logged.
	Statements engine.StatementLog
	// OrderBySemver ranks the versions of a pacticipant by semantic version
	// instead of by when they were first seen. It must agree with
	// kernel.Settings.OrderVersionsByDate.
	OrderBySemver bool
	// IgnoreNameCase finds pacticipants whatever the case of their names. It
	// must agree with kernel.Settings.IgnoreNameCase.
	IgnoreNameCase bool
	// Release is that of this program, for who asks which replicas there are.
	Release string
	// Enqueue, if set, adds the job that delivers a triggered webhook, within
	// the transaction that stores it.
	Enqueue func(ctx context.Context, tx *sql.Tx, firings []kernel.TriggeredWebhook) error
}

// Store is a kernel.Store on SQLite or PostgreSQL. Open it with Open.
type Store struct {
	dialect dialect
	options Options
	log     *slog.Logger
	orm     *gorm.DB
	engine  engine.Engine
	memory  memory
	changes changes
	// knows is the newest schema version that this program knows.
	knows int64
}

// StatementLog says which statements are logged.
type StatementLog = engine.StatementLog

// defaultUpdateLimit is how long an update may keep others waiting on SQLite.
const defaultUpdateLimit = 10 * time.Second

var _ kernel.Store = (*Store)(nil)

// Open opens the database and brings its schema up to date. The URL is
// sqlite:PATH, a plain path, sqlite::memory: for a database that goes with the
// store, or postgres://…. The caller closes the store.
func Open(ctx context.Context, url string, options Options) (*Store, error) {
	at, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	s := &Store{dialect: at.dialect, options: options, log: options.Log}
	if s.log == nil {
		s.log = slog.Default()
	}
	if err := s.openEngine(ctx, at); err != nil {
		return nil, err
	}
	if s.orm, err = openORM(s, s.engine.Handle()); err != nil {
		return nil, errors.Join(err, s.engine.Close())
	}
	return s, nil
}

func (s *Store) openEngine(ctx context.Context, at location) (err error) {
	prepare := func(ctx context.Context, db *sql.DB) (err error) {
		s.knows, err = migrate(ctx, at.dialect, db, s.log)
		return translate(err)
	}
	if at.dialect == postgresDialect {
		s.engine, err = postgres.Open(ctx, at.url, postgres.Options{
			Connections: s.options.MaxConnections, Wait: s.options.ConnectionWait, StatementTimeout: s.options.StatementTimeout,
			Pooler: postgres.Pooler(s.options.PoolMode), Log: s.statements(), Prepare: prepare,
		})
		return err
	}
	limit := s.options.StatementTimeout
	if limit <= 0 {
		limit = defaultUpdateLimit
	}
	s.engine, err = sqlite.Open(ctx, at.path, sqlite.Options{
		Sole:        s.options.Sole,
		Synchronous: s.options.Synchronous, Readers: s.options.MaxConnections, UpdateLimit: limit, Log: s.statements(), Prepare: prepare,
	})
	if sqlite.Code(err) != 0 {
		return translate(err)
	}
	return err
}

// statements says which statements are logged.
func (s *Store) statements() engine.Log {
	return engine.Log{To: s.log, Statements: s.options.Statements}
}

// SetEnqueue sets Options.Enqueue. Call it before the first Update.
func (s *Store) SetEnqueue(fn func(ctx context.Context, tx *sql.Tx, firings []kernel.TriggeredWebhook) error) {
	s.options.Enqueue = fn
}

// DB returns the handle that writes, for the job queue's own tables. On SQLite
// it has one connection: what is done with it blocks every Update.
func (s *Store) DB() *sql.DB { return s.engine.Handle() }

// Postgres reports whether the store is on PostgreSQL.
func (s *Store) Postgres() bool { return s.dialect == postgresDialect }

// View implements kernel.Store.
func (s *Store) View(ctx context.Context, fn func(kernel.Tx) error) error {
	return s.translate(s.view(ctx, func(t *tx) error { return fn(t) }))
}

// Update implements kernel.Store.
func (s *Store) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	return s.translate(s.update(ctx, func(t *tx) error { return fn(t) }))
}

// view runs fn on a snapshot. What it noted to be written would be lost.
func (s *Store) view(ctx context.Context, fn func(*tx) error) error {
	return s.engine.View(ctx, func(ctx context.Context, q engine.Querier) error {
		if err := s.guard(ctx, q); err != nil {
			return err
		}
		t := &tx{ctx: ctx, q: q, store: s, reading: true}
		if err := fn(t); err != nil {
			return err
		}
		if t.waits() {
			return errors.New("a view cannot write")
		}
		return nil
	})
}

// update runs fn in a transaction, and again without foresight where what it
// took for new was there.
func (s *Store) update(ctx context.Context, fn func(*tx) error) error {
	guessed, changed := false, false
	try := func(off bool) error {
		return s.engine.Update(ctx, func(ctx context.Context, q engine.Querier) error {
			if err := s.guard(ctx, q); err != nil {
				return err
			}
			t := &tx{ctx: ctx, store: s, askedAhead: askedAhead{off: off}}
			t.q = careful{q, t}
			err := fn(t)
			if err == nil {
				err = t.flush()
			}
			guessed, changed = t.guessed, t.changes
			return err
		})
	}
	err := try(false)
	if err != nil && guessedWrong(err, guessed) {
		err = try(true)
	}
	unknown := kernel.ReasonOf(s.translate(err)) == kernel.ReasonOutcomeUnknown
	if changed && (err == nil || unknown) {
		s.changes.note()
	}
	return err
}

// Ready reports why updates are not possible at the moment, if they are not.
func (s *Store) Ready(ctx context.Context) error { return translate(s.engine.Ready(ctx)) }

// Cut lets nothing wait for the server any more, so that Close ends soon, whatever
// hangs. Nothing works afterwards.
func (s *Store) Cut() { s.engine.Cut() }

// Close implements kernel.Store. Closing twice is fine.
func (s *Store) Close() error { return s.engine.Close() }
