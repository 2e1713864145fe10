package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// endless is a statement that writes and would not end.
const endless = `INSERT INTO label (pacticipant_id, name, created_at)
	WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT id, i, 0 FROM n JOIN pacticipant ORDER BY i`

// holding starts an update that keeps the writer and waits until it does.
func holding(ctx context.Context, s *store.Store) <-chan error {
	running, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.Update(ctx, func(tx kernel.Tx) error {
			if err := ensure(tx, "Holder"); err != nil {
				return err
			}
			close(running)
			return store.Exec(tx, endless)
		})
	}()
	<-running
	return done
}

func TestAnUpdateEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	s := storetest.SQLite(t, store.Options{StatementTimeout: time.Hour})
	ctx, leave := context.WithCancel(t.Context())
	done := holding(ctx, s)
	waiting := make(chan error, 1)
	go func() { waiting <- s.Update(t.Context(), func(tx kernel.Tx) error { return ensure(tx, "Other") }) }()
	leave()
	require.ErrorIs(t, <-done, context.Canceled)
	require.NoError(t, <-waiting)
	require.Equal(t, []string{"Other"}, namesIn(t, s))
}

func TestAnUpdateMayNotKeepOthersWaitingForLong(t *testing.T) {
	t.Parallel()
	s := storetest.SQLite(t, store.Options{StatementTimeout: 50 * time.Millisecond})
	err := <-holding(t.Context(), s)
	require.Equal(t, kernel.CodeTimeout, kernel.CodeOf(err))
	require.ErrorContains(t, err, "smaller parts")
	require.Empty(t, namesIn(t, s))
	require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error { return ensure(tx, "Next") }))
}

func TestWhoWaitsForItsTurnMayLeave(t *testing.T) {
	t.Parallel()
	s := storetest.SQLite(t, store.Options{StatementTimeout: time.Hour})
	holder, release := context.WithCancel(t.Context())
	done := holding(holder, s)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, s.Update(ctx, func(kernel.Tx) error { panic("it had no turn") }), context.DeadlineExceeded)
	release()
	require.ErrorIs(t, <-done, context.Canceled)
}

func TestClosingEndsWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), t.TempDir()+"/a.db", store.Options{StatementTimeout: time.Hour})
	require.NoError(t, err)
	done := holding(context.Background(), s)
	started := time.Now()
	require.NoError(t, s.Close())
	require.Less(t, time.Since(started), 10*time.Second)
	require.Equal(t, kernel.CodeUnavailable, kernel.CodeOf(<-done))
}

// TestAnInterruptedUpdateTakesNoOtherWithIt lets updates share transactions with
// some that are interrupted while they write, by which SQLite loses the whole.
func TestAnInterruptedUpdateTakesNoOtherWithIt(t *testing.T) {
	t.Parallel()
	s := storetest.SQLite(t, store.Options{StatementTimeout: time.Hour})
	holder, release := context.WithCancel(t.Context())
	done := holding(holder, s) // the others gather meanwhile
	const updates = 60
	errs := make([]error, updates)
	var wg sync.WaitGroup
	for i := range updates {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			errs[i] = s.Update(ctx, func(tx kernel.Tx) error {
				if err := ensure(tx, fmt.Sprintf("P%02d", i)); err != nil || i%7 != 3 {
					return err
				}
				time.AfterFunc(time.Millisecond, cancel)
				return store.Exec(tx, endless)
			})
		})
	}
	release()
	require.ErrorIs(t, <-done, context.Canceled)
	wg.Wait()
	var want []string
	for i, err := range errs {
		if i%7 == 3 {
			require.ErrorIs(t, err, context.Canceled)
			continue
		}
		require.NoError(t, err, "update %d", i)
		want = append(want, fmt.Sprintf("P%02d", i))
	}
	require.Equal(t, want, namesIn(t, s))
	storetest.Sound(t, s)
}
