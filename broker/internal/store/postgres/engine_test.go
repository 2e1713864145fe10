package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the admin's connection
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"github.com/treatyhq/treaty/broker/internal/store/postgres"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// server is a PostgreSQL with a table for a test, and a proxy before it.
type server struct {
	t     *testing.T
	proxy *storetest.Proxy
	admin *sql.DB
	table string
}

func newServer(t *testing.T) *server {
	t.Helper()
	address := os.Getenv(storetest.PostgresVariable)
	if address == "" {
		t.Skipf("%s is not set: it names a PostgreSQL database for tests", storetest.PostgresVariable)
	}
	admin, err := sql.Open("pgx", address)
	require.NoError(t, err)
	s := &server{t: t, admin: admin, table: "engine_" + strings.ReplaceAll(uuid.NewString(), "-", "")}
	s.run("CREATE TABLE " + s.table + " (word text)")
	s.proxy = storetest.NewProxy(t, address)
	t.Cleanup(func() {
		_, err := admin.ExecContext(context.Background(), "DROP TABLE "+s.table)
		require.NoError(t, err)
		require.NoError(t, admin.Close())
	})
	return s
}

func (s *server) run(statement string) {
	s.t.Helper()
	_, err := s.admin.ExecContext(s.t.Context(), statement)
	require.NoError(s.t, err)
}

// open opens an engine at a URL, by way of the proxy if there is none.
func (s *server) open(address string, options postgres.Options) *postgres.Engine {
	s.t.Helper()
	if address == "" {
		address = s.proxy.URL()
	}
	options.Log.To = slog.New(slog.DiscardHandler)
	e, err := postgres.Open(s.t.Context(), address, options)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, e.Close()) })
	return e
}

// words are what the table holds.
func (s *server) words() (out []string) {
	s.t.Helper()
	rows, err := s.admin.QueryContext(s.t.Context(), "SELECT word FROM "+s.table+" ORDER BY word")
	require.NoError(s.t, err)
	defer rows.Close()
	for rows.Next() {
		var word string
		require.NoError(s.t, rows.Scan(&word))
		out = append(out, word)
	}
	require.NoError(s.t, rows.Err())
	return out
}

// insert stores a word and counts how often it was begun.
func (s *server) insert(ctx context.Context, e *postgres.Engine, word string, runs *atomic.Int32) error {
	return e.Update(ctx, func(ctx context.Context, q engine.Querier) error {
		if runs != nil {
			runs.Add(1)
		}
		_, err := q.Exec(ctx, "INSERT INTO "+s.table+" VALUES ($1)", []any{word})
		return err
	})
}

func read(ctx context.Context, e *postgres.Engine) error {
	return e.View(ctx, func(ctx context.Context, q engine.Querier) error {
		return q.Query(ctx, "SELECT 1", nil, func(engine.Row) (bool, error) { return true, nil })
	})
}

// atOnce runs do n times at once.
func atOnce(n int, do func() error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = do() })
	}
	wg.Wait()
	return errs
}

func requireNone(t *testing.T, errs []error) {
	t.Helper()
	for _, err := range errs {
		require.NoError(t, err)
	}
}

func TestNobodySeesThatIdleConnectionsAreGone(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	e := s.open("", postgres.Options{})
	for round := range 3 {
		requireNone(t, atOnce(12, func() error { return read(t.Context(), e) }))
		s.proxy.Cut()
		require.NoError(t, s.insert(t.Context(), e, fmt.Sprint(round), nil), "an update finds a living connection")
		s.proxy.Cut()
		requireNone(t, atOnce(12, func() error { return read(t.Context(), e) }))
	}
	require.Equal(t, []string{"0", "1", "2"}, s.words())
}

