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

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
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
		code kernel.Code
		says string
	}{
		{"SQLite: a name twice", lite(sqlite3.SQLITE_CONSTRAINT_UNIQUE), kernel.CodeConflict, "one already"},
		{"SQLite: a reference to nothing", lite(sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY), kernel.CodeConflict, "gone"},
		{"SQLite: a full disk", lite(sqlite3.SQLITE_FULL), kernel.CodeUnavailable, "free some space"},
		{"SQLite: a file that is read-only", lite(sqlite3.SQLITE_READONLY_DIRECTORY), kernel.CodeUnavailable, "read-only"},
		{"SQLite: a disk that fails", lite(sqlite3.SQLITE_IOERR_FSYNC), kernel.CodeUnavailable, "check it"},
		{"SQLite: another process has it", lite(sqlite3.SQLITE_BUSY), kernel.CodeUnavailable, "locked"},
		{"SQLite: anything else", lite(sqlite3.SQLITE_MISUSE), kernel.CodeInternal, ""},
		{"PostgreSQL: a name twice", post("23505"), kernel.CodeConflict, "one already"},
		{"PostgreSQL: a reference to nothing", post("23503"), kernel.CodeConflict, "gone"},
		{"PostgreSQL: a full disk", post("53100"), kernel.CodeUnavailable, "free some space"},
		{"PostgreSQL: a replica", post("25006"), kernel.CodeUnavailable, "primary"},
		{"PostgreSQL: a statement that took too long", post("57014"), kernel.CodeUnavailable, "too long"},
		{"PostgreSQL: a deadlock", post("40P01"), kernel.CodeUnavailable, "same data"},
		{"PostgreSQL: a text with a zero byte", post("22021"), kernel.CodeInvalid, "zero byte"},
		{"PostgreSQL: too many connections", post("53300"), kernel.CodeUnavailable, "has no connection or no memory"},
		{"PostgreSQL: anything else", post("42601"), kernel.CodeInternal, ""},
		{"a server that is away", &pgconn.ConnectError{Config: &pgconn.Config{Host: "h"}}, kernel.CodeUnavailable, "cannot be reached"},
		{"a connection that broke", io.ErrUnexpectedEOF, kernel.CodeUnavailable, "cannot be reached"},
		{"a connection that was closed", driver.ErrBadConn, kernel.CodeUnavailable, "cannot be reached"},
		{"no row", sql.ErrNoRows, kernel.CodeNotFound, "not found"},
		{"the end of the store", engine.ErrClosed, kernel.CodeUnavailable, "shutting down"},
		{"an update that kept all waiting", &engine.LimitError{Limit: time.Second}, kernel.CodeTimeout, "smaller parts"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := store.Classify(tt.err)
			require.Equal(t, tt.code, kernel.CodeOf(err))
			require.ErrorContains(t, err, tt.says)
		})
	}
	own := kernel.Errorf(kernel.CodeConflict, "of the domain")
	for _, passes := range []error{own, context.Canceled, context.DeadlineExceeded} {
		require.Equal(t, passes, store.Classify(passes), "it says enough already")
	}
}
