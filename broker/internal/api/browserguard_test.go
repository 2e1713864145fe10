package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

// requireKeptToItself fails the test if an answer may be kept by a proxy, shown in a
// frame of another site, or taken for something else than it is.
func requireKeptToItself(t testing.TB, header http.Header, what string) {
	t.Helper()
	require.Contains(t, header.Get("Cache-Control"), "private", what)
	require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'", what)
	require.Contains(t, header.Get("Content-Security-Policy"), "frame-ancestors 'none'", what)
	require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"), what)
}

func TestAnswersOfEveryKindAreKeptToThemselves(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{Auth: api.Auth{User: "me", Password: "x"}})
	for _, c := range []call{
		{method: "GET", path: "/"},
		{method: "GET", path: "/nothing"},
		{method: "POST", path: "/pacticipants", body: "{"},
		{method: "PATCH", path: "/"},
		{method: "GET", path: "/pacticipants/a//b"},
		{method: "GET", path: "/pacticipants/Foo/branches/main/latest-version/can-i-merge/badge"},
		{method: "GET", path: "/hal-browser/browser.html", header: map[string]string{"Accept": "text/html"}},
		{method: "GET", path: "/diagnostic/status/heartbeat"},
	} {
		requireKeptToItself(t, s.do(c).header, "without password: "+c.method+" "+c.path)
		c.header = map[string]string{"Authorization": "Basic bWU6eA=="}
		requireKeptToItself(t, s.do(c).header, c.method+" "+c.path)
	}
}

func TestAPageOfAnotherSiteWritesNothingByTheAPI(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{BaseURLs: []string{"https://pacts.example.org/broker"}})
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		for _, header := range []map[string]string{{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}} {
			header["Content-Type"], header["Accept"] = "text/plain", "*/*"
			got := s.do(call{method: method, path: "/pacticipants/Foo", body: `{"name":"Foo"}`, header: header})
			require.Equal(t, 403, got.status, "%s %v", method, header)
			require.Contains(t, got.text, "A page of another site sent this")
		}
	}
	require.Equal(t, 404, s.get("/pacticipants/Foo").status, "nothing was done")
	for _, header := range []map[string]string{{}, {"Origin": s.url}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "https://pacts.example.org"}} {
		header["Content-Type"] = "application/json"
		require.Less(t, s.do(call{method: "PUT", path: "/pacticipants/Foo/versions/1", body: `{}`, header: header}).status, 300, "%v", header)
	}
	require.Equal(t, 200, s.do(call{method: "GET", path: "/pacticipants/Foo", header: map[string]string{"Origin": "https://evil.example"}}).status, "what it may not read, its browser does not let it read")
}

func TestABrokerThatKnowsItsNameAnswersToNoOther(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		hosts []string
		host  string
		want  int
	}{
		{nil, "evil.example", 200},
		{[]string{"pacts.example.org"}, "evil.example", 421},
		{[]string{"pacts.example.org"}, "pacts.example.org:8443", 200},
		{[]string{"pacts.example.org"}, "treaty", 200},
		{[]string{"pacts.example.org"}, "10.0.0.5:9292", 200},
		{[]string{"pacts.example.org", "treaty.apps.svc"}, "treaty.apps.svc", 200},
		{[]string{"pacts.example.org", "*"}, "evil.example", 200},
	} {
		s := start(t, api.Config{Hosts: tt.hosts})
		got := s.do(call{method: "GET", path: "/", header: map[string]string{"Host": tt.host}})
		require.Equal(t, tt.want, got.status, "%v %s", tt.hosts, tt.host)
		if tt.want == 421 {
			require.Contains(t, got.text, "--allowed-hosts")
		}
	}
}
