package delivery_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/webhook/delivery"
)

// minutes is a schedule of whole minutes.
type minutes struct{ every time.Duration }

func (m minutes) Next(after time.Time) time.Time { return after.Truncate(m.every).Add(m.every) }

func TestPeriodicWorkFollowsItsSchedule(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(t.Context(), path, store.Options{})
		require.NoError(t, err)
		runs := make(chan time.Time, 10)
		d, err := delivery.New(db, nil, delivery.Config{
			Log: slog.New(slog.DiscardHandler),
			Periodic: []delivery.Periodic{{Name: "count", Schedule: minutes{2 * time.Minute}, Run: func(context.Context) error {
				runs <- time.Now()
				return nil
			}}},
		})
		require.NoError(t, err)
		d.Start()
		begun := time.Now()
		for n := range 3 {
			due := begun.Truncate(2 * time.Minute).Add(time.Duration(n+1) * 2 * time.Minute)
			ran := <-runs
			require.False(t, ran.Before(due), "run %d at %s, due at %s", n, ran, due)
			require.Less(t, ran.Sub(due), 10*time.Second, "run %d", n)
		}
		require.NoError(t, d.Stop(context.Background()))
		require.NoError(t, db.Close())
	})
}

func TestWorkThatTakesLongRestsBeforeItBeginsAgain(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		work  delivery.Periodic
		takes time.Duration
		want  []time.Duration // when it begins, since the start
	}{
		"shorter than its interval": {delivery.Periodic{Every: time.Minute}, 24 * time.Second, []time.Duration{time.Minute, 2 * time.Minute, 3 * time.Minute}},
		"longer than its interval":  {delivery.Periodic{Every: time.Minute}, 90 * time.Second, []time.Duration{time.Minute, 210 * time.Second, 6 * time.Minute}},
		"longer than its schedule":  {delivery.Periodic{Schedule: minutes{time.Minute}}, 90 * time.Second, []time.Duration{time.Minute, 3 * time.Minute, 5 * time.Minute}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "a.db")
			synctest.Test(t, func(t *testing.T) {
				db, err := store.Open(t.Context(), path, store.Options{Log: slog.New(slog.DiscardHandler)})
				require.NoError(t, err)
				runs := make(chan time.Time, 10)
				tt.work.Name = "clean"
				tt.work.Run = func(context.Context) error {
					runs <- time.Now()
					time.Sleep(tt.takes)
					return nil
				}
				d, err := delivery.New(db, nil, delivery.Config{Log: slog.New(slog.DiscardHandler), Periodic: []delivery.Periodic{tt.work}})
				require.NoError(t, err)
				begun := time.Now()
				d.Start()
				for n, want := range tt.want {
					require.WithinDuration(t, begun.Add(want), <-runs, 15*time.Second, "run %d", n)
				}
				time.Sleep(tt.takes)
				require.NoError(t, d.Stop(context.Background()))
				require.NoError(t, db.Close())
			})
		})
	}
}
