// Package postgres runs transactions on PostgreSQL. It knows nothing of what is
// kept there.
//
// Every Update is a transaction of its own. A transaction is run again after a
// deadlock, a serialization failure, or where its connection or its server was lost
// before the COMMIT, as long as its context allows.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const (
	defaultConnections      = 16
	defaultStatementTimeout = 15 * time.Second
	defaultWait             = 5 * time.Second
)

// Options tune an engine.
type Options struct {
	// Connections is how many there may be; 0 means 16.
	Connections int
	// Wait is how long a transaction waits for a connection; 0 means 5 s.
	Wait time.Duration
	// StatementTimeout limits each statement; 0 means 15 s.
	StatementTimeout time.Duration
	// Pooler says whether there is a pooler between this and the server; empty
	// means that it is found out.
	Pooler Pooler
	// Log says which statements are logged, and where.
	Log engine.Log
	// Prepare is called with the handle before Open returns.
	Prepare func(context.Context, *sql.DB) error
}

// Engine is an engine.Engine. It runs each transaction on a connection of one
// pool. Open it with Open.
type Engine struct {
	sockets sockets
	hosts   *hosts
	db      *sql.DB
	// side is for the job queue and for migrations: what they wait for takes no
	// connection from transactions, and the other way round.
	side      *sql.DB
	admission *admission
	probes    probes
	log       engine.Log
	// settings are statements that go with each BEGIN.
	settings []string

	// trustSince is when the oldest connection was begun that may be used, in ns.
	trustSince atomic.Int64
	// away and readOnly remember since when the server does not answer, and takes
	// no writes.
	away, readOnly outage
	commits        commits
	readiness      readiness

	// running counts transactions, with those whose end nobody waits for. None
	// begins once closing is set.
	running sync.WaitGroup
	mu      sync.Mutex
	closing bool
	closed  sync.Once
}

var _ engine.Engine = (*Engine)(nil)

// Open opens the database at a postgres:// URL.
func Open(ctx context.Context, url string, options Options) (*Engine, error) {
	config, pooler, err := configure(url, options)
	if err != nil {
		return nil, err
	}
	e := &Engine{log: options.Log}
	config.DialFunc = e.sockets.dial
	if pooler, err = findPooler(ctx, config, pooler); err != nil {
		return nil, fmt.Errorf("connect to the database %s: %w", config.Database, err)
	}
	if pooler.between() {
		if e.settings, err = adapt(config); err != nil {
			return nil, err
		}
		logPooler(ctx, options.Log.To, pooler)
	}
	e.hosts = splitHosts(config)
	connections := options.Connections
	if connections <= 0 {
		connections = defaultConnections
	}
	wait := options.Wait
	if wait <= 0 {
		wait = defaultWait
	}
	side := max(2, min(4, connections/4))
	e.admission = newAdmission(max(1, connections-side), wait)
	// Whether a connection of transactions still lives is found out by using it:
	// what dies before its COMMIT is run again.
	e.db = openPool(connector{hosts: e.hosts, keeps: !pooler.between()}, e.admission.most)
	e.side = openPool(connector{hosts: e.hosts, ping: true}, side)
	if options.Prepare != nil {
		if err := options.Prepare(ctx, e.side); err != nil {
			return nil, errors.Join(fmt.Errorf("open the database %s: %w", config.Database, err), e.Close())
		}
	}
	return e, nil
}

func openPool(c connector, connections int) *sql.DB {
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(time.Minute)
	db.SetConnMaxLifetime(10 * time.Minute)
	return db
}

const (
	beginView   = "begin isolation level repeatable read read only"
	beginUpdate = "begin"
)

// View implements engine.Engine. What was read does not wait for the end of the
// snapshot.
func (e *Engine) View(ctx context.Context, fn func(context.Context, engine.Querier) error) error {
	return e.again(ctx, toRead, func() error {
		t, err := e.begin(ctx, toRead, beginView)
		if err != nil {
			return err
		}
		defer t.leave()
		return t.died(ctx, fn(ctx, e.log.Of(t.querier)))
	})
}

// Update implements engine.Engine.
func (e *Engine) Update(ctx context.Context, fn func(context.Context, engine.Querier) error) error {
	return e.again(ctx, toUpdate, func() error {
		t, err := e.begin(ctx, toUpdate, beginUpdate)
		if err != nil {
			return err
		}
		defer t.leave()
		if err := fn(ctx, e.log.Of(t.querier)); err != nil {
			return t.died(ctx, err)
		}
		defer e.commits.begin()()
		return t.died(ctx, t.querier.commit(ctx))
	})
}

// Handle implements engine.Engine.
func (e *Engine) Handle() *sql.DB { return e.side }

// Cut implements engine.Engine.
func (e *Engine) Cut() { e.sockets.end() }

// Close implements engine.Engine.
func (e *Engine) Close() error {
	var err error
	e.closed.Do(func() {
		e.mu.Lock()
		e.closing = true
		e.mu.Unlock()
		e.running.Wait()
		err = errors.Join(e.db.Close(), e.side.Close())
	})
	return err
}

func logPooler(ctx context.Context, log *slog.Logger, found Pooler) {
	if log == nil {
		return
	}
	text := "a connection pooler such as PgBouncer stands before PostgreSQL: no prepared statements are kept, and statement_timeout is set in each transaction"
	if found == PoolerSaid {
		log.InfoContext(ctx, text)
		return
	}
	log.InfoContext(ctx, text+". Found out by itself; to say so, set PACT_BROKER_DATABASE_POOL_MODE to transaction, or to session if each client has a connection of its own")
}
