package broker_test

import (
	"database/sql"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// TestThreeReplicasAreOneBroker puts three brokers on one PostgreSQL behind a
// proxy that asks them in turn, and kills one after the other under load.
// Clients see connections that break, never an error of a broker, and all that
// was acknowledged by any can be read from each.
func TestThreeReplicasAreOneBroker(t *testing.T) {
	t.Parallel()
	onShared(t, replicasAreOne)
}

// onShared runs a test on a database of each kind that several brokers may share.
func onShared(t *testing.T, test func(t *testing.T, database string)) {
	t.Helper()
	for name, make := range map[string]func(testing.TB) string{"postgres": storetest.PostgresSchema, "pgbouncer": storetest.PgBouncerDatabase} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, make(t))
		})
	}
}

// openShared opens such a database beside its brokers.
func openShared(t *testing.T, database string) *sql.DB {
	t.Helper()
	u, err := url.Parse(database)
	require.NoError(t, err)
	db, err := sql.Open("pgx", storetest.Unprepared(*u))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func replicasAreOne(t *testing.T, database string) {
	t.Helper()
	const between = 40 // acknowledged writes between one event and the next
	replicas := &replicaSet{}
	var running [3]*process
	for i := range running {
		running[i] = startProcess(t, database)
		replicas.set(t, i, running[i].url)
	}
	proxy := httptest.NewServer(replicas)
	t.Cleanup(proxy.Close)
	receiver := newReceiver(t)
	subscribe(t, proxy.URL, receiver.url)

	l := startLoad(t, proxy.URL, "1", 4, true)
	for i := range running {
		waitFor(t, l, between)
		running[i].kill()
		waitFor(t, l, between)
		running[i] = startProcess(t, database)
		replicas.set(t, i, running[i].url)
	}
	waitFor(t, l, between)
	l.end()

	require.Empty(t, answered(l.failures), "answers, not broken connections")
	for _, p := range running {
		requireWrites(t, p.url, l.writes)
	}
	requireTriggered(t, database, len(events(l.writes)))
	for _, p := range running {
		require.NoError(t, p.stop(), p.log.String())
	}
	t.Logf("%d acknowledged writes, %d broken connections", len(l.writes), len(l.failures))
}

// requireTriggered finds a firing with a job, done or waiting, for each webhook
// that was expected. Those in which a replica died are sent when the others are
// sure of it, some seconds later.
func requireTriggered(t *testing.T, database string, expected int) {
	t.Helper()
	db := openShared(t, database)
	var firings, jobs int
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT count(*), count(j.id) FROM triggered_webhook w
		LEFT JOIN river_job j ON j.kind = 'webhook' AND j.args->>'uuid' = w.uuid::text
		AND j.state IN ('available', 'running', 'scheduled', 'retryable', 'completed')`).Scan(&firings, &jobs))
	require.GreaterOrEqual(t, firings, expected)
	require.Equal(t, firings, jobs, "a firing without its job")
}

// waitFor waits until so many more writes are acknowledged.
func waitFor(t *testing.T, l *load, writes int) {
	t.Helper()
	limit := time.After(time.Minute)
	for range writes {
		select {
		case <-l.progress:
		case <-limit:
			t.Fatal("the brokers acknowledge nothing any more")
		}
	}
}

// replicaSet is a proxy that asks brokers in turn, whether they live or not.
type replicaSet struct {
	next  atomic.Int64
	proxy [3]atomic.Pointer[httputil.ReverseProxy]
}

func (s *replicaSet) set(t *testing.T, i int, address string) {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	s.proxy[i].Store(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(u)
			r.Out.Host = r.In.Host
		},
		Transport: &http.Transport{},
		// The client sees what the proxy saw: a connection that breaks.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	})
}

func (s *replicaSet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i := s.next.Add(1) % int64(len(s.proxy))
	s.proxy[i].Load().ServeHTTP(w, r)
}
