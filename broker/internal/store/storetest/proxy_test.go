package storetest_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

func newProxy(t *testing.T) *storetest.Proxy {
	t.Helper()
	address := os.Getenv(storetest.PostgresVariable)
	if address == "" {
		t.Skipf("%s is not set: it names a PostgreSQL database for tests", storetest.PostgresVariable)
	}
	return storetest.NewProxy(t, address)
}

func connect(t *testing.T, p *storetest.Proxy) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), p.URL())
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

func TestTheProxyCountsHowOftenSomebodyWaits(t *testing.T) {
	t.Parallel()
	p := newProxy(t)
	c := connect(t, p)
	require.Equal(t, 0, p.Trips(), "a connection's beginning is not counted")
	for _, tt := range []struct {
		name  string
		run   func() error
		trips int
	}{
		{"a statement that has to be prepared", func() error { _, err := c.Exec(t.Context(), "select $1::int", 1); return err }, 2},
		{"the same again", func() error { _, err := c.Exec(t.Context(), "select $1::int", 2); return err }, 1},
		{"a simple query", func() error { _, err := c.PgConn().Exec(t.Context(), "select 1; select 2").ReadAll(); return err }, 1},
		{"an answer of many packets", func() error {
			_, err := c.PgConn().Exec(t.Context(), "select repeat('x', 1000) from generate_series(1, 5000)").ReadAll()
			return err
		}, 1},
		{"statements together", func() error {
			b := &pgx.Batch{}
			for i := range 50 {
				b.Queue("select $1::int", i)
			}
			return c.SendBatch(t.Context(), b).Close()
		}, 1},
		{"an end that nobody waits for", func() error { _, err := c.PgConn().Exec(t.Context(), "rollback").ReadAll(); return err }, 0},
	} {
		p.ResetTrips()
		require.NoError(t, tt.run(), tt.name)
		require.Equal(t, tt.trips, p.Trips(), tt.name)
	}
}

func TestTheProxyDelaysEachWay(t *testing.T) {
	t.Parallel()
	p := newProxy(t)
	c := connect(t, p)
	p.Delay(20 * time.Millisecond)
	begin := time.Now()
	_, err := c.PgConn().Exec(t.Context(), "select 1").ReadAll()
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Since(begin), 40*time.Millisecond)
}

func TestTheProxyFreezesAndThaws(t *testing.T) {
	t.Parallel()
	p := newProxy(t)
	c := connect(t, p)
	p.Freeze()
	answered := make(chan error, 1)
	go func() { answered <- c.Ping(t.Context()) }()
	fresh, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := pgx.Connect(fresh, p.URL())
	require.ErrorIs(t, err, context.DeadlineExceeded, "new connections are not answered")
	select {
	case err := <-answered:
		t.Fatalf("frozen connections are not answered, this one said %v", err)
	default:
	}
	p.Thaw()
	require.NoError(t, <-answered, "what was on its way arrives")
}

func TestTheProxyCutsAndRefuses(t *testing.T) {
	t.Parallel()
	p := newProxy(t)
	c := connect(t, p)
	require.Equal(t, 1, p.Connections())
	p.Refuse(true)
	_, err := pgx.Connect(t.Context(), p.URL())
	require.Error(t, err, "new connections are refused")
	require.NoError(t, c.Ping(t.Context()), "old ones are not")
	p.Cut()
	require.Error(t, c.Ping(t.Context()), "a cut ends them")
	p.Refuse(false)
	require.NoError(t, connect(t, p).Ping(t.Context()), "and new ones are taken again")
}

func TestTheProxyCutsAtAMessage(t *testing.T) {
	t.Parallel()
	p := newProxy(t)
	admin := connect(t, p)
	name := "proxy_" + time.Now().Format("150405_000000000")
	_, err := admin.Exec(t.Context(), "create table "+name+" (number int)")
	require.NoError(t, err)
	t.Cleanup(func() { // the admin's own end comes later
		_, err := admin.Exec(context.Background(), "drop table "+name)
		require.NoError(t, err)
	})
	for _, tt := range []struct {
		name   string
		fate   storetest.Fate
		at     string
		stored int
	}{
		{"before a statement", storetest.CutBefore, "insert into " + name, 0},
		{"after a statement, before the commit", storetest.CutAfter, "insert into " + name, 0},
		{"before the commit", storetest.CutBefore, "commit", 0},
		{"after the commit", storetest.CutAfter, "commit", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := admin.Exec(t.Context(), "delete from "+name)
			require.NoError(t, err)
			c := connect(t, p)
			p.Watch(func(m storetest.Message) storetest.Fate {
				if m.Says(tt.at) {
					return tt.fate
				}
				return storetest.Pass
			})
			defer p.Watch(nil)
			require.Error(t, func() error {
				for _, statement := range []string{"begin", "insert into " + name + " values (1)", "commit"} {
					if _, err := c.Exec(t.Context(), statement); err != nil {
						return err
					}
				}
				return nil
			}(), "the connection is gone")
			var stored int
			require.NoError(t, admin.QueryRow(t.Context(), "select count(*) from "+name).Scan(&stored))
			require.Equal(t, tt.stored, stored)
		})
	}
}
