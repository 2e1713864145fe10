package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

func ensure(tx kernel.Tx, name string) error {
	_, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: name, DisplayName: name, CreatedAt: time.Unix(1, 0)})
	return err
}

func namesIn(t *testing.T, s *store.Store) []string {
	t.Helper()
	var names []string
	require.NoError(t, s.View(t.Context(), func(tx kernel.Tx) error {
		var err error
		names, err = tx.ListPacticipantNames()
		return err
	}))
	return names
}

// TestUpdatesThatMeetDoNotShareTheirFate lets many updates wait for one
// transaction: those that fail, panic or are given up leave nothing, the others
// all of theirs.
func TestUpdatesThatMeetDoNotShareTheirFate(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, store.Options{})
			why := errors.New("no")
			var wg sync.WaitGroup
			outcomes := make([]any, 60)
			start := make(chan struct{})
			for i := range outcomes {
				wg.Go(func() {
					defer func() {
						if p := recover(); p != nil {
							outcomes[i] = p
						}
					}()
					ctx, cancel := context.WithCancel(context.Background())
					defer cancel()
					<-start
					outcomes[i] = s.Update(ctx, func(tx kernel.Tx) error {
						if err := ensure(tx, fmt.Sprintf("P%02d", i)); err != nil {
							return err
						}
						switch i % 6 {
						case 1:
							return why
						case 2:
							panic("oh")
						case 3:
							cancel()
							return ctx.Err()
						}
						return nil
					})
				})
			}
			close(start)
			wg.Wait()
			var want []string
			for i, outcome := range outcomes {
				switch i % 6 {
				case 1:
					require.ErrorIs(t, outcome.(error), why)
				case 2:
					require.Equal(t, "oh", outcome)
				case 3:
					require.ErrorIs(t, outcome.(error), context.Canceled)
				default:
					require.Nil(t, outcome)
					want = append(want, fmt.Sprintf("P%02d", i))
				}
			}
			require.Equal(t, want, namesIn(t, s))
		})
	}
}

func TestClosingLetsRunningUpdatesFinish(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), t.TempDir()+"/a.db", store.Options{})
	require.NoError(t, err)
	running, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.Update(context.Background(), func(tx kernel.Tx) error {
			close(running)
			return ensure(tx, "Foo")
		})
	}()
	<-running
	require.NoError(t, s.Close())
	require.NoError(t, <-done)
	require.Equal(t, kernel.CodeUnavailable, kernel.CodeOf(s.Update(t.Context(), func(kernel.Tx) error { return nil })))
}
