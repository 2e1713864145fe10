package audit_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/audit"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// TestABrokerWithoutARecordKeepsNone: what is refused goes its way all the same.
func TestABrokerWithoutARecordKeepsNone(t *testing.T) {
	t.Parallel()
	s := usecase.New(storetest.SQLite(t, store.Options{}), kernel.DefaultSettings()).Audit
	require.False(t, s.On())
	require.NoError(t, s.Deny(act(t, "denied")))
	events, more, err := s.List(t.Context(), audit.Query{Size: 9})
	require.NoError(t, err)
	require.False(t, more)
	require.Empty(t, events)
}

func TestEventsAreSelectedAndPaged(t *testing.T) {
	on(t, func(t *testing.T, _ *store.Store, s *audit.Service) {
		require.True(t, s.On())
		require.NoError(t, s.Deny(t.Context()), "the broker's own work is not refused")
		happen(t, s, 5) // event_0 to event_4
		require.NoError(t, s.Deny(act(t, "event_1")))
		names := func(q audit.Query) (names []string, more bool) {
			events, more, err := s.List(t.Context(), q)
			require.NoError(t, err)
			for _, e := range events {
				names = append(names, strings.TrimPrefix(e.Action, "event_"))
			}
			return names, more
		}
		for _, tt := range []struct {
			name string
			q    audit.Query
			want []string
			more bool
		}{
			{"the newest first", audit.Query{Size: 2}, []string{"1", "4"}, true},
			{"the page before the first is the first", audit.Query{Size: 2, Number: 0}, []string{"1", "4"}, true},
			{"the last page is full, and no more follow", audit.Query{Size: 2, Number: 3}, []string{"1", "0"}, false},
			{"a page beyond", audit.Query{Size: 2, Number: 4}, nil, false},
			{"the oldest first", audit.Query{Size: 3, Ascending: true}, []string{"0", "1", "2"}, true},
			{"what was done", audit.Query{Size: 9, Action: "event_1"}, []string{"1", "1"}, false},
			{"what was not allowed", audit.Query{Size: 9, Outcome: kernel.AuditDenied}, []string{"1"}, false},
			{"by nobody", audit.Query{Size: 9, Principal: "other"}, nil, false},
			{"by somebody", audit.Query{Size: 1, Principal: "p"}, []string{"1"}, true},
			{"in the future", audit.Query{Size: 9, Since: time.Now().Add(time.Hour)}, nil, false},
		} {
			got, more := names(tt.q)
			require.Equal(t, tt.want, got, tt.name)
			require.Equal(t, tt.more, more, tt.name)
		}
		_, _, err := s.List(t.Context(), audit.Query{Size: 9, From: kernel.NewID()})
		require.Equal(t, kernel.CodeInvalid, kernel.CodeOf(err), "an event that was cut away is no place to go on from")
		require.ErrorContains(t, err, "from")
	})
}

// faulty is a store that fails while it is told to.
type faulty struct {
	kernel.Store
	fails *atomic.Bool
}

func (f faulty) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	if f.fails.Load() {
		return errors.New("away")
	}
	return f.Store.Update(ctx, fn)
}

// lines is a log that can be read while it is written.
type lines struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.String()
}

// TestASealerThatFailsSaysSoOnceAndGoesOn: it begins without its database, as a broker
// may, and makes up for it; what is old is deleted by it, too.
func TestASealerThatFailsSaysSoOnceAndGoesOn(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t, store.Options{})
	old := usecase.New(audit.Around(db, func() time.Time { return time.Now().Add(-48 * time.Hour) }, kernel.NewID), kernel.DefaultSettings()).Audit
	happen(t, old, 1)
	fails := &atomic.Bool{}
	fails.Store(true)
	s := usecase.New(audit.Around(faulty{db, fails}, time.Now, kernel.NewID), kernel.DefaultSettings()).Audit
	var log lines
	sealer := s.Start(24*time.Hour, slog.New(slog.NewTextHandler(&log, nil)))
	defer sealer.Close()
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "could not be sealed") }, 5*time.Second, 10*time.Millisecond)
	kept, err := s.Keeping(t.Context())
	require.NoError(t, err)
	require.False(t, kept)
	fails.Store(false)
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "sealed again") }, 5*time.Second, 10*time.Millisecond)
	kept, err = s.Keeping(t.Context())
	require.NoError(t, err)
	require.True(t, kept, "what was not noted at the start is noted later")
	require.Eventually(t, func() bool { return verify(t, s).Events == 0 }, 5*time.Second, 10*time.Millisecond, "the old event is sealed, and deleted for its age")
	found := verify(t, s)
	require.Equal(t, int64(1), found.Seq)
	require.Empty(t, found.Break)
	require.Equal(t, 1, strings.Count(log.String(), "could not be sealed"), "a failure that lasts is told once")
}
