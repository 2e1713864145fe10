package postgres

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// full takes as many connections as there are for a purpose, and returns how many.
func full(t *testing.T, a *admission, p purpose) (n int) {
	t.Helper()
	now, cancel := context.WithCancel(t.Context())
	cancel()
	for a.enter(now, p) == nil {
		n++
	}
	return n
}

func TestUpdatesLeaveAQuarterOfTheConnectionsToReads(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ most, updates int }{{1, 1}, {2, 1}, {4, 3}, {8, 6}, {12, 9}, {60, 45}} {
		a := newAdmission(tt.most, time.Second)
		require.Equal(t, tt.updates, full(t, a, toUpdate), "of %d", tt.most)
		require.Equal(t, tt.most-tt.updates, full(t, a, toRead), "reads find the others")
		a.leave(toRead)
		require.Zero(t, full(t, a, toUpdate), "what is kept for reads stays theirs")
		if tt.most > tt.updates {
			require.Equal(t, 1, full(t, a, toRead))
		}
	}
	a := newAdmission(8, time.Second)
	require.Equal(t, 8, full(t, a, toRead), "reads may have them all")
}

func TestWhoFindsNoConnectionWaitsForATimeAndThenIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAdmission(1, 5*time.Second)
		require.NoError(t, a.enter(t.Context(), toRead))
		begun := time.Now()
		require.ErrorIs(t, a.enter(t.Context(), toRead), engine.ErrBusy)
		require.Equal(t, 5*time.Second, time.Since(begun))

		why := errors.New("the client has left")
		leaving, leave := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { leave(why) })
		begun = time.Now()
		require.ErrorIs(t, a.enter(leaving, toRead), why)
		require.Equal(t, time.Second, time.Since(begun))

		time.AfterFunc(4*time.Second, func() { a.leave(toRead) })
		require.NoError(t, a.enter(t.Context(), toRead), "nobody who left stands in the line still")
		require.Zero(t, a.line.Len())
	})
}

// Who came first is served first, but nobody who reads waits behind an update that
// has to.
func TestTheLineKeepsItsOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAdmission(4, time.Minute) // 3 for updates
		require.Equal(t, 3, full(t, a, toUpdate))
		require.NoError(t, a.enter(t.Context(), toRead))
		var served []string
		for _, w := range []struct {
			name    string
			purpose purpose
		}{{"first update", toUpdate}, {"second update", toUpdate}, {"read", toRead}} {
			go func() {
				if a.enter(t.Context(), w.purpose) == nil {
					served = append(served, w.name)
				}
			}()
			synctest.Wait()
		}
		a.leave(toRead)
		synctest.Wait()
		require.Equal(t, []string{"read"}, served)
		a.leave(toUpdate)
		synctest.Wait()
		a.leave(toUpdate)
		synctest.Wait()
		require.Equal(t, []string{"read", "first update", "second update"}, served)
	})
}

func TestAFewConnectionsLessOfAServerThatHasNoMoreAndThenOneByOneAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAdmission(16, time.Second)
		require.Equal(t, 9, a.shrink(10), "an eighth is for others")
		require.Equal(t, 9, full(t, a, toRead))
		time.Sleep(growEvery + time.Millisecond)
		require.Equal(t, 1, full(t, a, toRead), "one more after a while")
		require.Zero(t, full(t, a, toRead))
		for range 20 {
			time.Sleep(growEvery + time.Millisecond)
			full(t, a, toRead)
		}
		require.Equal(t, 16, a.inUse, "and never more than there may be")
		require.Equal(t, 1, a.shrink(0), "without one nothing would ever be tried")
	})
}
