package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker/internal/store/sqlite"
)

func openScratch(t *testing.T) *sqlite.Session {
	t.Helper()
	s, err := sqlite.OpenSession(filepath.Join(t.TempDir(), "scratch.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestArgumentsGoByTheirNumberWhateverTheirOrder(t *testing.T) {
	t.Parallel()
	s := openScratch(t)
	require.Equal(t, []any{int64(2), "one", int64(2)}, s.Row(t, `SELECT $2, $1, $2`, "one", 2))
	require.Equal(t, []any{"a", "b"}, s.Row(t, `SELECT ?, ?`, "a", "b"))
	_, err := s.Exec(`SELECT $1, $2`, "one")
	require.ErrorContains(t, err, "wants number 2")
}

func TestValuesComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	s := openScratch(t)
	for _, value := range []any{int64(-1 << 63), "", "ä\x00b", []byte{}, []byte{0, 255}, 1.5, nil} {
		require.Equal(t, []any{value}, s.Row(t, `SELECT $1`, value))
	}
	require.Equal(t, []any{int64(1), nil}, s.Row(t, `SELECT $1, $2`, true, []byte(nil)))
}

func TestOneStatementAtATime(t *testing.T) {
	t.Parallel()
	_, err := openScratch(t).Exec(`SELECT 1; DELETE FROM x`)
	require.ErrorContains(t, err, "more than one statement")
}

func TestAStatementMayRunInsideItself(t *testing.T) {
	t.Parallel()
	s := openScratch(t)
	const query = `SELECT value FROM json_each($1)`
	var seen []any
	require.NoError(t, s.Each(query, func(row []any) {
		seen = append(seen, row[0])
		require.NoError(t, s.Each(query, func(row []any) { seen = append(seen, row[0]) }, "[8,9]"))
	}, "[1,2]"))
	require.Equal(t, []any{int64(1), int64(8), int64(9), int64(2), int64(8), int64(9)}, seen)
}

func TestAnEndedContextInterruptsAndTheSessionGoesOn(t *testing.T) {
	t.Parallel()
	s := openScratch(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	release := s.Watch(ctx)
	_, err := s.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n`)
	release()
	require.ErrorContains(t, err, "interrupt")
	require.Equal(t, []any{int64(1)}, s.Row(t, `SELECT 1`))
}
