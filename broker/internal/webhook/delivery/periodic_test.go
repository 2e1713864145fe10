package delivery_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/webhook/delivery"
)

// TestPeriodicWorkRunsOnOneReplica starts three replicas with the same work,
// ends one after the other, and counts how often the work is done.
func TestPeriodicWorkRunsOnOneReplica(t *testing.T) {
	t.Parallel()
	storetest.OnShared(t, store.Options{MaxConnections: 16}, periodicWorkRunsOnce)
}

func periodicWorkRunsOnce(t *testing.T, db *store.Store) {
	t.Helper()
	const every = 2 * time.Second
	runs := make(chan time.Time, 100)
	var replicas []*delivery.Deliverer
	for range 3 {
		d, err := delivery.New(db, nil, delivery.Config{
			Log: slog.New(slog.DiscardHandler),
			Periodic: []delivery.Periodic{{Name: "count", Every: every, Run: func(context.Context) error {
				runs <- time.Now()
				return nil
			}}},
		})
		require.NoError(t, err)
		d.Start()
		t.Cleanup(func() { require.NoError(t, d.Stop(context.Background())) })
		replicas = append(replicas, d)
	}

	var first, last time.Time
	count := 0
	for _, d := range replicas {
		for range 2 {
			select {
			case last = <-runs:
			case <-time.After(time.Minute):
				t.Fatal("nobody does the work any more")
			}
			if count++; first.IsZero() {
				first = last
			}
		}
		require.NoError(t, d.Stop(t.Context()))
	}
	// Those that ran while the loop stopped a replica count as well.
	for len(runs) > 0 {
		last = <-runs
		count++
	}
	// A run may start late, which brings it closer to the next one.
	require.LessOrEqual(t, count, int(last.Sub(first)/every)+2, "more often than every %s", every)
}
