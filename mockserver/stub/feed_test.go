package stub_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/mockserver/stub"
)

// logged collects what a server says of its sources.
type logged struct {
	slog.Handler
	lines chan string
}

func (l logged) Enabled(context.Context, slog.Level) bool { return true }

func (l logged) Handle(_ context.Context, r slog.Record) error {
	if strings.Contains(r.Message, "pacts") {
		l.lines <- r.Level.String() + " " + r.Message
	}
	return nil
}

func newLogged() (*slog.Logger, chan string) {
	lines := make(chan string, 100)
	return slog.New(logged{Handler: slog.DiscardHandler, lines: lines}), lines
}

func said(lines chan string) (out []string) {
	for {
		select {
		case line := <-lines:
			out = append(out, line)
		default:
			return out
		}
	}
}

const (
	readAgain = "INFO pacts were read again"
	cannot    = "ERROR the pacts cannot be read again, the earlier ones are kept"
	still     = "DEBUG the pacts still cannot be read"
	canAgain  = "INFO the pacts can be read again"
)

func TestFoldersInFoldersAreWatched(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "deep", "er", "one.json"), exchange("GET", "/one", 200))
	feed, err := stub.Open(t.Context(), stub.Sources{Dirs: []string{dir}})
	require.NoError(t, err)
	server := stub.New(feed.Table(), stub.Options{})
	ctx, stop := context.WithCancel(t.Context())
	watching := make(chan error, 1)
	go func() { watching <- feed.Watch(ctx, server, 0) }()
	serves := func(path string) func() bool {
		return func() bool { return ask(server, "GET", path, "").StatusCode == http.StatusOK }
	}
	time.Sleep(300 * time.Millisecond) // the watch has begun
	write(t, filepath.Join(dir, "deep", "er", "two.json"), exchange("GET", "/two", 200))
	require.Eventually(t, serves("/two"), 5*time.Second, 20*time.Millisecond)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "new"), 0o755))
	time.Sleep(300 * time.Millisecond) // and has seen the folder
	write(t, filepath.Join(dir, "new", "three.json"), exchange("GET", "/three", 200))
	require.Eventually(t, serves("/three"), 5*time.Second, 20*time.Millisecond)
	stop()
	require.NoError(t, <-watching)
}

func TestAChangedFileIsServedAndABrokenOneIsNot(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pact.json")
	write(t, path, exchange("GET", "/old", 200))
	feed, err := stub.Open(t.Context(), stub.Sources{Files: []string{path}})
	require.NoError(t, err)
	log, lines := newLogged()
	server := stub.New(feed.Table(), stub.Options{Log: log})
	ctx, cancel := context.WithCancel(t.Context())
	watching := make(chan error, 1)
	go func() { watching <- feed.Watch(ctx, server, 0) }()

	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	require.Equal(t, cannot, <-lines)
	require.Equal(t, 200, ask(server, "GET", "/old", "").StatusCode, "what was read before is kept")
	write(t, path, exchange("GET", "/new", 201))
	for line := range lines { // writing may be seen half done first
		if line == readAgain {
			break
		}
	}
	require.Equal(t, 201, ask(server, "GET", "/new", "").StatusCode)
	cancel()
	require.NoError(t, <-watching)
}

// elsewhere is a server without a network, so that its tests need no real time.
type elsewhere struct {
	mu      sync.Mutex
	answers map[string]string
	down    bool
	asked   []string // path and answer
}

func (e *elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.down {
		return nil, errors.New("connection refused")
	}
	text, found := e.answers[r.URL.Path]
	w := httptest.NewRecorder()
	if found {
		w.Header().Set("Content-Type", "application/hal+json")
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(text))))
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(text))
	} else {
		w.WriteHeader(http.StatusNotFound)
	}
	e.asked = append(e.asked, r.URL.Path+" "+http.StatusText(w.Code))
	return w.Result(), nil
}

func (e *elsewhere) change(change func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change()
}

func pactText(t *testing.T, path string) string {
	t.Helper()
	text, err := contract.Encode(&contract.Pact{Consumer: "c", Provider: "p", Interactions: []contract.Interaction{exchange("GET", path, 200)}}, contract.V4)
	require.NoError(t, err)
	return string(text)
}

func TestAnAddressIsAskedAgainForWhatHasChanged(t *testing.T) {
	t.Parallel()
	first, second := pactText(t, "/first"), pactText(t, "/second")
	synctest.Test(t, func(t *testing.T) {
		web := &elsewhere{answers: map[string]string{"/pact": first}}
		feed, err := stub.Open(t.Context(), stub.Sources{
			URLs: []string{"http://ci.example.org/pact"}, HTTP: &http.Client{Transport: stub.Conditional(web)},
		})
		require.NoError(t, err)
		log, lines := newLogged()
		server := stub.New(feed.Table(), stub.Options{Log: log})
		ctx, cancel := context.WithCancel(t.Context())
		watching := make(chan error, 1)
		go func() { watching <- feed.Watch(ctx, server, time.Minute) }()
		pass := func() {
			time.Sleep(time.Minute + time.Second)
			synctest.Wait()
		}

		pass()
		require.Equal(t, []string{"/pact OK", "/pact Not Modified"}, web.asked, "the second time only if it has changed")
		require.Empty(t, said(lines), "and nothing is exchanged")

		web.change(func() { web.answers["/pact"] = second })
		pass()
		require.Equal(t, []string{readAgain}, said(lines))
		require.Equal(t, 200, ask(server, "GET", "/second", "").StatusCode)
		require.Equal(t, 404, ask(server, "GET", "/first", "").StatusCode)

		web.change(func() { web.down = true })
		pass()
		pass()
		require.Equal(t, []string{cannot, still}, said(lines), "an outage is an error once")
		require.Equal(t, 200, ask(server, "GET", "/second", "").StatusCode)

		web.change(func() { web.down = false })
		pass()
		require.Equal(t, []string{canAgain}, said(lines))

		web.change(func() { web.answers["/pact"] = "{" })
		pass()
		require.Equal(t, []string{cannot}, said(lines), "and so is a contract that is none")
		require.Equal(t, 200, ask(server, "GET", "/second", "").StatusCode)
		cancel()
		require.NoError(t, <-watching)
	})
}