func TestWhatDiedBeforeItsCommitIsRunAgain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		at   string
		fate storetest.Fate
	}{
		{"before a statement", "insert", storetest.CutBefore},
		{"after a statement", "insert", storetest.CutAfter},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			e := s.open("", postgres.Options{})
			var cut atomic.Bool
			s.proxy.Watch(func(m storetest.Message) storetest.Fate {
				if m.Says(tt.at) && cut.CompareAndSwap(false, true) {
					return tt.fate
				}
				return storetest.Pass
			})
			var runs atomic.Int32
			require.NoError(t, s.insert(t.Context(), e, "word", &runs))
			require.True(t, cut.Load())
			require.EqualValues(t, 2, runs.Load())
			require.Equal(t, []string{"word"}, s.words(), "once")
		})
	}
}

func TestAnOutcomeThatNobodyKnowsIsToldAndNotTriedAgain(t *testing.T) {
	t.Parallel()
	for fate, stored := range map[storetest.Fate][]string{storetest.CutBefore: nil, storetest.CutAfter: {"word"}} {
		s := newServer(t)
		e := s.open("", postgres.Options{})
		s.proxy.Watch(func(m storetest.Message) storetest.Fate {
			if m.Says("commit") {
				return fate
			}
			return storetest.Pass
		})
		var runs atomic.Int32
		require.ErrorIs(t, s.insert(t.Context(), e, "word", &runs), engine.ErrUnknown)
		require.EqualValues(t, 1, runs.Load())
		require.Equal(t, stored, s.words())
	}
}

func TestAServerThatComesBackInTimeWasNeverAway(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	e := s.open("", postgres.Options{})
	requireNone(t, atOnce(8, func() error { return read(t.Context(), e) }))
	s.proxy.Refuse(true)
	s.proxy.Cut()
	time.AfterFunc(2*time.Second, func() { s.proxy.Refuse(false) })
	var written atomic.Int32
	requireNone(t, atOnce(24, func() error { return s.insert(t.Context(), e, fmt.Sprintf("%02d", written.Add(1)), nil) }))
	require.Len(t, s.words(), 24)
}

func TestAServerThatStaysAwayIsToldWhenTheRequestsTimeIsOver(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	e := s.open("", postgres.Options{})
	s.proxy.Refuse(true)
	s.proxy.Cut()
	soon, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
	defer cancel()
	begun := time.Now()
	require.Error(t, read(soon, e))
	require.Less(t, time.Since(begun), 2*time.Second)
}

// A frozen server keeps its connections and answers nothing. With a second host
// that took over, whoever waits is answered in a few seconds, and the next at once.
func TestAFrozenServerCostsAFewSeconds(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	second := storetest.NewProxy(t, os.Getenv(storetest.PostgresVariable))
	both, err := url.Parse(s.proxy.URL())
	require.NoError(t, err)
	both.Host += "," + second.Address()
	e := s.open(both.String(), postgres.Options{})
	requireNone(t, atOnce(8, func() error { return read(t.Context(), e) }))
	require.NotZero(t, s.proxy.Connections(), "the first host is used")

	s.proxy.Freeze()
	begun := time.Now()
	var written atomic.Int32
	requireNone(t, atOnce(20, func() error {
		if n := written.Add(1); n%2 == 0 {
			return s.insert(t.Context(), e, fmt.Sprintf("%02d", n), nil)
		}
		return read(t.Context(), e)
	}))
	require.Less(t, time.Since(begun), 6*time.Second)
	require.Len(t, s.words(), 10)
	begun = time.Now()
	requireNone(t, atOnce(20, func() error { return read(t.Context(), e) }))
	require.Less(t, time.Since(begun), time.Second, "the host that answers is asked first from now on")
	s.proxy.Thaw() // so that nothing waits for it at the end

	s.proxy.Freeze()
	fresh := s.open(both.String(), postgres.Options{})
	require.NoError(t, read(t.Context(), fresh), "a broker that starts while the first host is frozen")
	s.proxy.Thaw()
}

