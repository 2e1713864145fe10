package store_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
	sqlite3 "modernc.org/sqlite/lib"
	direct "zombiezen.com/go/sqlite"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/store"
	"github.com/treatyhq/treaty/broker/store/engine"
)

func TestErrorsOfDriversBecomeWords(t *testing.T) {
	t.Parallel()
	lite := func(code int) error { return fmt.Errorf("step: %w", direct.ResultCode(code).ToError()) }
	post := func(code string) error {
		return fmt.Errorf("exec: %w", &pgconn.PgError{Code: code, Message: "of the driver"})
	}
	for _, tt := range []struct {
		name string
		err  error
		code broker.Code
		says string
	}{
		{"SQLite: a name twice", lite(sqlite3.SQLITE_CONSTRAINT_UNIQUE), broker.CodeConflict, "one already"},
		{"SQLite: a reference to nothing", lite(sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY), broker.CodeConflict, "gone"},
		{"SQLite: a full disk", lite(sqlite3.SQLITE_FULL), broker.CodeUnavailable, "free some space"},
		{"SQLite: a file that is read-only", lite(sqlite3.SQLITE_READONLY_DIRECTORY), broker.CodeUnavailable, "read-only"},
		{"SQLite: a disk that fails", lite(sqlite3.SQLITE_IOERR_FSYNC), broker.CodeUnavailable, "check it"},
		{"SQLite: another process has it", lite(sqlite3.SQLITE_BUSY), broker.CodeUnavailable, "locked"},
		{"SQLite: anything else", lite(sqlite3.SQLITE_MISUSE), broker.CodeInternal, ""},
		{"PostgreSQL: a name twice", post("23505"), broker.CodeConflict, "one already"},
		{"PostgreSQL: a reference to nothing", post("23503"), broker.CodeConflict, "gone"},
		{"PostgreSQL: a full disk", post("53100"), broker.CodeUnavailable, "free some space"},
		{"PostgreSQL: a replica", post("25006"), broker.CodeUnavailable, "primary"},
		{"PostgreSQL: a statement that took too long", post("57014"), broker.CodeUnavailable, "too long"},
		{"PostgreSQL: a deadlock", post("40P01"), broker.CodeUnavailable, "same data"},
		{"PostgreSQL: a text with a zero byte", post("22021"), broker.CodeInvalid, "zero byte"},
		{"PostgreSQL: too many connections", post("53300"), broker.CodeUnavailable, "cannot be reached"},
		{"PostgreSQL: anything else", post("42601"), broker.CodeInternal, ""},
		{"a server that is away", &pgconn.ConnectError{Config: &pgconn.Config{Host: "h"}}, broker.CodeUnavailable, "cannot be reached"},
		{"a connection that broke", io.ErrUnexpectedEOF, broker.CodeUnavailable, "cannot be reached"},
		{"a connection that was closed", driver.ErrBadConn, broker.CodeUnavailable, "cannot be reached"},
		{"no row", sql.ErrNoRows, broker.CodeNotFound, "not found"},
		{"the end of the store", engine.ErrClosed, broker.CodeUnavailable, "shutting down"},
		{"an update that kept all waiting", &engine.LimitError{Limit: time.Second}, broker.CodeTimeout, "smaller parts"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := store.Classify(tt.err)
			require.Equal(t, tt.code, broker.CodeOf(err))
			require.ErrorContains(t, err, tt.says)
		})
	}
	own := broker.Errorf(broker.CodeConflict, "of the domain")
	for _, passes := range []error{own, context.Canceled, context.DeadlineExceeded} {
		require.Equal(t, passes, store.Classify(passes), "it says enough already")
	}
}
