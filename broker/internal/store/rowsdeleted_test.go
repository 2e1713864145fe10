package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"github.com/treatyhq/treaty/broker/internal/store/scale"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// Histories that differ in nothing but length, in which branches, tags and contents
// are all longer than what is followed row by row.
var (
	someHistory = scale.Size{Applications: 60, Results: 30_000, Contents: 1000, Versions: 9600, TagEvery: 1}
	fourTimes   = scale.Size{Applications: 60, Results: 120_000, Contents: 1000, Versions: 38_400, TagEvery: 1}
)

// deletion takes something from a history. What it deletes comes back afterwards.
type deletion struct {
	name string
	do   func(tx kernel.Tx) error
}

func deletions() []deletion {
	const consumer, provider = "app-0004", scale.ProviderOfFifty
	party := func(tx kernel.Tx, name string) (kernel.Pacticipant, error) {
		return kernel.FindParty(tx, kernel.RolePacticipant, name)
	}
	// oldest and newest of the provider's versions.
	versions := func(tx kernel.Tx, of string, n int, newest bool) ([]kernel.Version, error) {
		p, err := party(tx, of)
		if err != nil {
			return nil, err
		}
		last, err := tx.FindLatestVersion(p.ID)
		if err != nil {
			return nil, err
		}
		count := int(last.ID-p.ID)/someHistory.Applications + 1 // the same number of each
		var out []kernel.Version
		for i := range n {
			if newest {
				i = count - 1 - i
			}
			v, err := tx.FindVersion(p.ID, fmt.Sprintf("1.%d.0", i))
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	}
	branch := func(tx kernel.Tx, of, name string) (kernel.Branch, error) {
		p, err := party(tx, of)
		if err != nil {
			return kernel.Branch{}, err
		}
		return tx.FindBranch(p.ID, name)
	}
	var out []deletion
	add := func(name string, do func(kernel.Tx) error) { out = append(out, deletion{name, do}) }
	for _, which := range []struct {
		name   string
		of     string
		newest bool
	}{
		{"oldest versions of a provider", provider, false}, {"newest versions of a provider", provider, true},
		{"oldest versions of a consumer", consumer, false}, {"newest versions of a consumer", consumer, true},
	} {
		add("the "+which.name, func(tx kernel.Tx) error {
			found, err := versions(tx, which.of, 5, which.newest)
			if err != nil {
				return err
			}
			return tx.DeleteVersions(kernel.VersionIDs(found))
		})
		add("a tag of the "+which.name, func(tx kernel.Tx) error {
			found, err := versions(tx, which.of, 1, which.newest)
			if err != nil {
				return err
			}
			return tx.RemoveTag(found[0], "prod")
		})
		add("the branch of the "+which.name, func(tx kernel.Tx) error {
			found, err := versions(tx, which.of, 1, which.newest)
			if err != nil {
				return err
			}
			branches, err := tx.BranchesOf(kernel.VersionIDs(found))
			if err != nil {
				return err
			}
			b, err := branch(tx, which.of, branches[found[0].ID][0].Branch)
			if err != nil {
				return err
			}
			return tx.RemoveFromBranch(b.ID, found[0].ID)
		})
	}
	add("a feature branch", func(tx kernel.Tx) error {
		found, err := versions(tx, provider, 20, true)
		if err != nil {
			return err
		}
		branches, err := tx.BranchesOf(kernel.VersionIDs(found))
		if err != nil {
			return err
		}
		for _, v := range found {
			if on := branches[v.ID]; len(on) > 0 && on[0].Branch != scale.Branch {
				b, err := branch(tx, provider, on[0].Branch)
				if err != nil {
					return err
				}
				return tx.DeleteBranch(b.ID)
			}
		}
		return errors.New("no feature branch")
	})
	add("a part of a long branch", func(tx kernel.Tx) error {
		b, err := branch(tx, provider, scale.Branch)
		if err != nil {
			return err
		}
		_, err = tx.ThinBranch(b.ID, 10)
		return err
	})
	for name, newest := range map[string]bool{"the newest result": true, "the oldest result": false} {
		add(name+" of a content", func(tx kernel.Tx) error {
			c, err := party(tx, consumer)
			if err != nil {
				return err
			}
			p, err := party(tx, provider)
			if err != nil {
				return err
			}
			pact, _, err := kernel.FindPublication(tx, kernel.PactQuery{Consumer: c.Name, Provider: p.Name, Latest: true})
			if err != nil {
				return err
			}
			query := `SELECT MIN(id) FROM verification WHERE content_id = $1`
			if newest {
				query = `SELECT MAX(id) FROM verification WHERE content_id = $1`
			}
			id, err := store.One(tx, query, pact.ContentID)
			if err != nil {
				return err
			}
			return tx.DeleteVerification(id)
		})
	}
	add("the pact of the newest version", func(tx kernel.Tx) error {
		pact, _, err := kernel.FindPublication(tx, kernel.PactQuery{Consumer: consumer, Provider: provider, Latest: true})
		if err != nil {
			return err
		}
		return tx.DeletePublications([]kernel.PactPublication{pact})
	})
	return out
}

var errBack = errors.New("what was deleted comes back")

// What a deletion reads does not grow with history: rows that sum it up are found again
// from what is next to what has gone.
func TestRowsReadByDeletionsDoNotGrowWithHistoryPostgres(t *testing.T) {
	t.Parallel()
	read := func(size scale.Size) (map[string]int, map[string]string) {
		s := storetest.Postgres(t, store.Options{})
		require.NoError(t, scale.Load(t.Context(), s, size, nil))
		rows, worst := map[string]int{}, map[string]string{}
		for _, d := range deletions() {
			most := -1
			err := store.Weighed(s, func(ctx context.Context, q engine.Querier, query string, args []any) error {
				if !explainable(query) {
					return nil
				}
				n, err := rowsOfPlanned(ctx, q, query, args)
				rows[d.name] += n
				if n > most {
					most, worst[d.name] = n, fmt.Sprintf("%d rows by %s", n, strings.Join(strings.Fields(query), " "))
				}
				return err
			}).Update(t.Context(), func(tx kernel.Tx) error {
				if err := d.do(tx); err != nil {
					return err
				}
				return errBack
			})
			require.ErrorIs(t, err, errBack, d.name)
		}
		return rows, worst
	}
	few, _ := read(someHistory)
	many, worst := read(fourTimes)
	for _, name := range slices.Sorted(maps.Keys(many)) {
		if many[name] > few[name]+few[name]/4+100 {
			t.Errorf("%s reads %d rows of a history and %d of one that is four times as long, %s", name, few[name], many[name], worst[name])
		}
	}
}

// A page of a long branch reads the versions of the page. How many there are is counted
// along an index, without a look at any of them.
func TestAPageOfALongBranchReadsItsVersionsOnlyPostgres(t *testing.T) {
	t.Parallel()
	s := storetest.Postgres(t, store.Options{})
	require.NoError(t, scale.Load(t.Context(), s, fourTimes, nil))
	rows, total := 0, 0
	require.NoError(t, store.Weighed(s, func(ctx context.Context, q engine.Querier, query string, args []any) error {
		if !explainable(query) {
			return nil
		}
		n, err := rowsOfPlanned(ctx, q, query, args)
		rows += n
		return err
	}).Update(t.Context(), func(tx kernel.Tx) error {
		p, err := tx.FindPacticipant(scale.ProviderOfFifty)
		if err != nil {
			return err
		}
		b, err := tx.FindBranch(p.ID, scale.Branch)
		if err != nil {
			return err
		}
		rows = 0
		var found []kernel.Version
		found, total, err = tx.ListVersions(kernel.VersionFilter{PacticipantID: p.ID, BranchID: b.ID, Page: kernel.Page{Number: 1, Size: 20}})
		require.Len(t, found, 20)
		return err
	}))
	require.Greater(t, total, 500)
	require.Less(t, rows, total+100)
}

// rowsOfPlanned runs a statement as it is planned for any values, takes back what it
// did, and returns how many rows came out of tables and indexes.
func rowsOfPlanned(ctx context.Context, q engine.Querier, query string, args []any) (int, error) {
	values := make([]string, len(args))
	for i, arg := range args {
		values[i] = literal(arg)
	}
	call := ""
	if len(args) > 0 {
		call = "(" + strings.Join(values, ", ") + ")"
	}
	for _, before := range []string{"SAVEPOINT weighing", "SET LOCAL enable_seqscan = off", "PREPARE weighed AS " + query} {
		if _, err := q.Exec(ctx, before, nil); err != nil {
			return 0, fmt.Errorf("%s: %w", before, err)
		}
	}
	var text string
	if err := q.Query(ctx, "EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE weighed"+call, nil, func(row engine.Row) (bool, error) {
		return true, row.Scan(&text)
	}); err != nil {
		return 0, fmt.Errorf("%s: %w", query, err)
	}
	for _, after := range []string{"ROLLBACK TO SAVEPOINT weighing", "RELEASE SAVEPOINT weighing", "DEALLOCATE weighed"} {
		if _, err := q.Exec(ctx, after, nil); err != nil {
			return 0, fmt.Errorf("%s: %w", after, err)
		}
	}
	var plans []struct{ Plan ranNode }
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		return 0, err
	}
	return int(plans[0].Plan.read()), nil
}

