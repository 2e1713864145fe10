package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/internal/chance"

	"github.com/treatyhq/treaty/broker/internal/api"
)

// randomRequests is how many requests TestNoRequestMakesTheBrokerFail makes.
const randomRequests = 10_000

// TestNoRequestMakesTheBrokerFail sends random methods, names, queries, headers
// and bodies to random routes. Nothing that a client can send is a 5xx, no
// answer shows what the database said, and what says that it is JSON is.
// TREATY_SEED makes it other requests.
func TestNoRequestMakesTheBrokerFail(t *testing.T) {
	t.Parallel()
	n := randomRequests
	if testing.Short() {
		n /= 20
	}
	sendRandomRequests(t, start(t, api.Config{MaxBodyBytes: 4096}), n)
}

// sendRandomRequests sends n requests to a broker that holds a little.
func sendRandomRequests(t *testing.T, s *server, n int) {
	t.Helper()
	seed := chance.Seed(s.t, 20261125)
	s.publish("Foo", "1", "main", "Bar", "thing")
	s.must("POST", "/environments", `{"name":"test","production":false}`)
	r := &randomiser{Rand: rand.New(rand.NewPCG(seed, 1)), routes: bare().Routes()}
	for i := range n {
		request := r.request(s.url)
		description := fmt.Sprintf("seed %d, request %d: %s %s", seed, i, request.Method, request.URL)
		response, err := http.DefaultClient.Transport.RoundTrip(request)
		require.NoError(t, err, description)
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err, description)
		require.NoError(t, response.Body.Close())
		requireSound(t, description, request.Method, response, text)
		onPurpose := strings.HasPrefix(request.URL.Path, "/test/error") || response.StatusCode == http.StatusNotImplemented ||
			response.StatusCode == http.StatusServiceUnavailable && strings.HasSuffix(request.URL.Path, "/execute")
		require.True(t, response.StatusCode < 500 || onPurpose, "%s: %d", description, response.StatusCode)
	}
}

// driverTexts are words of databases and their drivers, as words: the letters of
// a reference are random.
var driverTexts = regexp.MustCompile(`(?i)SQLSTATE|constraint|\bsqlite|\bpostgres|\bgorm\b|\bpgx\b|syntax error at|goroutine|\.go:\d`)

// requireSound looks at an answer that may be about anything.
func requireSound(t *testing.T, description, method string, response *http.Response, text []byte) {
	t.Helper()
	require.False(t, driverTexts.Match(text) && response.StatusCode >= 400, "%s: %s", description, text)
	require.NotEmpty(t, response.Header.Get("X-Pact-Broker-Version"), description)
	if method == http.MethodHead {
		require.Empty(t, text, description)
		return
	}
	if strings.Contains(response.Header.Get("Content-Type"), "json") && len(text) > 0 {
		require.True(t, json.Valid(text), "%s: %s", description, text)
	}
	require.True(t, utf8.Valid(text), description)
}

type randomiser struct {
	*rand.Rand
	routes []api.RouteInfo
}

func (r *randomiser) pick(from ...string) string { return from[r.IntN(len(from))] }

func (r *randomiser) request(base string) *http.Request {
	route := r.routes[r.IntN(len(r.routes))]
	method := r.pick(route.Methods...)
	if r.IntN(20) == 0 {
		method = r.pick("GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "FROB")
	}
	// Deleting everything would leave nothing to fail on.
	if method == "DELETE" && route.Path == "/integrations" {
		method = "GET"
	}
	request := httptest.NewRequest(method, base+"/", strings.NewReader(r.body()))
	request.RequestURI = ""
	target, err := url.Parse(base + r.path(route.Path))
	if err == nil {
		request.URL = target
	}
	request.URL.RawQuery = r.query()
	request.Header.Set("Accept", r.pick(append([]string{"*/*", "application/hal+json", "garbage", "", browserAccept,
		"application/hal+json, application/problem+json", "*/*;q=0", "text/html;q=0.1, Application/JSON;Q=0.2", ";;,q=,=/",
		"application/problem+json", strings.Repeat("a/b;q=0.1,", 5000), "text/html, application/json", "\xff\xfe"}, route.Produces...)...))
	request.Header.Set("Content-Type", r.pick("application/json", "application/json", "application/merge-patch+json",
		"application/hal+json", "text/plain", "", "application/json;charset=latin1", "APPLICATION/JSON", "application/x+json; =;",
		strings.Repeat("x", 10_000), "\xff/json"))
	r.forge(request.Header)
	if r.IntN(20) == 0 {
		request.Header.Set("If-None-Match", "*")
	}
	return request
}

// forge adds what proxies and attackers send.
func (r *randomiser) forge(header http.Header) {
	for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Ssl", "Forwarded",
		"X-Http-Method-Override", "Accept-Charset", "Authorization", "If-Match", "Traceparent", "X-Original-Url"} {
		if r.IntN(15) == 0 {
			header.Set(name, r.pick("https, http", "evil.example", "\"'><script>", "javascript:alert(1)", "DELETE", "utf-8", "iso-8859-1",
				"Basic !!!", "host=\"a b\";proto=x", strings.Repeat("y", 20_000), "\xff", ", , ,", "[::1"))
		}
	}
}

