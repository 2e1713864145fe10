package broker_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/client"
)

// write is something that a broker has acknowledged: a publication, or the
// result of its verification.
type write struct {
	consumer, version string
	path              string // where it can be read
	has               string // what is found there
}

// load is clients that publish, each its own consumer, and verify what they
// published, until the broker is gone or they are told to end.
type load struct {
	mu       sync.Mutex
	writes   []write
	failures []error
	progress chan struct{} // gets a value after each write, as long as it has room
	all      sync.WaitGroup
	stop     context.CancelFunc
}

// startLoad lets clients work with the broker at a URL. Versions begin with
// series. If patient, clients go on after an error, with the next version.
func startLoad(t *testing.T, base, series string, clients int, patient bool) *load {
	t.Helper()
	l := &load{progress: make(chan struct{}, 1000)}
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	for who := range clients {
		c, err := client.New(client.Config{BaseURL: base, Attempts: 1, HTTP: &http.Client{Transport: &http.Transport{}}})
		require.NoError(t, err)
		l.all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				err := l.one(ctx, c, fmt.Sprintf("shop-%d", who), fmt.Sprintf("%s.%d", series, n))
				if err == nil || ctx.Err() != nil {
					continue
				}
				l.fail(err)
				if !patient {
					return
				}
			}
		})
	}
	t.Cleanup(l.end)
	return l
}

// one publishes a version and a result for it.
func (l *load) one(ctx context.Context, c *client.Client, consumer, version string) error {
	content := fmt.Sprintf(`{"consumer":{"name":%q},"provider":{"name":"catalog"},"interactions":[
		{"description":"request %s","request":{"method":"GET","path":"/%s"},"response":{"status":200}}]}`, consumer, version, version)
	published, err := c.Publish(ctx, client.Publication{
		Pacticipant: consumer, Version: version, Branch: "main",
		Pacts: []client.PublishedPact{{Consumer: consumer, Provider: "catalog", Content: []byte(content)}},
	})
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	l.add(write{consumer, version, "/pacts/provider/catalog/consumer/" + consumer + "/version/" + version, `"request ` + version + `"`})
	pact, err := c.FetchPact(ctx, published.Pacts()[0].Href)
	if err != nil {
		return fmt.Errorf("fetch: %w", err)
	}
	result, err := c.PublishVerificationResult(ctx, pact, client.VerificationResult{Success: true, ProviderVersion: "p" + version})
	if err != nil {
		return fmt.Errorf("publish result: %w", err)
	}
	u, err := url.Parse(result)
	if err != nil {
		return err
	}
	l.add(write{consumer, version, u.EscapedPath(), `"providerApplicationVersion":"p` + version + `"`})
	return nil
}

func (l *load) add(w write) {
	l.mu.Lock()
	l.writes = append(l.writes, w)
	l.mu.Unlock()
	select {
	case l.progress <- struct{}{}:
	default:
	}
}

func (l *load) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failures = append(l.failures, err)
}

// end waits for the clients. After it, writes and failures may be read.
func (l *load) end() {
	l.stop()
	l.all.Wait()
}

// requireWrites finds everything that was acknowledged.
func requireWrites(t *testing.T, base string, writes []write) {
	t.Helper()
	for _, w := range writes {
		status, body := get(t, base+w.path)
		require.Equal(t, http.StatusOK, status, "%+v", w)
		require.Contains(t, strings.ReplaceAll(body, `": "`, `":"`), w.has)
	}
}

// answered returns the errors that a broker gave as an answer, as opposed to
// connections that broke.
func answered(failures []error) []error {
	var out []error
	for _, err := range failures {
		var answer *client.Error
		if errors.As(err, &answer) && answer.Status != 0 {
			out = append(out, err)
		}
	}
	return out
}
