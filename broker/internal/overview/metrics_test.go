package overview_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// countingStore counts how often everything is counted.
type countingStore struct {
	kernel.Store
	counts chan struct{}
}

func (c countingStore) View(ctx context.Context, fn func(kernel.Tx) error) error {
	return c.Store.View(ctx, func(tx kernel.Tx) error { return fn(countingTx{tx, c.counts}) })
}

type countingTx struct {
	kernel.Tx
	counts chan struct{}
}

func (c countingTx) CountAll() (kernel.Metrics, error) {
	c.counts <- struct{}{}
	return c.Tx.CountAll()
}

func publishPact(t *testing.T, store kernel.Store, version string) {
	t.Helper()
	s, err := story.Parse("a pact", "pact Shop "+version+" -> Stock content "+version)
	require.NoError(t, err)
	usecasetest.NewPlayer(t, store).Play(s.Steps)
}

// What a long history holds is counted once an hour, behind the requests, and says of
// when it is. A short one is counted each time.
func TestALongHistoryIsNotCountedForEachRequest(t *testing.T) {
	t.Parallel()
	for name, open := range usecasetest.Databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := countingStore{open(t), make(chan struct{}, 100)}
			service := usecase.New(store, kernel.DefaultSettings())
			now := time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
			service.Now = func() time.Time { return now }
			publish := func(version string) {
				t.Helper()
				publishPact(t, store.Store, version)
			}
			ask := func() kernel.Metrics {
				t.Helper()
				m, err := service.Overview.CountAll(t.Context())
				require.NoError(t, err)
				return m
			}
			counted := func(times int) {
				t.Helper()
				service.Overview.Counted()
				require.Len(t, store.counts, times)
			}
			publish("1")
			require.Equal(t, int64(1), ask().Publications)
			require.Zero(t, ask().CountedAt, "a short history is as it is now")
			counted(2)

			service.Overview.CountAtOnce(1)
			first := ask()
			require.Equal(t, int64(1), first.Publications, "who asks first waits")
			require.Equal(t, now, first.CountedAt.UTC())
			counted(3)

			publish("2")
			now = now.Add(59 * time.Minute)
			require.Equal(t, first, ask(), "what was counted last stands for an hour")
			counted(3)

			now = now.Add(time.Minute)
			require.Equal(t, first, ask(), "and is told while all is counted anew")
			counted(4)
			require.Equal(t, int64(2), ask().Publications)
			require.Equal(t, now, ask().CountedAt.UTC())
			counted(4)
		})
	}
}

// Of several replicas one counts. Who asks another meanwhile is told to ask again.
func TestOneReplicaCounts(t *testing.T) {
	t.Parallel()
	for name, open := range usecasetest.Databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := open(t)
			service := usecase.New(store, kernel.DefaultSettings())
			now := time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
			service.Now = func() time.Time { return now }
			publishPact(t, store, "1")
			service.Overview.CountAtOnce(1)
			claim := func(at time.Time) (mine bool) {
				require.NoError(t, store.Update(t.Context(), func(tx kernel.Tx) (err error) {
					mine, err = tx.ClaimCount(at, at.Add(-20*time.Minute))
					return err
				}))
				return mine
			}
			require.True(t, claim(now), "another one counts")
			_, err := service.Overview.CountAll(t.Context())
			require.Equal(t, kernel.CodeUnavailable, kernel.CodeOf(err))
			require.ErrorContains(t, err, "ask again")

			now = now.Add(20 * time.Minute) // it must have died
			m, err := service.Overview.CountAll(t.Context())
			require.NoError(t, err)
			require.Equal(t, int64(1), m.Publications)
			require.False(t, claim(now), "who counts has it")

			service.Overview.StopCounting(t.Context())
			now = now.Add(time.Hour)
			again, err := service.Overview.CountAll(t.Context())
			require.NoError(t, err)
			require.Equal(t, m, again, "a broker that stops begins no count")
		})
	}
}

// What a page shows of the counts is not waited for long.
func TestCountsSoFarAreThoseOfTheLastCount(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		usecasetest.Aged(s, &now)
		publish := func(number string) {
			t.Helper()
			_, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Foo", number, "main", "Bar"))
			require.NoError(t, err)
		}
		publish("1")
		m, known, err := s.Overview.CountSoFar(t.Context())
		require.NoError(t, err)
		require.True(t, known)
		require.Equal(t, []any{int64(1), time.Time{}}, []any{m.Versions, m.CountedAt}, "few rows are counted each time")

		s.Overview.CountAtOnce(1) // so that this history is long
		publish("2")
		var counted kernel.Metrics
		require.Eventually(t, func() bool {
			counted, known, err = s.Overview.CountSoFar(t.Context())
			return err == nil && known
		}, 10*time.Second, time.Millisecond)
		require.Equal(t, []any{int64(2), now}, []any{counted.Versions, counted.CountedAt.UTC()})
		publish("3")
		m, known, err = s.Overview.CountSoFar(t.Context())
		require.NoError(t, err)
		require.True(t, known)
		require.Equal(t, counted.Versions, m.Versions, "what was counted a moment ago is told")
		now = now.Add(2 * time.Hour)
		require.Eventually(t, func() bool {
			m, _, err := s.Overview.CountSoFar(t.Context())
			return err == nil && m.Versions == 3
		}, 10*time.Second, time.Millisecond, "it is counted anew behind the request")
		s.Overview.StopCounting(t.Context())
	})
}