// path fills the parameters of a route, mostly with names that exist.
func (r *randomiser) path(pattern string) string {
	parts := strings.Split(pattern, "/")
	for i, part := range parts {
		if !strings.HasPrefix(part, "{") {
			continue
		}
		parts[i] = url.PathEscape(r.word())
		if r.IntN(40) == 0 {
			parts[i] = r.pick("%2F", "%00", "%FF", "%E2%82", "%0A", "%09", "a%20b", "..", ".", "%2e%2e", "x.json", "")
		}
	}
	if r.IntN(30) == 0 {
		parts[r.IntN(len(parts))] += r.pick(".json", ".yaml", ";x=1", "%2F..", "/.", "/..", "%", "%00", "\u202e")
	}
	return strings.Join(parts, "/") + r.pick("", "", "", "/", "//", ".json", ".csv", ".svg", ".yaml", ".json.json", ".JSON", "/.json", "%2ejson")
}

func (r *randomiser) word() string {
	if r.IntN(10) == 0 {
		return r.noise(r.IntN(600))
	}
	return r.pick("Foo", "Bar", "1", "2", "main", "test", "latest", "dev", "all", "-1", "99999999999999999999",
		"feat/x", "Y3ZuPTE", "c1tdW2N2XT0x", "0123456789012345678901234567890123456789", "🙂", " ", "true", "null")
}

// noise is n random characters, some of them no UTF-8.
func (r *randomiser) noise(n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(r.IntN(256))
	}
	return string(out)
}

func (r *randomiser) query() string {
	var parts []string
	for range r.IntN(6) {
		name := r.pick("q", "q[]", "q[][pacticipant]", "q[][version]", "q[][tag]", "q[][latest]", "q[][branch]",
			"q[][environment]", "q[][mainBranch]", "latestby", "limit", "page", "size", "pageNumber", "pageSize", "success",
			"success[]", "environment", "tag", "latest", "mainBranch", "ignore[]", "ignore[][pacticipant]", "at", "to",
			"pacticipant", "version", "name", "exclude[]", "maxPacticipants", "label", "initials", "target",
			"applicationInstance", "consumer_version_selectors[][tag]", "include_pending_status", "[", "]]", "a[b")
		value := url.QueryEscape(r.word())
		if r.IntN(30) == 0 {
			value = r.pick("%00", "%FF", "a%00b", "%E2%82", "%F0%9F%99%82", "%u202e", strings.Repeat("z", 5000), "%0d%0aX:%20y")
		}
		parts = append(parts, url.QueryEscape(name)+"="+value)
	}
	if r.IntN(20) == 0 {
		parts = append(parts, "%zz=%", "=", "&&")
	}
	return strings.Join(parts, "&")
}

// body is JSON with members that mean something, broken JSON, or noise.
func (r *randomiser) body() string {
	switch r.IntN(12) {
	case 0:
		return ""
	case 1:
		return r.noise(r.IntN(5000))
	case 2:
		return strings.Repeat("[", r.IntN(200))
	case 3:
		return strings.Repeat("x", 5000)
	case 4:
		text := r.value(0)
		return text[:r.IntN(len(text)+1)]
	}
	return r.object(0)
}

func (r *randomiser) object(depth int) string {
	var members []string
	for range r.IntN(7) {
		name := r.pick("name", "displayName", "mainBranch", "production", "contacts", "success", "consumer", "provider",
			"providerApplicationVersion", "buildUrl", "testResults", "verifiedBy", "interactions", "messages", "description",
			"metadata", "pactSpecification", "tags", "branch", "pacticipantName", "pacticipantVersionNumber", "contracts",
			"consumerName", "providerName", "content", "contentType", "specification", "onConflict", "events", "request",
			"method", "url", "headers", "body", "enabled", "label", "currentlyDeployed", "currentlySupported", "target",
			"consumerVersionSelectors", "latest", "deployed", "providerVersionBranch", "includeWipPactsSince", "_id")
		members = append(members, fmt.Sprintf("%q:%s", name, r.value(depth+1)))
	}
	return "{" + strings.Join(members, ",") + "}"
}

func (r *randomiser) value(depth int) string {
	if depth < 4 && r.IntN(3) == 0 {
		if r.IntN(2) == 0 {
			return r.object(depth)
		}
		var items []string
		for range r.IntN(3) {
			items = append(items, r.value(depth+1))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	return r.pick("null", "true", "false", "1", "-0.5", "1e400", "9999999999999999999999", `""`, `" "`, `"Foo"`, `"Bar"`,
		`"1"`, `"a\nb"`, `"\u0000"`, `"pact"`, `"application/json"`, `"e30="`, `"POST"`, `"https://x.example/"`,
		`"\ud800"`, `"a\u0000b"`, `"\u202e"`, `"\u200b"`, `"contract_published"`, `"2026-01-01"`, `"overwrite"`, `"merge"`)
}
