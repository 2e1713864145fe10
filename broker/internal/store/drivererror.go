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
	if err == nil || errors.As(err, &known) {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, gorm.ErrRecordNotFound) {
		return kernel.Errorf(kernel.CodeNotFound, "not found").Because(err)
	}
	if m := meaningOf(err); m.code != kernel.CodeInternal {
		return kernel.Errorf(m.code, "%s", m.text).WithReason(m.reason).Because(err)
	}
	return err
}

// meaning is what an error of a database means: its code, empty for what nobody
// expects, and what to tell a person.
type meaning struct {
	code   kernel.Code
	text   string
	reason kernel.Reason
}

// away means that trying again helps, sooner or later.
func away(text string) meaning { return meaning{code: kernel.CodeUnavailable, text: text} }

// lasting means that it takes somebody who mends something.
func lasting(text string) meaning {
	return meaning{kernel.CodeUnavailable, text, kernel.ReasonLasting}
}

const (
	textTaken       = "somebody else has stored the same meanwhile: look at what is there"
	textUnreachable = "the database cannot be reached, try again"
	textReadOnly    = "the database is read-only at the moment: it can be asked, and nothing can be stored. Connect the broker to the primary, or try again once there is one"
)

var unknownOutcome = meaning{
	kernel.CodeUnavailable,
	"The connection to the database was lost while this was being stored, so that it is not known whether it is. Look at what is there before you send it again.",
	kernel.ReasonOutcomeUnknown,
}

// meaningOf understands what the engines and their drivers say.
func meaningOf(err error) meaning {
	var limit *engine.LimitError
	switch {
	case errors.Is(err, engine.ErrUnknown):
		return unknownOutcome
	case errors.Is(err, engine.ErrClosed):
		return away("the broker is shutting down")
	case errors.Is(err, engine.ErrAgain):
		return away("too many requests change the same data, try again")
	case errors.Is(err, engine.ErrBusy):
		return away("all connections to the database are in use, try again")
	case errors.Is(err, engine.ErrReadOnly), errors.Is(err, pgconn.ErrReadOnlyConnection), errors.Is(err, pgconn.ErrStandbyConnection):
		return away(textReadOnly)
	case errors.Is(err, engine.ErrCommitsWait):
		return away("the database can be asked, but what is to be stored waits: its standby may be lost, or its disk may hang")
	case errors.As(err, &limit):
		return meaning{code: kernel.CodeTimeout, text: fmt.Sprintf("This request kept all others from writing for more than %s, so that it was given up and nothing of it is stored. "+
			"Send it in smaller parts.", limit.Limit)}
	}
	if code := sqlite.Code(err); code != 0 {
		return meaningOfSQLite(code)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return meaningOfPostgres(pg)
	}
	var connect *pgconn.ConnectError
	switch {
	case errors.As(err, &connect), errors.Is(err, engine.ErrLost):
		return away(textUnreachable)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded): // of who asks
		return meaning{}
	case ofNetwork(err), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, driver.ErrBadConn):
		return away(textUnreachable)
	}
	return meaning{}
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
	if m := meaningOf(err); m.text != "" {
		return m.text
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

// Lasting reports whether an error of a database ends only when somebody mends
// something.
func Lasting(err error) bool {
	m := meaningOf(err)
	return m.code != kernel.CodeUnavailable || m.reason == kernel.ReasonLasting
}

const adviceRestore = "stop the broker, move the file away with its -wal and -shm, and put the last backup in its place with treaty restore"

// Damaged reports whether an error of a database means that its file is damaged, or
// never was one.
func Damaged(err error) bool {
	code := sqlite.Code(err) & 0xff
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}

func meaningOfSQLite(code int) meaning {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return meaning{kernel.CodeConflict, textTaken, kernel.ReasonTaken}
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return meaning{code: kernel.CodeConflict, text: "something it refers to is gone"}
	}
	switch code & 0xff {
	case sqlite3.SQLITE_FULL:
		return away("the disk of the database is full: free some space and try again")
	case sqlite3.SQLITE_READONLY:
		return away("the database file or its folder is read-only: let the broker's user write there and try again")
	case sqlite3.SQLITE_NOTADB:
		return lasting("the file is not a database of SQLite: name the right one. If it was the broker's, it is damaged: " + adviceRestore)
	case sqlite3.SQLITE_CORRUPT:
		return lasting("the database file is damaged: " + adviceRestore)
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return away("the database file cannot be opened: let the broker's user read and write it and its folder")
	case sqlite3.SQLITE_IOERR:
		return away("the disk of the database fails: check it and try again")
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return away("the database is locked by another process, try again")
	}
	return meaning{}
}
