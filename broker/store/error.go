package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/store/engine"
	"github.com/treatyhq/treaty/broker/store/sqlite"
	"gorm.io/gorm"
	sqlite3 "modernc.org/sqlite/lib"
)

// translate turns a driver's error into one of the domain. Errors of the domain
// and of contexts pass through.
func translate(err error) error {
	var known *broker.Error
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, gorm.ErrRecordNotFound) {
		return broker.Errorf(broker.CodeNotFound, "not found: %w", err)
	}
	var limit *engine.LimitError
	switch {
	case errors.Is(err, engine.ErrClosed):
		return broker.Errorf(broker.CodeUnavailable, "the broker is shutting down")
	case errors.As(err, &limit):
		return broker.Errorf(broker.CodeTimeout, "This request kept all others from writing for more than %s, so that it was given up and nothing of it is stored. "+
			"Send it in smaller parts.", limit.Limit)
	}
	if code, message := classify(err); code != broker.CodeInternal {
		return broker.Errorf(code, message+": %w", err)
	}
	return err
}

// classify returns the code of a driver's error and what to tell a person.
func classify(err error) (broker.Code, string) {
	if code := sqlite.Code(err); code != 0 {
		return classifySQLite(code)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return classifyPostgres(pg.Code)
	}
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn) {
		return broker.CodeUnavailable, "the database cannot be reached, try again"
	}
	return broker.CodeInternal, ""
}

func classifySQLite(code int) (broker.Code, string) {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return broker.CodeConflict, "there is one already"
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return broker.CodeConflict, "something it refers to is gone"
	}
	switch code & 0xff {
	case sqlite3.SQLITE_FULL:
		return broker.CodeUnavailable, "the disk of the database is full: free some space and try again"
	case sqlite3.SQLITE_READONLY:
		return broker.CodeUnavailable, "the database file or its folder is read-only: let the broker's user write there and try again"
	case sqlite3.SQLITE_IOERR:
		return broker.CodeUnavailable, "the disk of the database fails: check it and try again"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return broker.CodeUnavailable, "the database is locked by another process, try again"
	}
	return broker.CodeInternal, ""
}

func classifyPostgres(code string) (broker.Code, string) {
	switch code {
	case "23505":
		return broker.CodeConflict, "there is one already"
	case "23503":
		return broker.CodeConflict, "something it refers to is gone"
	case "53100":
		return broker.CodeUnavailable, "the disk of the database is full: free some space and try again"
	case "25006":
		return broker.CodeUnavailable, "the database is read-only: connect to the primary"
	case "57014":
		return broker.CodeUnavailable, "the database took too long, try again"
	case "40001", "40P01":
		return broker.CodeUnavailable, "too many requests change the same data, try again"
	case "22021", "22P05":
		return broker.CodeInvalid, "a text holds a zero byte"
	}
	switch code[:min(2, len(code))] {
	case "08", "57", "53":
		return broker.CodeUnavailable, "the database cannot be reached, try again"
	}
	return broker.CodeInternal, ""
}
