package broker_test

import (
	"database/sql"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/internal/chance"

	"github.com/treatyhq/treaty/client"
)

// killRounds is how often TestAKillLosesNothing kills the broker.
// TREATY_KILL_ROUNDS sets another number.
const killRounds = 5

// TestAKillLosesNothing publishes and verifies with four clients at once while
// webhooks fire, ends the broker at a random moment as if by a fault, and does
// it again. Whatever was acknowledged is there afterwards, each webhook of it
// arrives, at least once, and the database is sound.
func TestAKillLosesNothing(t *testing.T) {
	t.Parallel()
	rounds := killRounds
	if text := os.Getenv("TREATY_KILL_ROUNDS"); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(t, err, "TREATY_KILL_ROUNDS")
		rounds = n
	}
	seed := chance.Seed(t, uint64(time.Now().UnixNano()))
	t.Logf("moments by seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	file := filepath.Join(t.TempDir(), "treaty.db")
	receiver := newReceiver(t)

	var writes []write
	broker := startProcess(t, "sqlite:"+file)
	subscribe(t, broker.url, receiver.url)
	for round := range rounds {
		l := startLoad(t, broker.url, "1."+strconv.Itoa(round), 4, false)
		<-l.progress
		// A random moment is the subject, so here a clock is what to wait for.
		<-time.After(time.Duration(random.IntN(250_000)) * time.Microsecond)
		broker.kill()
		l.end()
		require.Empty(t, answered(l.failures), "answers, not broken connections; the broker said: %s", broker.log.String())

		broker = startProcess(t, "sqlite:"+file)
		requireWrites(t, broker.url, l.writes)
		requireSound(t, file)
		writes = append(writes, l.writes...)
	}
	receiver.wait(t, events(writes))
	require.NoError(t, broker.stop())
	requireSound(t, file)
	t.Logf("%d acknowledged writes, %d webhooks expected and %d received in %d rounds",
		len(writes), len(events(writes)), receiver.total, rounds)
}

// subscribe makes a webhook for the publications and results of one of the
// consumers.
func subscribe(t *testing.T, base, to string) {
	t.Helper()
	c, err := client.New(client.Config{BaseURL: base})
	require.NoError(t, err)
	_, _, err = c.SavePacticipant(t.Context(), client.Pacticipant{Name: "shop-0"})
	require.NoError(t, err)
	_, err = c.CreateWebhook(t.Context(), client.Webhook{
		Consumer: &client.WebhookParty{Name: "shop-0"},
		Events:   []client.WebhookEvent{{Name: "contract_content_changed"}, {Name: "provider_verification_published"}},
		Request: client.WebhookRequest{
			Method: http.MethodPost, URL: to,
			Body: `${pactbroker.eventName} ${pactbroker.consumerVersionNumber}`,
		},
	})
	require.NoError(t, err)
}

// events are what subscribe's webhook tells about writes.
func events(writes []write) []string {
	var out []string
	for _, w := range writes {
		switch {
		case w.consumer != "shop-0":
		case strings.Contains(w.path, "verification-results"):
			out = append(out, "provider_verification_published "+w.version)
		default:
			out = append(out, "contract_content_changed "+w.version)
		}
	}
	return out
}

// receiver is where webhooks arrive.
type receiver struct {
	url     string
	mu      sync.Mutex
	seen    map[string]int
	total   int
	arrival chan struct{}
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{seen: map[string]int{}, arrival: make(chan struct{}, 1)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return // the broker died while sending
		}
		r.mu.Lock()
		r.seen[string(body)]++
		r.total++
		r.mu.Unlock()
		select {
		case r.arrival <- struct{}{}:
		default:
		}
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

// missing returns which of the wanted have not arrived.
func (r *receiver) missing(wanted []string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, text := range wanted {
		if r.seen[text] == 0 {
			out = append(out, text)
		}
	}
	return out
}

// wait waits until everything wanted has arrived, as long as something does.
func (r *receiver) wait(t *testing.T, wanted []string) {
	t.Helper()
	for missing := r.missing(wanted); len(missing) > 0; missing = r.missing(wanted) {
		select {
		case <-r.arrival:
		case <-time.After(20 * time.Second):
			t.Fatalf("%d of %d webhooks never arrived: %q", len(missing), len(wanted), missing)
		}
	}
}

// requireSound lets SQLite check its file.
func requireSound(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	defer db.Close()
	var verdict string
	require.NoError(t, db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict))
	require.Equal(t, "ok", verdict)
}
