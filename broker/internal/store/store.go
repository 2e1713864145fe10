package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"gorm.io/gorm"
)

// Options tune a store. The zero value is right for most.
type Options struct {
	// Log receives what is worth a note. Nil means slog.Default.
	Log *slog.Logger
	// MaxConnections limits connections to PostgreSQL, and readers of SQLite.
	// 0 means 16 and 4.
	MaxConnections int
	// Synchronous is SQLite's setting: FULL (the default) keeps acknowledged
	// writes through a power failure, NORMAL only through the end of the
	// process.
	Synchronous string
	// StatementTimeout limits each statement on PostgreSQL and, on SQLite, each
	// update: it keeps all others waiting. 0 means 15 s and 10 s.
	StatementTimeout time.Duration
	// Statements says which statements are logged.
	Statements StatementLog
	// OrderBySemver ranks the versions of a pacticipant by semantic version
	// instead of by when they were first seen. It must agree with
	// kernel.Settings.OrderVersionsByDate.
	OrderBySemver bool
	// IgnoreNameCase finds pacticipants whatever the case of their names. It
	// must agree with kernel.Settings.IgnoreNameCase.
	IgnoreNameCase bool
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
	engine  engine
}

// engine runs transactions on one kind of database.
type engine interface {
	view(ctx context.Context, fn func(*tx) error) error
	update(ctx context.Context, fn func(*tx) error) error
	// handle is for migrations and for the job queue.
	handle() *sql.DB
	close() error
}

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
	switch at.dialect {
	case sqliteDialect:
		err = s.openSQLite(ctx, at.path)
	case postgresDialect:
		err = s.openPostgres(ctx, at.url)
	}
	if err != nil {
		return nil, err
	}
	if s.orm, err = openORM(s, s.engine.handle()); err != nil {
		return nil, errors.Join(err, s.engine.close())
	}
	return s, nil
}

// SetEnqueue sets Options.Enqueue. Call it before the first Update.
func (s *Store) SetEnqueue(fn func(ctx context.Context, tx *sql.Tx, firings []kernel.TriggeredWebhook) error) {
	s.options.Enqueue = fn
}

// DB returns the handle that writes, for the job queue's own tables. On SQLite
// it has one connection: what is done with it blocks every Update.
func (s *Store) DB() *sql.DB { return s.engine.handle() }

// Postgres tells whether the store is on PostgreSQL.
func (s *Store) Postgres() bool { return s.dialect == postgresDialect }

// View implements kernel.Store.
func (s *Store) View(ctx context.Context, fn func(kernel.Tx) error) error {
	return translate(s.engine.view(ctx, func(t *tx) error { return fn(t) }))
}

// Update implements kernel.Store.
func (s *Store) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	return translate(s.engine.update(ctx, func(t *tx) error { return fn(t) }))
}

func (s *Store) updateLimit() time.Duration {
	if s.options.StatementTimeout > 0 {
		return s.options.StatementTimeout
	}
	return defaultUpdateTimeout
}

// Close implements kernel.Store. Closing twice is fine.
func (s *Store) Close() error { return s.engine.close() }