func TestTheBrokerIsAskedAgainForNewPacts(t *testing.T) {
	t.Parallel()
	text := pactText(t, "/new")
	synctest.Test(t, func(t *testing.T) {
		const base = "http://broker.example.org"
		list := func(entries string) string { return `{"pacts":[` + entries + `]}` }
		web := &elsewhere{answers: map[string]string{
			"/":       `{"_links":{"pb:latest-pact-versions":{"href":"` + base + `/latest"}}}`,
			"/latest": list(""),
			"/pact":   text,
		}}
		transport := &http.Client{Transport: stub.Conditional(web)}
		c, err := client.New(client.Config{BaseURL: base, HTTP: transport, Attempts: 1})
		require.NoError(t, err)
		feed, err := stub.Open(t.Context(), stub.Sources{Broker: c})
		require.NoError(t, err)
		log, lines := newLogged()
		server := stub.New(feed.Table(), stub.Options{Log: log})
		ctx, cancel := context.WithCancel(t.Context())
		watching := make(chan error, 1)
		go func() { watching <- feed.Watch(ctx, server, time.Minute) }()
		web.change(func() {
			web.answers["/latest"] = list(`{"_links":{"self":{"href":"` + base + `/pact"}},"_embedded":{"consumer":{"name":"c"},"provider":{"name":"p"}}}`)
		})
		time.Sleep(time.Minute + time.Second)
		synctest.Wait()
		require.Equal(t, []string{readAgain}, said(lines))
		require.Equal(t, 200, ask(server, "GET", "/new", "").StatusCode)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, []string{"/latest Not Modified", "/pact Not Modified"}, slices.Clone(web.asked[len(web.asked)-2:]))
		cancel()
		require.NoError(t, <-watching)
	})
}

func TestWhatIsAskedElsewhereKeepsNoFileWaiting(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pact.json")
	write(t, path, exchange("GET", "/old", 200))
	web := &elsewhere{answers: map[string]string{"/pact": pactText(t, "/web")}}
	feed, err := stub.Open(t.Context(), stub.Sources{
		Files: []string{path}, URLs: []string{"http://ci.example.org/pact"}, HTTP: &http.Client{Transport: web},
	})
	require.NoError(t, err)
	web.change(func() { web.down = true })
	log, lines := newLogged()
	server := stub.New(feed.Table(), stub.Options{Log: log})
	ctx, cancel := context.WithCancel(t.Context())
	watching := make(chan error, 1)
	go func() { watching <- feed.Watch(ctx, server, time.Hour) }()
	write(t, path, exchange("GET", "/new", 201))
	for line := range lines {
		if line == readAgain {
			break
		}
	}
	require.Equal(t, 201, ask(server, "GET", "/new", "").StatusCode)
	require.Equal(t, 200, ask(server, "GET", "/web", "").StatusCode, "what was fetched before is kept")
	cancel()
	require.NoError(t, <-watching)
}

// thrown is a way to fetch that ends in a panic once it is told to.
type thrown struct {
	next  http.RoundTripper
	armed *atomic.Bool
}

func (f thrown) RoundTrip(r *http.Request) (*http.Response, error) {
	if f.armed.Load() {
		panic("no bytes")
	}
	return f.next.RoundTrip(r)
}

func TestAPanicWhileReadingAgainKeepsWhatWasRead(t *testing.T) {
	t.Parallel()
	text := pactText(t, "/first")
	synctest.Test(t, func(t *testing.T) {
		way := thrown{next: &elsewhere{answers: map[string]string{"/pact": text}}, armed: &atomic.Bool{}}
		feed, err := stub.Open(t.Context(), stub.Sources{
			URLs: []string{"http://ci.example.org/pact"}, HTTP: &http.Client{Transport: way},
		})
		require.NoError(t, err)
		log, lines := newLogged()
		server := stub.New(feed.Table(), stub.Options{Log: log})
		ctx, cancel := context.WithCancel(t.Context())
		watching := make(chan error, 1)
		go func() { watching <- feed.Watch(ctx, server, time.Minute) }()
		way.armed.Store(true)
		time.Sleep(time.Minute + time.Second)
		synctest.Wait()
		require.Equal(t, []string{cannot}, said(lines))
		require.Equal(t, 200, ask(server, "GET", "/first", "").StatusCode)
		cancel()
		require.NoError(t, <-watching)
	})
}
