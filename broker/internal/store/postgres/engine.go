// Package postgres runs transactions on PostgreSQL. It knows nothing of what is
// kept there.
//
// Every Update is a transaction of its own, and is run again after a deadlock or
// a serialization failure.
package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const (
	defaultConnections      = 16
	defaultStatementTimeout = 15 * time.Second
	// updateTries limits how often a transaction is run again.
	updateTries = 8
)

// Options tune an engine.
type Options struct {
	// Connections is how many there may be; 0 means 16.
	Connections int
	// StatementTimeout limits each statement; 0 means 15 s.
	StatementTimeout time.Duration
	// Log says which statements are logged, and where.
	Log engine.Log
	// Prepare is called with the handle before Open returns.
	Prepare func(context.Context, *sql.DB) error
}

// Engine is an engine.Engine. It runs each transaction on a connection of one
// pool. Open it with Open.
type Engine struct {
	db     *sql.DB
	log    engine.Log
	closed sync.Once
}

var _ engine.Engine = (*Engine)(nil)

// Open opens the database at a postgres:// URL.
func Open(ctx context.Context, url string, options Options) (*Engine, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		// The parser's error may repeat the password.
		return nil, errors.New("the PostgreSQL URL cannot be read: its form is postgres://user:password@host:5432/name?sslmode=require")
	}
	timeout := options.StatementTimeout
	if timeout <= 0 {
		timeout = defaultStatementTimeout
	}
	if _, given := config.RuntimeParams["statement_timeout"]; !given {
		config.RuntimeParams["statement_timeout"] = fmt.Sprint(timeout.Milliseconds())
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "treaty"
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	connections := options.Connections
	if connections <= 0 {
		connections = defaultConnections
	}
	e := &Engine{db: stdlib.OpenDB(*config), log: options.Log}
	e.db.SetMaxOpenConns(connections)
	e.db.SetMaxIdleConns(connections)
	e.db.SetConnMaxIdleTime(5 * time.Minute)
	if options.Prepare != nil {
		if err := options.Prepare(ctx, e.db); err != nil {
			return nil, errors.Join(fmt.Errorf("open the database %s on %s:%d: %w", config.Database, config.Host, config.Port, err), e.Close())
		}
	}
	return e, nil
}

// View implements engine.Engine.
func (e *Engine) View(ctx context.Context, fn func(context.Context, engine.Querier) error) error {
	return e.transaction(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, fn)
}

// Update implements engine.Engine. It runs fn again where PostgreSQL has rolled
// back what it did.
func (e *Engine) Update(ctx context.Context, fn func(context.Context, engine.Querier) error) error {
	var err error
	for range updateTries {
		err = e.transaction(ctx, nil, fn)
		if !retryable(err) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (e *Engine) transaction(ctx context.Context, options *sql.TxOptions, fn func(context.Context, engine.Querier) error) error {
	raw, err := e.db.BeginTx(ctx, options)
	if err != nil {
		return err
	}
	defer func() { _ = raw.Rollback() }() // after a commit it does nothing
	if err := fn(ctx, e.log.Of(querier{raw})); err != nil {
		return err
	}
	return raw.Commit()
}

// Handle implements engine.Engine.
func (e *Engine) Handle() *sql.DB { return e.db }

// Close implements engine.Engine.
func (e *Engine) Close() error {
	var err error
	e.closed.Do(func() { err = e.db.Close() })
	return err
}

// retryable reports whether a transaction may succeed when run again, having
// changed nothing: after a deadlock, or on a connection that was found closed
// when it was used.
func retryable(err error) bool {
	var pg *pgconn.PgError
	return errors.Is(err, driver.ErrBadConn) || errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
