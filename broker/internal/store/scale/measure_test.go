package scale_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/internal/store/scale"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// TestMeasureOverHTTP measures what requests cost over HTTP as the history grows.
// It runs on demand:
//
//   - TREATY_SCALE_SQLITE and TREATY_SCALE_POSTGRES list how many results to make
//     up, such as 2000000,10000000; with deep: before a number, of few applications.
//   - TREATY_SCALE_POSTGRES_URL names a server on which databases may be made, as
//     who may.
//   - TREATY_SCALE_SECONDS and TREATY_SCALE_ROUNDS are how long and how often each
//     figure is measured, TREATY_SCALE_CLEANING for how many seconds a clean-up.
//   - TREATY_SCALE_COLD is a command that makes the next answers cold: it starts the
//     server again and empties the machine's caches.
//   - TREATY_SCALE_FOLDER keeps what was made up and the figures, so that a second
//     run goes on from there, and the better of two figures counts.
//   - TREATY_SCALE_REPORT names the page to write the figures to. With a folder and
//     no list it is written again from the figures that there are.
func TestMeasureOverHTTP(t *testing.T) {
	sqlite, postgres := os.Getenv("TREATY_SCALE_SQLITE"), os.Getenv("TREATY_SCALE_POSTGRES")
	if sqlite+postgres == "" && keptIn() == "" {
		t.Skip("TREATY_SCALE_SQLITE and TREATY_SCALE_POSTGRES do not say how much history to make up")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(broker.CollectAt)) // as treaty serve does
	out := readReport(t)
	for _, h := range histories(t, "SQLite", sqlite) {
		folder := keptIn()
		if folder == "" {
			folder = t.TempDir()
		}
		h.address = "sqlite:" + filepath.Join(folder, h.name()+".db")
		h.measure(t, out)
	}
	for _, h := range histories(t, "PostgreSQL", postgres) {
		h.onServer(t, os.Getenv("TREATY_SCALE_POSTGRES_URL"), func() { h.measure(t, out) })
	}
	out.write(t)
}

func keptIn() string { return os.Getenv("TREATY_SCALE_FOLDER") }

// history is one that is made up and measured.
type history struct {
	database string
	results  int
	deep     bool
	address  string
}

// afar is the longest history that is measured from afar too: the length of the way
// does not depend on it.
const afar = 2_000_000

func histories(t *testing.T, database, list string) []history {
	t.Helper()
	var out []history
	for _, text := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		count, deep := strings.CutPrefix(text, "deep:")
		results, err := strconv.Atoi(count)
		require.NoError(t, err)
		out = append(out, history{database: database, results: results, deep: deep})
	}
	return out
}

func (h history) size() scale.Size {
	if h.deep {
		return scale.DeepOfResults(h.results)
	}
	return scale.OfResults(h.results)
}

func (h history) name() string {
	if h.deep {
		return fmt.Sprintf("scale_deep_%d", h.results)
	}
	return fmt.Sprintf("scale_%d", h.results)
}

