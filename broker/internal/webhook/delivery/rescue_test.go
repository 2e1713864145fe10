package delivery

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// TestAnAttemptThatWasCutOffIsMadeAgain leaves two attempts as brokers leave
// them that were killed: one too long ago to be running still, one not.
func TestAnAttemptThatWasCutOffIsMadeAgain(t *testing.T) {
	t.Parallel()
	storetest.OnShared(t, store.Options{}, cutOffIsMadeAgain)
}

func cutOffIsMadeAgain(t *testing.T, db *store.Store) {
	t.Helper()
	prepared := make(asked, 10)
	d, err := New(db, prepared, Config{Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	require.NoError(t, d.Prepare(t.Context()))
	for uuid, since := range map[string]time.Duration{"cut off": 61 * time.Second, "perhaps running": 35 * time.Second} {
		tx, err := db.DB().BeginTx(t.Context(), nil)
		require.NoError(t, err)
		require.NoError(t, d.Enqueue(t.Context(), tx, []kernel.TriggeredWebhook{{UUID: uuid}}))
		_, err = tx.ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1, attempted_by = '{dead}', attempted_at = $1
			WHERE args->>'uuid' = $2`, time.Now().Add(-since), uuid)
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
	}
	d.Start()
	t.Cleanup(func() { require.NoError(t, d.Stop(context.Background())) })
	select {
	case uuid := <-prepared:
		require.Equal(t, "cut off", uuid)
	case <-time.After(time.Minute):
		t.Fatal("nobody makes the attempt again")
	}
	require.Empty(t, prepared)
}

// TestWhatADeadReplicaHadUnderWayIsTakenOver leaves an attempt and periodic work
// as a replica leaves them that was killed, beside those of one that lives.
func TestWhatADeadReplicaHadUnderWayIsTakenOver(t *testing.T) {
	t.Parallel()
	storetest.OnShared(t, store.Options{}, deadIsTakenOver)
}

func deadIsTakenOver(t *testing.T, db *store.Store) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	prepared, runs := make(asked, 10), make(chan string, 10)
	run := func(name string) Periodic {
		return Periodic{Name: name, Every: time.Hour, Run: func(context.Context) error { runs <- name; return nil }}
	}
	d, err := New(db, prepared, Config{Log: log, Periodic: []Periodic{run("of the dead"), run("of the living")}})
	require.NoError(t, err)
	require.NoError(t, d.Prepare(t.Context()))
	for _, replica := range []string{"dead", "living"} {
		_, err := db.Beat(t.Context(), replica)
		require.NoError(t, err)
		require.NoError(t, enqueue(t, d, db, "of the "+replica))
		_, err = db.DB().ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1, attempted_by = ARRAY['former', $1], attempted_at = now()
			WHERE args->>'uuid' = 'of the ' || $1`, replica)
		require.NoError(t, err)
		require.NoError(t, db.PlanPeriodic(t.Context(), "of the "+replica, time.Now().Add(-time.Minute)))
		mine, err := db.ClaimPeriodic(t.Context(), "of the "+replica, replica, time.Now())
		require.NoError(t, err)
		require.True(t, mine)
		mine, err = db.ClaimPeriodic(t.Context(), "of the "+replica, replica, time.Now())
		require.NoError(t, err)
		require.False(t, mine, "nobody else, and not twice")
	}
	living, stop := context.WithCancel(t.Context())
	var beats sync.WaitGroup
	defer func() { stop(); beats.Wait() }()
	beats.Go(func() {
		for sleep(living, time.Second) {
			_, _ = db.Beat(living, "living") // the test fails if it does not live
		}
	})
	d.Start()
	limit := time.After(15 * time.Second)
	for _, from := range []chan string{prepared, runs} {
		select {
		case name := <-from:
			require.Equal(t, "of the dead", name)
		case <-limit:
			t.Fatal("nobody takes it over")
		}
	}
	require.NoError(t, d.Stop(context.Background()))
	require.Empty(t, prepared)
	require.Empty(t, runs)
	others, err := db.Beat(t.Context(), "late")
	require.NoError(t, err)
	require.Len(t, others, 1, "the dead one is forgotten, the one that stopped has left")
}

// TestWhatWasUnderWayInAFileWhenItsBrokerEndedIsDone leaves a file as a broker leaves
// it that was killed a moment ago.
func TestWhatWasUnderWayInAFileWhenItsBrokerEndedIsDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db := sqliteFile(t)
		prepared, runs := make(asked, 10), make(chan time.Time, 10)
		d, err := New(db, prepared, Config{Log: slog.New(slog.DiscardHandler), Periodic: []Periodic{
			{Name: "clean", Every: time.Hour, Run: func(context.Context) error { runs <- time.Now(); return nil }},
		}})
		require.NoError(t, err)
		require.NoError(t, d.Prepare(t.Context()))
		require.NoError(t, enqueue(t, d, db, "cut off"))
		_, err = db.DB().ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1, attempted_by = '["dead"]', attempted_at = datetime('now')`)
		require.NoError(t, err)
		require.NoError(t, db.PlanPeriodic(t.Context(), "clean", time.Now().Add(-time.Minute)))
		mine, err := db.ClaimPeriodic(t.Context(), "clean", "dead", time.Now())
		require.NoError(t, err)
		require.True(t, mine)

		d.Start()
		time.Sleep(20 * time.Second)
		require.Len(t, prepared, 1)
		require.Len(t, runs, 1)
		require.NoError(t, d.Stop(context.Background()))
		require.NoError(t, db.Close())
	})
}
