package engine_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// fake is a transaction that keeps what it is asked.
type fake struct {
	engine.Querier
	asked []string
	takes time.Duration
}

var errFake = errors.New("refused")

func (f *fake) note(query string) error {
	f.asked = append(f.asked, query)
	time.Sleep(f.takes)
	return errFake
}

func (f *fake) Exec(_ context.Context, query string, _ []any) (int64, error) {
	return 3, f.note(query)
}

func (f *fake) Insert(_ context.Context, query string, _ []any) (int64, error) {
	return 7, f.note(query)
}

func (f *fake) Query(_ context.Context, query string, _ []any, _ func(engine.Row) (bool, error)) error {
	return f.note(query)
}

// run runs a statement of each kind on q and returns nothing of them but that
// their answers came through.
func run(t *testing.T, q engine.Querier) {
	t.Helper()
	secret := []any{"hunter2"}
	n, err := q.Exec(t.Context(), "UPDATE  a\n\tSET b = ?", secret)
	require.Equal(t, int64(3), n, "logging changes no answer")
	require.ErrorIs(t, err, errFake, "logging hides no error")
	n, err = q.Insert(t.Context(), "INSERT INTO a VALUES (?)", secret)
	require.Equal(t, int64(7), n, "logging changes no answer")
	require.ErrorIs(t, err, errFake, "logging hides no error")
	require.ErrorIs(t, q.Query(t.Context(), "SELECT b FROM a WHERE c = ?", secret, nil), errFake, "logging hides no error")
}

func TestStatementsAreLoggedByTextAndNeverByValue(t *testing.T) {
	t.Parallel()
	debug := slog.LevelDebug
	for _, tt := range []struct {
		name       string
		statements engine.StatementLog
		level      slog.Level
		takes      time.Duration
		logged     bool
		says       string
	}{
		{"none", engine.StatementLog{}, slog.LevelDebug, 0, false, ""},
		{"all", engine.StatementLog{Level: &debug}, slog.LevelDebug, 0, true, "level=DEBUG msg=statement"},
		{"all, where the log wants less", engine.StatementLog{Level: &debug}, slog.LevelInfo, 0, false, ""},
		{"slow ones", engine.StatementLog{SlowAfter: time.Millisecond}, slog.LevelInfo, 2 * time.Millisecond, true, `level=WARN msg="slow statement"`},
		{"slow ones, of which there is none", engine.StatementLog{SlowAfter: time.Hour}, slog.LevelInfo, 0, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var text bytes.Buffer
			log := engine.Log{To: slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: tt.level})), Statements: tt.statements}
			f := &fake{takes: tt.takes}
			run(t, log.Of(f))
			require.Len(t, f.asked, 3, "logging leaves no statement out")
			require.NotContains(t, text.String(), "hunter2", "values may be secrets and are not logged")
			if !tt.logged {
				require.Empty(t, text.String(), "nothing is logged that nobody wants")
				return
			}
			for _, statement := range []string{"UPDATE a SET b = ?", "INSERT INTO a VALUES (?)", "SELECT b FROM a WHERE c = ?"} {
				require.Contains(t, text.String(), statement, "each statement is logged in one line")
			}
			require.Contains(t, text.String(), tt.says, "statements have the level that is set")
		})
	}
}

func TestWhiteSpaceOfAStatementIsFolded(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{"\n\t SELECT  1\n\tFROM a \n": "SELECT 1 FROM a", "": "", " ": ""} {
		require.Equal(t, want, engine.Squeeze(query))
	}
}

func TestALongUpdateIsToldByItsLimit(t *testing.T) {
	t.Parallel()
	require.EqualError(t, &engine.LimitError{Limit: 15 * time.Second}, "the update took longer than 15s")
}
