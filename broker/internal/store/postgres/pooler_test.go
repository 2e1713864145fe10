package postgres_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"github.com/treatyhq/treaty/broker/internal/store/postgres"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// between stands before a server and looks like a pooler to who connects.
type between struct {
	target string
	// refuses settings in the first message, as PgBouncer does.
	refuses bool
	// renumbers connections, as whoever shares out those of the server does.
	renumbers bool
}

// stand returns the database's URL by way of it.
func (b between) stand(t *testing.T) *url.URL {
	t.Helper()
	address := os.Getenv(storetest.PostgresVariable)
	if address == "" {
		t.Skipf("%s is not set: it names a PostgreSQL database for tests", storetest.PostgresVariable)
	}
	u, err := url.Parse(address)
	require.NoError(t, err)
	b.target = u.Host
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listener.Close()) })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go b.serve(client)
		}
	}()
	u.Host, u.RawQuery = listener.Addr().String(), "sslmode=disable"
	return u
}

func (b between) serve(client net.Conn) {
	defer client.Close()
	first := make([]byte, 4096)
	n, err := client.Read(first)
	if err != nil {
		return
	}
	first = first[:n]
	if b.refuses && bytes.Contains(first, []byte("statement_timeout")) {
		said := "SFATAL\x00C08P01\x00Munsupported startup parameter: statement_timeout\x00\x00"
		_, _ = client.Write(append(binary.BigEndian.AppendUint32([]byte("E"), uint32(len(said)+4)), said...))
		return
	}
	server, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(context.Background(), "tcp", b.target)
	if err != nil {
		return
	}
	defer server.Close()
	if _, err := server.Write(first); err != nil {
		return
	}
	go func() {
		_, _ = io.Copy(server, client) // it ends with the connection
		_ = server.Close()
	}()
	answer := make([]byte, 4096)
	for {
		n, err := server.Read(answer)
		if at := bytes.Index(answer[:n], []byte("K\x00\x00\x00\x0c")); b.renumbers && at >= 0 && at+9 <= n {
			answer[at+8]++
			b.renumbers = false
		}
		if _, failed := client.Write(answer[:n]); err != nil || failed != nil {
			return
		}
	}
}

// found is what an engine does on a connection.
type found struct{ timeout, lock, prepared string }

func look(t *testing.T, e *postgres.Engine) (out found) {
	t.Helper()
	require.NoError(t, e.View(t.Context(), func(ctx context.Context, q engine.Querier) error {
		return q.Query(ctx, `SELECT current_setting('statement_timeout'), current_setting('lock_timeout'), (SELECT count(*) > 0 FROM pg_prepared_statements)::text`, nil,
			func(r engine.Row) (bool, error) { return true, r.Scan(&out.timeout, &out.lock, &out.prepared) })
	}))
	return out
}

// TestAPoolerIsFoundOutAndLivedWith puts what may stand before a server before it. A
// pooler gets no settings of a session and nothing to keep, and yet each transaction
// has its settings.
func TestAPoolerIsFoundOutAndLivedWith(t *testing.T) {
	t.Parallel()
	kept, nothingKept := found{"7s", "3s", "true"}, found{"7s", "3s", "false"}
	for name, tt := range map[string]struct {
		between between
		url     string
		said    postgres.Pooler
		want    found
		logged  string
	}{
		"nothing":                                 {want: kept},
		"one that refuses settings":               {between: between{refuses: true}, want: nothingKept, logged: "Found out by itself"},
		"one that shares out connections":         {between: between{renumbers: true}, want: nothingKept, logged: "Found out by itself"},
		"one that is known to give them for good": {between: between{renumbers: true}, said: postgres.PoolerNone, want: kept},
		"one that nobody sees":                    {said: postgres.PoolerSaid, want: nothingKept, logged: "no prepared statements are kept"},
		"one that the URL tells of":               {url: "&pgbouncer=true", want: nothingKept, logged: "no prepared statements are kept"},
		"one that the URL says is not there":      {url: "&pgbouncer=false", want: kept},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := tt.between.stand(t)
			at.RawQuery += "&lock_timeout=3000" + tt.url
			var log bytes.Buffer
			e, err := postgres.Open(t.Context(), at.String(), postgres.Options{
				Pooler: tt.said, StatementTimeout: 7 * time.Second, Log: engine.Log{To: slog.New(slog.NewTextHandler(&log, nil))},
			})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, e.Close()) })
			require.NoError(t, read(t.Context(), e))
			require.Equal(t, tt.want, look(t, e))
			require.Contains(t, log.String(), tt.logged)
			if tt.logged == "" {
				require.NotContains(t, log.String(), "pooler")
			}
		})
	}
}

// TestPgBouncerIsFoundOut is the same with the real one.
func TestPgBouncerIsFoundOut(t *testing.T) {
	t.Parallel()
	at, err := url.Parse(storetest.PgBouncerDatabase(t))
	require.NoError(t, err)
	at.RawQuery = "sslmode=disable&lock_timeout=3000"
	var log bytes.Buffer
	e, err := postgres.Open(t.Context(), at.String(), postgres.Options{
		StatementTimeout: 7 * time.Second, Log: engine.Log{To: slog.New(slog.NewTextHandler(&log, nil))},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	requireNone(t, atOnce(20, func() error { return read(t.Context(), e) }))
	require.Equal(t, found{"7s", "3s", "false"}, look(t, e))
	require.Contains(t, log.String(), "Found out by itself")
}

// TestWhatAPoolerWouldForgetIsRefused names settings that a transaction comes too
// late for.
func TestWhatAPoolerWouldForgetIsRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ setting, name string }{
		{"search_path=elsewhere", "search_path"}, {"options=-c%20search_path%3Delsewhere", "options"}, {"role=somebody", "role"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			at := between{refuses: true}.stand(t)
			at.RawQuery += "&" + tt.setting
			_, err := postgres.Open(t.Context(), at.String(), postgres.Options{})
			require.ErrorContains(t, err, "would not keep "+tt.name+", which the URL sets")
			require.ErrorContains(t, err, "ALTER ROLE")
			require.NotContains(t, err.Error(), "somebody")
		})
	}
}
