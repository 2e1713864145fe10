package delivery

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
)

// moody is a database that may be away.
type moody struct {
	*store.Store
	away atomic.Bool
	gone error // what it says while it is
}

func (m *moody) Beat(ctx context.Context, replica string) (map[string]int64, error) {
	if m.away.Load() {
		return nil, m.gone
	}
	return m.Store.Beat(ctx, replica)
}

// said is a log for tests.
type said struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lines.Write(p)
}

func (s *said) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Split(strings.TrimSpace(s.lines.String()), "\n")
}

func sqliteFile(t *testing.T) *store.Store {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "a.db"), store.Options{Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return db
}

func TestTheQueueStartsOnceTheDatabaseIsThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db := &moody{Store: sqliteFile(t), gone: errors.New("connection refused")}
		db.away.Store(true)
		service, log := asked(make(chan string, 10)), &said{}
		d, err := New(db, service, Config{Log: slog.New(slog.NewTextHandler(log, nil))})
		require.NoError(t, err)
		d.Start()
		d.Start()
		time.Sleep(time.Hour)
		require.Len(t, log.all(), 1, "told once, not each time")
		require.Contains(t, log.all()[0], "connection refused")

		db.away.Store(false)
		time.Sleep(longestWait + time.Second)
		require.Len(t, log.all(), 2, "and once more when it works")
		require.NoError(t, enqueue(t, d, db.Store, "x"))
		require.Equal(t, "x", <-service)

		db.away.Store(true)
		time.Sleep(5 * time.Minute)
		require.Len(t, log.all(), 3)
		db.away.Store(false)
		time.Sleep(time.Minute)
		require.Len(t, log.all(), 4)
		require.NoError(t, d.Stop(t.Context()))
		require.NoError(t, db.Close())
	})
}

func TestAQueueThatNeverStartedStopsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db := &moody{Store: sqliteFile(t), gone: errors.New("connection refused")}
		db.away.Store(true)
		for range 2 { // before its start, and while it waits for the database
			d, err := New(db, nil, Config{Log: slog.New(slog.DiscardHandler)})
			require.NoError(t, err)
			defer func() { require.NoError(t, db.Close()) }()
			require.NoError(t, d.Stop(t.Context()))
			d.Start()
			require.NoError(t, d.Stop(t.Context()), "stopped for good")
			d, err = New(db, nil, Config{Log: slog.New(slog.DiscardHandler)})
			require.NoError(t, err)
			d.Start()
			time.Sleep(time.Minute)
			begun := time.Now()
			require.NoError(t, d.Stop(t.Context()))
			require.Less(t, time.Since(begun), time.Second)
		}
	})
}

// The newer release may have taken away what this one would write.
func TestAQueueThatIsOutdatedSendsNoMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db := &moody{Store: sqliteFile(t), gone: kernel.Errorf(kernel.CodeUnavailable, "too old").WithReason(kernel.ReasonOutdated)}
		service, log := asked(make(chan string, 10)), &said{}
		d, err := New(db, service, Config{Log: slog.New(slog.NewTextHandler(log, nil))})
		require.NoError(t, err)
		d.Start()
		time.Sleep(time.Minute)
		db.away.Store(true)
		time.Sleep(time.Minute)
		require.NoError(t, enqueue(t, d, db.Store, "x"))
		time.Sleep(time.Minute)
		require.Empty(t, service)
		require.Len(t, log.all(), 1)
		require.Contains(t, log.all()[0], "too old")
		require.NoError(t, d.Stop(t.Context()))
		require.NoError(t, db.Close())
	})
}

// TestWhatIsDueStandsInTheDatabase ends the broker again and again before the time
// is up from its own start.
func TestWhatIsDueStandsInTheDatabase(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db := sqliteFile(t)
		var runs []time.Time
		var failing error
		log := &said{}
		begun := time.Now()
		live := func(length time.Duration) {
			d, err := New(db, nil, Config{Log: slog.New(slog.NewTextHandler(log, nil)), Periodic: []Periodic{{Name: "clean", Every: 5 * time.Minute, Run: func(context.Context) error {
				runs = append(runs, time.Now())
				return failing
			}}}})
			require.NoError(t, err)
			d.Start()
			time.Sleep(length)
			require.NoError(t, d.Stop(t.Context()))
		}
		for range 8 {
			live(2 * time.Minute)
		}
		require.Len(t, runs, 3, "in 16 minutes")
		for i, at := range runs {
			require.WithinDuration(t, begun.Add(time.Duration(i+1)*5*time.Minute), at, time.Minute)
		}

		runs = nil
		time.Sleep(10 * time.Hour) // nobody was there when it was due
		live(time.Minute)
		require.Len(t, runs, 1, "once, however often it was missed")

		runs, failing = nil, errors.New("the database went away")
		live(9 * time.Minute)
		require.Len(t, runs, 3, "after 5 minutes, and again 1 and 2 after that")
		require.Len(t, log.all(), 3, "each failure is told, with its reason")
		require.Contains(t, log.all()[0], "the database went away")
		require.NoError(t, db.Close())
	})
}

func TestAnAttemptIsRecordedThoughTheDatabaseIsAwayForAMoment(t *testing.T) {
	t.Parallel()
	url, got := receiver(t, 204)
	synctest.Test(t, func(t *testing.T) {
		service := &forgetful{oneFiring: firing(url), failures: 5}
		d := deliverer(local())
		d.service = service
		_, again, err := d.attempt(t.Context(), "x", "http://broker.test")
		require.NoError(t, err)
		require.False(t, again)
		require.Len(t, service.attempts, 1)
		require.Len(t, service.told, 6)
		require.NotEmpty(t, service.told[0])
		for uuid := range service.told {
			require.Equal(t, service.told[0], service.told[uuid], "one attempt, however often it is told")
		}
	})
	require.Equal(t, 1, got())
}

// An answer may hold what no database keeps as a text.
func TestTheLogOfAnAttemptHoldsNoZeroByte(t *testing.T) {
	t.Parallel()
	j := &journal{now: time.Now}
	j.line("INFO", "%s", "a\x00b\xff")
	require.Contains(t, j.b.String(), "a\uFFFDb\uFFFD\n")
}