// literal writes a value as it may stand in a statement.
func literal(value any) string {
	quote := func(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
	switch v := value.(type) {
	case nil:
		return "NULL"
	case string:
		return quote(v)
	case []string:
		return quote("{" + strings.Join(v, ",") + "}")
	case []int64:
		return quote("{" + strings.Trim(strings.Join(strings.Fields(fmt.Sprint(v)), ","), "[]") + "}")
	case time.Time:
		return quote(v.Format(time.RFC3339Nano))
	default:
		return fmt.Sprint(v)
	}
}

// SQLite goes to the rows of a deletion by indexes too, and sorts none of them to find
// one.
func TestDeletionsReadNothingOfHistoryWholeSQLite(t *testing.T) {
	t.Parallel()
	s := storetest.SQLite(t, store.Options{})
	require.NoError(t, scale.Load(t.Context(), s, shortHistory, nil))
	for _, d := range deletions() {
		var ran []statement
		err := store.Weighed(s, func(_ context.Context, _ engine.Querier, query string, args []any) error {
			ran = append(ran, statement{query, args})
			return nil
		}).Update(t.Context(), func(tx kernel.Tx) error {
			if err := d.do(tx); err != nil {
				return err
			}
			return errBack
		})
		require.ErrorIs(t, err, errBack, d.name)
		for _, st := range ran {
			if explainable(st.query) {
				for _, problem := range readWhole(t, s.DB(), st) {
					t.Errorf("%s %s:\n%s", d.name, problem, st.query)
				}
			}
		}
	}
}
