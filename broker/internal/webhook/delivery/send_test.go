package delivery

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/egress"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

func deliverer(config SenderConfig) *Deliverer {
	return &Deliverer{config: Config{Now: time.Now, Log: slog.New(slog.DiscardHandler)}, sender: newSender(config)}
}

func local() SenderConfig {
	return SenderConfig{Egress: listing("127.0.0.1", "nobody.invalid", "169.254.169.254"), UserAgent: "Treaty test"}
}

func listing(hosts ...string) egress.Policy {
	return egress.Policy{OwnMachine: true, Rules: kernel.WebhookRules{Hosts: hosts}}
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
	require.Contains(t, e.Error, "at an address that webhooks may not reach")
	require.NotContains(t, e.Error, "127.0.0.1")
}

func TestResponseStaysHiddenWithoutAListOfHosts(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "inner secrets") }))
	t.Cleanup(server.Close)
	config := local()
	config.Egress = listing()

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
		w.Header().Set("Set-Cookie", "session=s3cret-session")
		_, password, _ := r.BasicAuth()
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		echo, _ := json.Marshal(map[string]any{"headers": r.Header, "said": password, "query": r.URL.Query(), "body": string(body), "form": form})
		_, _ = w.Write(echo)
	}))
	t.Cleanup(server.Close)
	basic := func(pair string) string { return base64.StdEncoding.EncodeToString([]byte(pair)) }
	secrets := []string{"s3cret", basic(`me:s3cret-pass"word`), basic("me:s3cret user")}
	for name, request := range map[string]kernel.WebhookRequest{
		"basic": {
			Headers:  []kernel.WebhookHeader{{Name: "x-token", Value: "s3cret-token"}},
			Username: "me", Password: `s3cret-pass"word`,
		},
		"bearer": {
			Headers: []kernel.WebhookHeader{{Name: "x-token", Value: "s3cret-token"}, {Name: "authorization", Value: "Bearer s3cret-bearer"}},
		},
		"api key": {Headers: []kernel.WebhookHeader{{Name: "x-api-key", Value: "s3cret-key"}, {Name: "cookie", Value: "session=s3cret-cookie"}}},
		"URL":     {URL: strings.Replace(server.URL, "://", "://me:s3cret%20user@", 1) + "/?ref=main&access_token=s3cret%20query"},
		"JSON":    {Body: json.RawMessage(`{"ref":"main","client":{"secret":"s3cret\"in","apiKey":"s3cret-apikey"}}`)},
		"form": {
			Headers: []kernel.WebhookHeader{{Name: "content-type", Value: "application/x-www-form-urlencoded"}},
			Body:    json.RawMessage(`"ref=main&token=s3cret%20form"`),
		},
	} {
		t.Run(name, func(t *testing.T) {
			request.Method = "POST"
			request.URL = cmp.Or(request.URL, server.URL+"/?ref=main&access_token=s3cret-query")
			if request.Body == nil {
				request.Body = json.RawMessage(`{"ref":"main"}`)
			}
			e := execute(deliverer(local()), request)

			require.True(t, e.Success)
			require.Contains(t, string(e.Response.Body), "said", "the receiver echoes")
			require.Contains(t, string(e.RequestBody), "main", "what is not a secret stays")
			told, err := json.Marshal([]any{e.RequestURL, e.RequestHeaders, string(e.RequestBody), e.Response.Headers, string(e.Response.Body)})
			require.NoError(t, err)
			for _, secret := range secrets {
				require.NotContains(t, e.Logs, secret)
				require.NotContains(t, string(told), secret)
			}
		})
	}
}

