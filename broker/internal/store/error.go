package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"github.com/treatyhq/treaty/broker/internal/store/sqlite"
	"gorm.io/gorm"
	sqlite3 "modernc.org/sqlite/lib"
)

// translate turns a driver's error into one of the domain. Errors of the domain
// and of contexts pass through.
func translate(err error) error {
	var known *kernel.Error
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, gorm.ErrRecordNotFound) {
		return kernel.Errorf(kernel.CodeNotFound, "not found: %w", err)
	}
	var limit *engine.LimitError
	switch {
	case errors.Is(err, engine.ErrClosed):
		return kernel.Errorf(kernel.CodeUnavailable, "the broker is shutting down")
	case errors.As(err, &limit):
		return kernel.Errorf(kernel.CodeTimeout, "This request kept all others from writing for more than %s, so that it was given up and nothing of it is stored. "+
			"Send it in smaller parts.", limit.Limit)
	}
	if code, message := classify(err); code != kernel.CodeInternal {
		return kernel.Errorf(code, message+": %w", err)
	}
	return err
}

// classify returns the code of a driver's error and what to tell a person.
func classify(err error) (kernel.Code, string) {
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
		return kernel.CodeUnavailable, "the database cannot be reached, try again"
	}
	return kernel.CodeInternal, ""
}

func classifySQLite(code int) (kernel.Code, string) {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return kernel.CodeConflict, "there is one already"
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return kernel.CodeConflict, "something it refers to is gone"
	}
	switch code & 0xff {
	case sqlite3.SQLITE_FULL:
		return kernel.CodeUnavailable, "the disk of the database is full: free some space and try again"
	case sqlite3.SQLITE_READONLY:
		return kernel.CodeUnavailable, "the database file or its folder is read-only: let the broker's user write there and try again"
	case sqlite3.SQLITE_IOERR:
		return kernel.CodeUnavailable, "the disk of the database fails: check it and try again"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return kernel.CodeUnavailable, "the database is locked by another process, try again"
	}
	return kernel.CodeInternal, ""
}

func classifyPostgres(code string) (kernel.Code, string) {
	switch code {
	case "23505":
		return kernel.CodeConflict, "there is one already"
	case "23503":
		return kernel.CodeConflict, "something it refers to is gone"
	case "53100":
		return kernel.CodeUnavailable, "the disk of the database is full: free some space and try again"
	case "25006":
		return kernel.CodeUnavailable, "the database is read-only: connect to the primary"
	case "57014":
		return kernel.CodeUnavailable, "the database took too long, try again"
	case "40001", "40P01":
		return kernel.CodeUnavailable, "too many requests change the same data, try again"
	case "22021", "22P05":
		return kernel.CodeInvalid, "a text holds a zero byte"
	}
	switch code[:min(2, len(code))] {
	case "08", "57", "53":
		return kernel.CodeUnavailable, "the database cannot be reached, try again"
	}
	return kernel.CodeInternal, ""
}
