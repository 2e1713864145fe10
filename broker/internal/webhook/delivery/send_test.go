package delivery

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

func deliverer(config SenderConfig) *Deliverer {
	return &Deliverer{config: Config{Now: time.Now}, sender: newSender(config)}
}

func local() SenderConfig {
	return SenderConfig{Hosts: []string{"127.0.0.1"}, AllowLoopback: true, UserAgent: "Treaty test"}
}

func execute(d *Deliverer, request kernel.WebhookRequest) webhook.Execution {
	r := run()
	r.Webhook.Request = request
	return d.execute(context.Background(), r, links.Below("http://broker.test"))
}

func TestWebhookWithoutBodySendsNone(t *testing.T) {
	t.Parallel()
	var length int64 = -1
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { length = r.ContentLength }))
	t.Cleanup(server.Close)

	e := execute(deliverer(local()), kernel.WebhookRequest{Method: "POST", URL: server.URL})

	require.True(t, e.Success)
	require.Zero(t, length)
}

func TestRedirectIsAnAnswerAndNotFollowed(t *testing.T) {
	t.Parallel()
	var reached bool
	mux := http.NewServeMux()
	mux.HandleFunc("/a", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/b", http.StatusFound) })
	mux.HandleFunc("/b", func(http.ResponseWriter, *http.Request) { reached = true })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)

	e := execute(deliverer(local()), kernel.WebhookRequest{Method: "POST", URL: server.URL + "/a"})

	require.False(t, e.Success)
	require.Equal(t, http.StatusFound, e.Response.Status)
	require.False(t, reached)
}

func TestLoopbackIsRefusedUnlessAllowed(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request came through") }))
	t.Cleanup(server.Close)

	e := execute(deliverer(SenderConfig{UserAgent: "Treaty test"}), kernel.WebhookRequest{Method: "POST", URL: server.URL})

	require.False(t, e.Success)
	require.Contains(t, e.Error, "this machine")
}

func TestMetadataServicesAreNeverReached(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"169.254.169.254", "fe80::1", "fd00:ec2::254", "100.100.100.200", "::ffff:169.254.169.254", "224.0.0.1"} {
		require.Error(t, guard{loopback: true}.check(netip.MustParseAddr(address).Unmap()), address)
	}
	for _, address := range []string{"10.0.0.1", "192.168.1.5", "93.184.216.34", "2606:2800::1"} {
		require.NoError(t, guard{}.check(netip.MustParseAddr(address)), address)
	}
}

func TestResponseStaysHiddenWithoutAListOfHosts(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "inner secrets") }))
	t.Cleanup(server.Close)
	config := local()
	config.Hosts = nil

	e := execute(deliverer(config), kernel.WebhookRequest{Method: "POST", URL: server.URL})

	require.True(t, e.Success)
	require.Nil(t, e.Response)
	require.NotContains(t, e.Logs, "inner secrets")
}

// TestSecretsAreNowhereInWhatIsKept feeds secrets into every place of a webhook
// and has the receiver echo them.
func TestSecretsAreNowhereInWhatIsKept(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo-Token", r.Header.Get("X-Token"))
		_, password, _ := r.BasicAuth()
		echo, _ := json.Marshal(map[string]any{"headers": r.Header, "password": password})
		_, _ = w.Write(echo)
	}))
	t.Cleanup(server.Close)
	secrets := []string{"s3cret-token", "s3cret-pass", "s3cret-query", "s3cret-bearer", base64.StdEncoding.EncodeToString([]byte(`me:s3cret-pass"word`))}
	for name, request := range map[string]kernel.WebhookRequest{
		"basic": {
			Headers:  []kernel.WebhookHeader{{Name: "x-token", Value: "s3cret-token"}},
			Username: "me", Password: `s3cret-pass"word`,
		},
		"bearer": {
			Headers: []kernel.WebhookHeader{{Name: "x-token", Value: "s3cret-token"}, {Name: "authorization", Value: "Bearer s3cret-bearer"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			request.Method, request.URL, request.Body = "POST", server.URL+"/?access_token=s3cret-query", json.RawMessage(`{"a":"b"}`)
			e := execute(deliverer(local()), request)

			require.True(t, e.Success)
			require.Contains(t, string(e.Response.Body), "password", "the receiver echoes")
			told, err := json.Marshal([]any{e.RequestHeaders, e.Response.Headers, string(e.Response.Body)})
			require.NoError(t, err)
			for _, secret := range secrets {
				require.NotContains(t, e.Logs, secret)
				require.NotContains(t, string(told), secret)
			}
		})
	}
}

func TestLongAnswersAreCut(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 3*responseKept))
	}))
	t.Cleanup(server.Close)

	e := execute(deliverer(local()), kernel.WebhookRequest{Method: "POST", URL: server.URL})

	require.True(t, e.Success)
	require.Len(t, e.Response.Body, responseKept)
}

func TestScheduleEnds(t *testing.T) {
	t.Parallel()
	schedule := []time.Duration{time.Second, time.Minute}

	first, again := nextDelay(schedule, 1)
	require.True(t, again)
	require.Equal(t, time.Second, first)
	second, again := nextDelay(schedule, 2)
	require.True(t, again)
	require.Equal(t, time.Minute, second)
	_, again = nextDelay(schedule, 3)
	require.False(t, again)
}

func TestURLSecretsAreStarred(t *testing.T) {
	t.Parallel()
	got := redactURL("https://me:hush@ci.test/job?token=abc&branch=main")

	require.NotContains(t, got, "hush")
	require.NotContains(t, got, "abc")
	require.Contains(t, got, "branch=main")
}
