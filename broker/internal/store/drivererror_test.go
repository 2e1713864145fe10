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
		{"SQLite: a name twice", lite(sqlite3.SQLITE_CONSTRAINT_UNIQUE), kernel.CodeConflict, "stored the same meanwhile"},
		{"SQLite: a reference to nothing", lite(sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY), kernel.CodeConflict, "gone"},
		{"SQLite: a full disk", lite(sqlite3.SQLITE_FULL), kernel.CodeUnavailable, "free some space"},
		{"SQLite: a file that is read-only", lite(sqlite3.SQLITE_READONLY_DIRECTORY), kernel.CodeUnavailable, "read-only"},
		{"SQLite: a disk that fails", lite(sqlite3.SQLITE_IOERR_FSYNC), kernel.CodeUnavailable, "check it"},
		{"SQLite: another process has it", lite(sqlite3.SQLITE_BUSY), kernel.CodeUnavailable, "locked"},
		{"SQLite: anything else", lite(sqlite3.SQLITE_MISUSE), kernel.CodeInternal, ""},
		{"PostgreSQL: a name twice", post("23505"), kernel.CodeConflict, "stored the same meanwhile"},
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

// No state of PostgreSQL that is not a mistake of the broker's is an internal error.
func TestEveryClassOfPostgresHasAMeaning(t *testing.T) {
	t.Parallel()
	for class, code := range map[string]kernel.Code{
		"08": kernel.CodeUnavailable, "22": kernel.CodeInvalid, "26": kernel.CodeUnavailable, "28": kernel.CodeUnavailable,
		"3D": kernel.CodeUnavailable, "3F": kernel.CodeUnavailable, "40": kernel.CodeUnavailable, "53": kernel.CodeUnavailable,
		"54": kernel.CodeTooLarge, "55": kernel.CodeUnavailable, "57": kernel.CodeUnavailable, "58": kernel.CodeUnavailable,
		"72": kernel.CodeUnavailable, "F0": kernel.CodeUnavailable, "XX": kernel.CodeUnavailable,
		"03": "", "0B": "", "21": "", "24": "", "2D": "", "34": "", "38": "", "39": "", "3B": "", "42": "", "44": "", "HV": "", "P0": "",
	} {
		require.Equal(t, code, kernel.CodeOf(store.Classify(&pgconn.PgError{Code: class + "999"})), class)
	}
	for state, reason := range map[string]kernel.Reason{
		"08007": kernel.ReasonOutcomeUnknown, "40003": kernel.ReasonOutcomeUnknown,
		"28P01": kernel.ReasonLasting, "3D000": kernel.ReasonLasting, "42501": kernel.ReasonLasting, "XX001": kernel.ReasonLasting,
		"25006": "", "25P03": "", "25P04": "", "40001": "", "53300": "", "55P03": "", "57014": "", "57P01": "", "57P03": "", "XX000": "",
	} {
		err := store.Classify(&pgconn.PgError{Code: state})
		require.Equal(t, kernel.CodeUnavailable, kernel.CodeOf(err), state)
		require.Equal(t, reason, kernel.ReasonOf(err), state)
	}
}
