package store_test

import (
	"database/sql"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/scale"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// What pages ask of a thousand applications must not go through all of them for each of
// them. It happens where a planner takes many rows for few: it knows the tables, and not
// the values that one plan has to serve.
func TestNoPageGoesThroughAllForEachOnPostgres(t *testing.T) {
	t.Parallel()
	s := storetest.Postgres(t, store.Options{})
	const applications = 1000
	require.NoError(t, scale.Load(t.Context(), s, scale.Size{Applications: applications, Results: 10_000, Contents: 6000, Versions: 8000}, nil))
	var asked []statement
	seen := map[string]bool{}
	recorded := store.Recording(s, func(query string, args []any) {
		if !seen[query] {
			seen[query] = true
			asked = append(asked, statement{query, args})
		}
	})
	look, ctx := usecase.New(recorded, kernel.DefaultSettings()).Overview, t.Context()
	_, err := look.Everything(ctx)
	require.NoError(t, err)
	_, err = look.LookAtEnvironment(ctx, scale.Environment)
	require.NoError(t, err)
	_, err = look.LookAtApplication(ctx, overview.ApplicationQuery{Name: scale.ProviderOfFifty, Page: kernel.Page{Number: 1, Size: 20}})
	require.NoError(t, err)
	require.NotEmpty(t, asked)
	for _, one := range asked {
		if explainable(one.query) {
			require.Less(t, leftOut(t, s.DB(), one), float64(50*applications), one.query)
		}
	}
}

// leftOut runs a statement by the plan that serves all values, and returns how many pairs
// of rows its joins have looked at for nothing.
func leftOut(t *testing.T, db *sql.DB, one statement) float64 {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }() // nothing to keep
	values := make([]string, len(one.args))
	for i, value := range one.args {
		values[i] = literal(value)
	}
	execute := "EXECUTE one"
	if len(values) > 0 {
		execute += "(" + strings.Join(values, ", ") + ")"
	}
	for _, statement := range []string{"SET LOCAL plan_cache_mode = force_generic_plan", "PREPARE one AS " + one.query} {
		_, err = tx.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	var text string
	require.NoError(t, tx.QueryRowContext(t.Context(), "EXPLAIN (ANALYZE, FORMAT JSON) "+execute).Scan(&text), one.query)
	_, err = tx.ExecContext(t.Context(), "DEALLOCATE one")
	require.NoError(t, err)
	var plans []struct{ Plan ranNode }
	require.NoError(t, json.Unmarshal([]byte(text), &plans))
	return plans[0].Plan.leftOut()
}

// leftOut is how many pairs of rows joins have looked at for nothing.
func (n ranNode) leftOut() float64 {
	out := n.Loops * n.Unjoined
	for _, below := range n.Plans {
		out += below.leftOut()
	}
	return out
}
