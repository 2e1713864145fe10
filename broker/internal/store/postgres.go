package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	defaultConnections      = 16
	defaultStatementTimeout = 15 * time.Second
	// updateTries limits how often a transaction is run again.
	updateTries = 8
)

// postgresEngine runs each transaction on a connection of one pool.
type postgresEngine struct {
	store  *Store
	db     *sql.DB
	closed sync.Once
}

func (s *Store) openPostgres(ctx context.Context, url string) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		// The parser's error may repeat the password.
		return errors.New("the PostgreSQL URL cannot be read: its form is postgres://user:password@host:5432/name?sslmode=require")
	}
	timeout := s.options.StatementTimeout
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
	connections := s.options.MaxConnections
	if connections <= 0 {
		connections = defaultConnections
	}
	e := &postgresEngine{store: s, db: stdlib.OpenDB(*config)}
	e.db.SetMaxOpenConns(connections)
	e.db.SetMaxIdleConns(connections)
	e.db.SetConnMaxIdleTime(5 * time.Minute)
	if err := migrate(ctx, postgresDialect, e.db, s.log); err != nil {
		return errors.Join(fmt.Errorf("open the database %s on %s:%d: %w", config.Database, config.Host, config.Port, translate(err)), e.close())
	}
	s.engine = e
	return nil
}

// view reads one snapshot.
func (e *postgresEngine) view(ctx context.Context, fn func(*tx) error) error {
	return e.transaction(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, fn)
}

// update runs fn again where PostgreSQL has rolled back what it did.
func (e *postgresEngine) update(ctx context.Context, fn func(*tx) error) error {
	var err error
	for range updateTries {
		err = e.transaction(ctx, nil, fn)
		if !retryable(err) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (e *postgresEngine) transaction(ctx context.Context, options *sql.TxOptions, fn func(*tx) error) error {
	raw, err := e.db.BeginTx(ctx, options)
	if err != nil {
		return err
	}
	defer func() { _ = raw.Rollback() }() // after a commit it does nothing
	t := &tx{ctx: ctx, q: e.store.logged(sqlQuerier{raw}), store: e.store, reading: options != nil && options.ReadOnly}
	if err := fn(t); err != nil {
		return err
	}
	if err := t.flush(); err != nil {
		return err
	}
	return raw.Commit()
}

func (e *postgresEngine) handle() *sql.DB { return e.db }

func (e *postgresEngine) close() error {
	var err error
	e.closed.Do(func() { err = e.db.Close() })
	return err
}
