package store_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/webhook/delivery"
)

// replicas makes a database in which a replica has beaten twice and has three jobs
// under way: two webhooks, one of them for a minute, and periodic work. It leads the
// queue.
func replicas(t *testing.T, db *store.Store) {
	t.Helper()
	ctx := t.Context()
	d, err := delivery.New(db, nil, delivery.Config{Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	require.NoError(t, d.Prepare(ctx))
	for range 2 {
		_, err := db.Beat(ctx, "it")
		require.NoError(t, err)
	}
	for _, statement := range []string{
		`INSERT INTO river_job (args, kind, max_attempts, state, attempted_by, attempted_at) VALUES
			('{"n":1}', 'webhook', 5, 'running', '{other,it}', now()), ('{"n":2}', 'webhook', 5, 'running', '{it}', now() - interval '1 minute'),
			('{"n":3}', 'webhook', 5, 'running', '{it,other}', now() - interval '1 minute')`,
		`INSERT INTO river_leader (leader_id, elected_at, expires_at) VALUES ('it', now(), now() + interval '1 hour')`,
	} {
		_, err := db.DB().ExecContext(ctx, statement)
		require.NoError(t, err)
	}
	require.NoError(t, db.PlanPeriodic(ctx, "clean", time.Now().Add(-time.Minute)))
	mine, err := db.ClaimPeriodic(ctx, "clean", "it", time.Now())
	require.NoError(t, err)
	require.True(t, mine)
}

// free returns the jobs that anybody may take, whether periodic work may be, and
// whether nobody leads.
func free(t *testing.T, db *store.Store) (jobs []int, work, lead bool) {
	t.Helper()
	rows, err := db.DB().QueryContext(t.Context(), `SELECT (args->>'n')::int FROM river_job WHERE state = 'available' ORDER BY 1`)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var n int
		require.NoError(t, rows.Scan(&n))
		jobs = append(jobs, n)
	}
	require.NoError(t, rows.Err())
	require.NoError(t, db.DB().QueryRowContext(t.Context(), `SELECT runner IS NULL, NOT EXISTS (SELECT 1 FROM river_leader) FROM periodic_work`).Scan(&work, &lead))
	return jobs, work, lead
}

func TestReplicasTellTheirReleaseAndSinceWhen(t *testing.T) {
	t.Parallel()
	storetest.OnShared(t, store.Options{Release: "9.8.7"}, func(t *testing.T, db *store.Store) {
		begun := time.Now().Add(-time.Hour)
		for range 2 {
			_, err := db.Beat(t.Context(), "it")
			require.NoError(t, err)
		}
		_, err := db.DB().ExecContext(t.Context(), `INSERT INTO replica (id, beat, schema_version) VALUES ('older', 1, 120)`)
		require.NoError(t, err)
		var found []kernel.Replica
		require.NoError(t, db.View(t.Context(), func(tx kernel.Tx) (err error) {
			found, err = tx.ListReplicas()
			return err
		}))
		require.Len(t, found, 2)
		require.Equal(t, "it 9.8.7", found[0].Name+" "+found[0].Release)
		require.True(t, found[0].Since.After(begun), found[0].Since)
		require.Equal(t, kernel.Replica{Name: "older"}, found[1], "one that does not know the columns tells neither")
	})
}

func TestWhoIsDeadLosesAllThatItHadUnderWay(t *testing.T) {
	t.Parallel()
	storetest.OnShared(t, store.Options{}, func(t *testing.T, db *store.Store) {
		replicas(t, db)
		_, taken, err := db.TakeOver(t.Context(), "it", 1)
		require.NoError(t, err)
		require.False(t, taken, "it has beaten since")
		jobs, work, lead := free(t, db)
		require.Empty(t, jobs)
		require.False(t, work || lead)

		webhooks, taken, err := db.TakeOver(t.Context(), "it", 2)
		require.NoError(t, err)
		require.True(t, taken)
		require.EqualValues(t, 2, webhooks)
		jobs, work, lead = free(t, db)
		require.Equal(t, []int{1, 2}, jobs, "and not what another took after it")
		require.True(t, work && lead)
		_, taken, err = db.TakeOver(t.Context(), "it", 2)
		require.NoError(t, err)
		require.False(t, taken, "by one alone")
	})
}

func TestWhoLeavesLeavesNothingUnderWay(t *testing.T) {
	t.Parallel()
	storetest.OnShared(t, store.Options{}, func(t *testing.T, db *store.Store) {
		replicas(t, db)
		require.NoError(t, db.Leave(t.Context(), "it"))
		jobs, work, lead := free(t, db)
		require.Equal(t, []int{1, 2}, jobs)
		require.True(t, work && lead)
		others, err := db.Beat(t.Context(), "next")
		require.NoError(t, err)
		require.Empty(t, others)
	})
}

func TestOnlyWhatWasLostOnItsWayIsRecalled(t *testing.T) {
	t.Parallel()
	storetest.OnShared(t, store.Options{}, func(t *testing.T, db *store.Store) {
		replicas(t, db)
		var known int64
		require.NoError(t, db.DB().QueryRowContext(t.Context(), `SELECT id FROM river_job WHERE args->>'n' = '2'`).Scan(&known))
		webhooks, err := db.Recall(t.Context(), "it", []int64{known}, 30*time.Second)
		require.NoError(t, err)
		require.Zero(t, webhooks, "it knows of the one, and has had the other for a moment")
		webhooks, err = db.Recall(t.Context(), "it", []int64{}, 30*time.Second)
		require.NoError(t, err)
		require.EqualValues(t, 1, webhooks)
		jobs, _, _ := free(t, db)
		require.Equal(t, []int{2}, jobs)
	})
}

// Work goes to one of all who ask at the same moment, and only if its replica is
// known: nobody would take it over from another.
func TestPeriodicWorkIsOneReplicas(t *testing.T) {
	t.Parallel()
	storetest.OnShared(t, store.Options{}, func(t *testing.T, db *store.Store) {
		ctx := t.Context()
		require.NoError(t, db.PlanPeriodic(ctx, "clean", time.Now().Add(-time.Minute)))
		claim := func(ctx context.Context, runner string) bool {
			mine, err := db.ClaimPeriodic(ctx, "clean", runner, time.Now())
			require.NoError(t, err)
			return mine
		}
		require.False(t, claim(ctx, "nobody knows it"))
		names := []string{"a", "b", "c", "d", "e", "f"}
		for _, name := range names {
			_, err := db.Beat(ctx, name)
			require.NoError(t, err)
		}
		for range 5 {
			got := make(chan string, len(names))
			ended := make(chan error, len(names))
			for _, name := range names {
				go func() {
					mine, err := db.ClaimPeriodic(ctx, "clean", name, time.Now())
					if mine {
						got <- name
					}
					ended <- err
				}()
			}
			for range names {
				require.NoError(t, <-ended)
			}
			require.Len(t, got, 1)
			require.NoError(t, db.FinishPeriodic(ctx, "clean", "another", time.Now()), "which changes nothing")
			require.False(t, claim(ctx, "a"))
			require.NoError(t, db.FinishPeriodic(ctx, "clean", <-got, time.Now().Add(-time.Second)))
		}
	})
}