// onServer makes a database of its own and runs do with its address.
func (h *history) onServer(t *testing.T, server string, do func()) {
	t.Helper()
	require.NotEmpty(t, server, "TREATY_SCALE_POSTGRES_URL must name a server on which databases may be made")
	admin, err := sql.Open("pgx", server)
	require.NoError(t, err)
	defer admin.Close()
	known := false
	require.NoError(t, admin.QueryRowContext(t.Context(), `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, h.name()).Scan(&known))
	require.False(t, known && keptIn() == "", "the server has a database %s: TREATY_SCALE_FOLDER says that it is one of an earlier run", h.name())
	if !known {
		_, err = admin.ExecContext(t.Context(), "CREATE DATABASE "+h.name())
		require.NoError(t, err)
	}
	u, err := url.Parse(server)
	require.NoError(t, err)
	u.Path = "/" + h.name()
	h.address = u.String()
	do()
	if keptIn() == "" {
		_, err = admin.ExecContext(context.WithoutCancel(t.Context()), "DROP DATABASE "+h.name()+" WITH (FORCE)")
		require.NoError(t, err)
	}
}

func (h history) measure(t *testing.T, out *report) {
	h.load(t, out)
	out.keep(t)
	h.withBroker(t, h.address, func(b *broker.Broker) {
		for _, op := range operations(t, b.URL(), h.size()) {
			for _, clients := range []int{1, 8} {
				out.add(h.line("", op, clients, op.best(t, clients)))
			}
		}
	})
	if h.database == "PostgreSQL" && !h.deep && h.results <= afar {
		h.fromAfar(t, out)
	}
	h.cold(t, out)
	if seconds := number("TREATY_SCALE_CLEANING", 60); seconds > 0 && !h.deep {
		h.withBroker(t, h.address, func(b *broker.Broker) { h.clean(t, out, b, time.Duration(seconds)*time.Second) })
	}
	out.keep(t)
}

func (h history) line(where string, op operation, clients int, f figures) measured {
	return measured{h.database, h.deep, h.results, where, op.name, clients, f}
}

// load fills the database if it is new.
func (h history) load(t *testing.T, out *report) {
	size := h.size()
	s := opened(t, h.address)
	defer func() { require.NoError(t, s.Close()) }()
	filled := false
	require.NoError(t, s.DB().QueryRowContext(t.Context(), `SELECT EXISTS (SELECT 1 FROM verification)`).Scan(&filled))
	if filled {
		return
	}
	began := time.Now()
	fill(t, s, size)
	l := loaded{Database: h.database, Deep: h.deep, Results: h.results, Seconds: time.Since(began).Seconds()}
	l.Applications, l.Versions, l.Contents, l.Made = size.Totals()
	var err error
	l.Disk, err = diskOf(t.Context(), s)
	require.NoError(t, err)
	out.loaded(l)
	t.Log(l.text())
}

// withBroker runs a broker on the database, as it is configured by default.
func (h history) withBroker(t *testing.T, address string, do func(*broker.Broker)) {
	t.Helper()
	options := broker.DefaultOptions()
	options.Host, options.Port, options.Database = "127.0.0.1", 0, address
	options.Log = slog.New(slog.DiscardHandler)
	b, err := broker.New(t.Context(), options)
	require.NoError(t, err)
	b.Start()
	defer func() { require.NoError(t, b.Stop()) }()
	do(b)
}

// far is the time that a way to the database and back takes.
const far = 5 * time.Millisecond

// fromAfar measures what the way to the database costs.
func (h history) fromAfar(t *testing.T, out *report) {
	proxy := storetest.NewProxy(t, h.address)
	h.withBroker(t, proxy.URL(), func(b *broker.Broker) {
		ops := operations(t, b.URL(), h.size())
		proxy.Delay(far / 2)
		for _, op := range ops {
			out.add(h.line(fromAfar, op, 1, op.best(t, 1)))
		}
	})
}

// cold measures the first answer of each kind after the database and the machine
// have forgotten what they had in memory.
func (h history) cold(t *testing.T, out *report) {
	command := os.Getenv("TREATY_SCALE_COLD")
	if command == "" {
		return
	}
	said, err := exec.CommandContext(t.Context(), "sh", "-c", command).CombinedOutput()
	require.NoError(t, err, "%s", said)
	h.withBroker(t, h.address, func(b *broker.Broker) {
		var answer bytes.Buffer
		for _, op := range operations(t, b.URL(), h.size()) {
			began := time.Now()
			op.send(t, int(began.UnixNano()%1e9), &answer)
			ms := float64(time.Since(began).Microseconds()) / 1000
			out.add(h.line(cold, op, 1, figures{Fastest: ms, P50: ms, P99: ms, Rate: 1000 / ms}))
		}
	})
}
