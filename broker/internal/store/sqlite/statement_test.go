package sqlite_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"github.com/treatyhq/treaty/broker/internal/store/sqlite"
)

type (
	colour string
	grade  int
	on     bool
)

// scan reads the one row of a query.
func scan(t *testing.T, query string, args []any, into ...any) (err error) {
	t.Helper()
	e := open(t, sqlite.Options{})
	require.NoError(t, e.View(t.Context(), func(ctx context.Context, q engine.Querier) error {
		err = q.Query(ctx, query, args, func(row engine.Row) (bool, error) { return false, row.Scan(into...) })
		return nil
	}))
	return err
}

func TestARowIsReadIntoTheTypesOfTheStore(t *testing.T) {
	t.Parallel()
	var (
		whole   int64
		small   int
		yes     bool
		real    float64
		text    string
		bytes   []byte
		none    []byte
		maybe   *bool
		unknown *bool
		own     sql.NullString
		name    colour
		number  grade
		flag    on
	)
	require.NoError(t, scan(t, `SELECT 1, 2, 1, 1.5, 'a', x'00ff', NULL, 1, NULL, 'own', 'red', 3, 1`, nil,
		&whole, &small, &yes, &real, &text, &bytes, &none, &maybe, &unknown, &own, &name, &number, &flag))
	require.Equal(t, []any{int64(1), 2, true, 1.5, "a", []byte{0, 255}, []byte(nil), "own", colour("red"), grade(3), on(true)},
		[]any{whole, small, yes, real, text, bytes, none, own.String, name, number, flag})
	require.True(t, *maybe)
	require.Nil(t, unknown)
}

func TestARowThatDoesNotFitIsAnError(t *testing.T) {
	t.Parallel()
	var text string
	var odd struct{}
	require.ErrorContains(t, scan(t, `SELECT 1, 2`, nil, &text), "2 columns")
	require.ErrorContains(t, scan(t, `SELECT NULL AS name`, nil, &text), "column name: it is NULL")
	require.ErrorContains(t, scan(t, `SELECT 1`, nil, &odd), "cannot be read into")
	require.ErrorContains(t, scan(t, `SELECT 1`, nil, text), "cannot be read into")
}

func TestArgumentsOfNamedTypesAreBoundAsWhatTheyAre(t *testing.T) {
	t.Parallel()
	var kinds string
	require.NoError(t, scan(t, `SELECT typeof($1) || typeof($2) || typeof($3) || typeof($4)`, []any{colour("red"), grade(3), float32(1.5), (*int64)(nil)}, &kinds))
	require.Equal(t, "textintegerrealnull", kinds)
	require.ErrorContains(t, scan(t, `SELECT $1`, []any{struct{}{}}, &kinds), "argument 1")
}

func TestPlacesWhereNoDatabaseCanBeAreRefusedInWords(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for path, want := range map[string]string{
		filepath.Join(folder, "nowhere", "a.db"): "does not exist: create it",
		filepath.Join(file, "a.db"):              "not a",
		folder:                                   "name a file in it",
	} {
		_, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		require.ErrorContains(t, err, want, path)
	}
}