// A statement that waits for a lock is left alone, for the server still answers.
func TestAServerThatIsAtWorkIsNotTakenForAFrozenOne(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	e := s.open("", postgres.Options{})
	runs := 0
	require.NoError(t, e.View(t.Context(), func(ctx context.Context, q engine.Querier) error {
		runs++
		return q.Query(ctx, "SELECT pg_sleep(4)", nil, func(engine.Row) (bool, error) { return true, nil })
	}))
	require.Equal(t, 1, runs)
}

// Updates that hang, for a lock or for a standby that is lost, leave connections
// for whoever reads, and who finds none is told.
func TestUpdatesThatHangLeaveRoomForReads(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	e := s.open("", postgres.Options{Connections: 8, Wait: 300 * time.Millisecond})
	lock, err := s.admin.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = lock.ExecContext(t.Context(), "LOCK TABLE "+s.table)
	require.NoError(t, err)
	hanging := make(chan []error)
	go func() {
		hanging <- atOnce(20, func() error {
			err := s.insert(t.Context(), e, "word", nil)
			if err != nil && !errors.Is(err, engine.ErrBusy) {
				t.Errorf("an update that found no connection in time says so: %v", err)
			}
			return err
		})
	}()
	time.Sleep(100 * time.Millisecond) // until they hang; if they do not yet, reads are no slower
	for range 20 {
		begun := time.Now()
		requireNone(t, atOnce(4, func() error { return read(t.Context(), e) }))
		require.Less(t, time.Since(begun), 2*time.Second)
		time.Sleep(20 * time.Millisecond)
	}
	require.NoError(t, lock.Rollback())
	busy := 0
	for _, err := range <-hanging {
		if err != nil {
			busy++
		}
	}
	require.Len(t, s.words(), 20-busy)
	require.NotZero(t, busy)
	require.Less(t, busy, 20)
}

// Where the server has fewer connections than this may take, people wait.
func TestPeopleWaitForAServerThatHasFewConnections(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	role := s.table
	s.run("CREATE ROLE " + role + " LOGIN CONNECTION LIMIT 3")
	s.run("GRANT ALL ON " + s.table + " TO " + role)
	t.Cleanup(func() {
		for _, statement := range []string{"REVOKE ALL ON " + s.table + " FROM " + role, "DROP ROLE " + role} {
			_, err := s.admin.ExecContext(context.Background(), statement)
			require.NoError(t, err)
		}
	})
	address, err := url.Parse(os.Getenv(storetest.PostgresVariable))
	require.NoError(t, err)
	address.User = url.User(role)
	e := s.open(address.String(), postgres.Options{})
	var n atomic.Int32
	for range 5 {
		requireNone(t, atOnce(24, func() error {
			if n.Add(1)%2 == 0 {
				return read(t.Context(), e)
			}
			return s.insert(t.Context(), e, "word", nil)
		}))
	}
	require.Len(t, s.words(), 60)
}

func TestReadinessSaysWhatUpdatesMeet(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	require.NoError(t, s.open("", postgres.Options{}).Ready(t.Context()))

	readOnly, err := url.Parse(s.proxy.URL())
	require.NoError(t, err)
	query := readOnly.Query()
	query.Set("default_transaction_read_only", "on")
	readOnly.RawQuery = query.Encode()
	e := s.open(readOnly.String(), postgres.Options{})
	require.ErrorIs(t, e.Ready(t.Context()), engine.ErrReadOnly)
	require.NoError(t, read(t.Context(), e), "it is read all the same")

	e = s.open("", postgres.Options{})
	s.proxy.Watch(func(m storetest.Message) storetest.Fate {
		if m.Says("commit") {
			s.proxy.Freeze() // as with a standby that is lost, nothing comes
		}
		return storetest.Pass
	})
	require.ErrorIs(t, e.Ready(t.Context()), engine.ErrCommitsWait)
	s.proxy.Watch(nil)
	s.proxy.Thaw()
}