func TestSecretsAreNowhereInWhyARequestWasNotSent(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"no host":      "http://me:s3cret",
		"no URL":       "http://127.0.0.1/%zz?token=s3cret",
		"nobody there": "http://me:s3cret@127.0.0.1:1/?token=s3cret",
		"no such host": "http://me:s3cret@nobody.invalid/?token=s3cret",
	} {
		t.Run(name, func(t *testing.T) {
			e := execute(deliverer(local()), kernel.WebhookRequest{Method: "POST", URL: address})

			require.False(t, e.Success)
			require.NotEmpty(t, e.Error)
			require.NotContains(t, e.Error+e.Logs+e.RequestURL, "s3cret")
			for _, word := range []string{"dial", "lookup", "tcp", "parse", "10."} {
				require.NotContains(t, e.Error, word, "the words of a library, which tell of the broker's network")
			}
		})
	}
}

func TestWhyARequestGotNoAnswerIsToldInWordsForPeople(t *testing.T) {
	t.Parallel()
	trusted := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(trusted.Close)
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(plain.Close)
	for _, tt := range []struct{ name, url, want string }{
		{"a certificate of nobody known", trusted.URL, "the certificate of the host is not trusted: it is signed by an unknown authority"},
		{"http asked in https", strings.Replace(plain.URL, "http:", "https:", 1), "the host does not speak TLS at this port"},
		{"a connection that is closed", plain.URL, "the host closed the connection"},
		{"nobody there", "http://127.0.0.1:1", "the host refuses the connection"},
		{"a name without an address", "http://nobody.invalid", "the host"},
		{"an address that is not allowed", "http://169.254.169.254", "at an address that webhooks may not reach"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := execute(deliverer(local()), kernel.WebhookRequest{Method: "POST", URL: tt.url})
			require.Contains(t, e.Error, tt.want)
			require.Contains(t, e.Logs, tt.want)
			require.NotContains(t, e.Error, "dial")
		})
	}
}

// Without a list of hosts, who may save a webhook learns nothing of the network:
// not which hosts there are, and not which ports are open.
func TestWithoutAListOfHostsAllFailuresReadTheSame(t *testing.T) {
	t.Parallel()
	trusted := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(trusted.Close)
	closing := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(closing.Close)
	config := local()
	config.Egress = listing()
	said := map[string]bool{}
	for _, address := range []string{trusted.URL, strings.Replace(closing.URL, "http:", "https:", 1), closing.URL, "http://127.0.0.1:1", "http://nobody.invalid"} {
		e := execute(deliverer(config), kernel.WebhookRequest{Method: "POST", URL: address})
		require.False(t, e.Success, address)
		require.NotContains(t, e.Logs, "TLS", address)
		said[e.Error] = true
	}
	require.Len(t, said, 1, "%v", said)
}

// TestSecretsStayReadableWhereTheOperatorWantsThem is for who looks for the
// fault of a webhook.
func TestSecretsStayReadableWhereTheOperatorWantsThem(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo-Token", r.Header.Get("X-Token"))
	}))
	t.Cleanup(server.Close)
	config := local()
	config.ShowSecrets = true

	e := execute(deliverer(config), kernel.WebhookRequest{Method: "POST", URL: server.URL,
		Headers: []kernel.WebhookHeader{{Name: "x-token", Value: "shown-header"}}, Body: json.RawMessage(`{"token":"shown-body"}`)})

	require.Contains(t, e.Logs, "x-token: shown-header")
	require.Contains(t, e.Logs, "x-echo-token: shown-header")
	require.Contains(t, e.Logs, "shown-body")
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

// A webhook may have been saved before the list of hosts was made shorter.
func TestAHostThatIsNotAllowedIsNotCalled(t *testing.T) {
	t.Parallel()
	called := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	t.Cleanup(server.Close)
	config := local()
	config.Egress = listing("ci.example.org", "10.0.0.0/8")

	e := execute(deliverer(config), kernel.WebhookRequest{Method: "POST", URL: server.URL})

	require.False(t, called)
	require.False(t, e.Success)
	require.Nil(t, e.Response)
	require.Contains(t, e.Error, "not among those that webhooks may reach")
	config.Egress = listing("127.0.0.0/8")
	require.True(t, execute(deliverer(config), kernel.WebhookRequest{Method: "POST", URL: server.URL}).Success)
}
