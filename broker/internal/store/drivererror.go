package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"

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
	if err == nil || errors.As(err, &known) || !errors.Is(err, engine.ErrUnknown) && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, gorm.ErrRecordNotFound) {
		return kernel.Errorf(kernel.CodeNotFound, "not found").Because(err)
	}
	var limit *engine.LimitError
	switch {
	case errors.Is(err, engine.ErrClosed):
		return kernel.Errorf(kernel.CodeUnavailable, "the broker is shutting down")
	case errors.Is(err, engine.ErrUnknown):
		return kernel.Errorf(kernel.CodeUnavailable, "The connection to the database was lost while this was being stored, so that it is not known whether it is. "+
			"Look at what is there before you send it again.").Because(err)
	case errors.As(err, &limit):
		return kernel.Errorf(kernel.CodeTimeout, "This request kept all others from writing for more than %s, so that it was given up and nothing of it is stored. "+
			"Send it in smaller parts.", limit.Limit)
	}
	if code, message := classify(err); code != kernel.CodeInternal {
		return kernel.Errorf(code, "%s", message).Because(err)
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
	if errors.As(err, &connect) || ofNetwork(err) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn) {
		return kernel.CodeUnavailable, "the database cannot be reached, try again"
	}
	return kernel.CodeInternal, ""
}

// ofNetwork reports whether a connection failed. A number of the operating system
// has the methods of a network's error, also where it is about a file.
func ofNetwork(err error) bool {
	var operation *net.OpError
	var lookup *net.DNSError
	var number syscall.Errno
	var network net.Error
	return errors.As(err, &operation) || errors.As(err, &lookup) || !errors.As(err, &number) && errors.As(err, &network)
}

// Reason returns what an error of a database means, for a person, without the
// words of its driver: they hold statements, hosts and users. It is empty for
// errors that are not a driver's.
func Reason(err error) string {
	if _, message := classify(err); message != "" {
		return message
	}
	var pg *pgconn.PgError
	switch code := sqlite.Code(err); {
	case code != 0:
		return fmt.Sprintf("SQLite refuses with its error %d", code)
	case errors.As(err, &pg):
		return "PostgreSQL refuses with its error " + pg.Code
	}
	return ""
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
	case sqlite3.SQLITE_NOTADB:
		return kernel.CodeUnavailable, "the file is not a database of SQLite: name the right one"
	case sqlite3.SQLITE_CORRUPT:
		return kernel.CodeUnavailable, "the database file is damaged: restore a backup"
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return kernel.CodeUnavailable, "the database file cannot be opened: let the broker's user read and write it and its folder"
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
	case "28":
		return kernel.CodeUnavailable, "the database refuses the user or the password of the broker"
	case "3D":
		return kernel.CodeUnavailable, "the server has no database of this name"
	case "08", "57", "53":
		return kernel.CodeUnavailable, "the database cannot be reached, try again"
	}
	return kernel.CodeInternal, ""
}
