// Package postgres runs transactions on PostgreSQL. It knows nothing of what is
// kept there.
//
// Every Update is a transaction of its own, and is run again after a deadlock, a
// serialization failure, or where its connection died before the COMMIT.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const (
	defaultConnections      = 16
	defaultStatementTimeout = 15 * time.Second
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
	db  *sql.DB
	log engine.Log
	// running counts transactions, with those whose end nobody waits for.
	running sync.WaitGroup
	closed  sync.Once
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
	// Whether a connection still lives is found out by using it: what dies before
	// its COMMIT is run again.
	unasked := stdlib.OptionShouldPing(func(context.Context, stdlib.ShouldPingParams) bool { return false })
	e := &Engine{db: sql.OpenDB(connector{stdlib.GetConnector(*config, unasked)}), log: options.Log}
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

const (
	beginView   = "begin isolation level repeatable read read only"
	beginUpdate = "begin"
)

// View implements engine.Engine. What was read does not wait for the end of the
// snapshot.
func (e *Engine) View(ctx context.Context, fn func(context.Context, engine.Querier) error) error {
	return e.again(ctx, func() error {
		t, err := e.begin(ctx, beginView)
		if err != nil {
			return err
		}
		defer t.leave()
		return fn(ctx, e.log.Of(t.querier))
	})
}

// Update implements engine.Engine.
func (e *Engine) Update(ctx context.Context, fn func(context.Context, engine.Querier) error) error {
	return e.again(ctx, func() error {
		t, err := e.begin(ctx, beginUpdate)
		if err != nil {
			return err
		}
		defer t.leave()
		if err := fn(ctx, e.log.Of(t.querier)); err != nil {
			return err
		}
		return t.querier.commit(ctx)
	})
}

// Handle implements engine.Engine.
func (e *Engine) Handle() *sql.DB { return e.db }

// Close implements engine.Engine.
func (e *Engine) Close() error {
	var err error
	e.closed.Do(func() {
		e.running.Wait()
		err = e.db.Close()
	})
	return err
}
