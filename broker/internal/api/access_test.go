package api_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// oddNames are put in the place of the parameters of an address: names that
// look like a part of another address once they are decoded.
var oddNames = []string{"x", "feat%2Fbadge", "badge", "badge.svg", "latest", "..", "%2e%2e", "a%252Fbadge", "for-verification"}

// oddForms write one address in other ways.
var oddForms = map[string]func(string) string{
	"as it is":           func(path string) string { return path },
	"a slash at the end": func(path string) string { return path + "/" },
	"two slashes":        func(path string) string { return strings.Replace(path, "/", "//", 1) },
	"two at the end":     func(path string) string { return path + "//" },
	"a dot segment":      func(path string) string { return "/." + path },
	"there and back":     func(path string) string { return "/diagnostic/status/heartbeat/../../.." + path },
	"ends in .json":      func(path string) string { return path + ".json" },
	"ends in .svg":       func(path string) string { return path + ".svg" },
	"goes on as a badge": func(path string) string { return path + "/badge" },
	"encoded letters":    func(path string) string { return strings.NewReplacer("/b", "/%62", "/h", "/%68").Replace(path) },
	"encoded slashes":    func(path string) string { return "/" + strings.ReplaceAll(path[1:], "/", "%2F") },
	"capitals":           strings.ToUpper,
}

// asker is somebody who makes requests.
type asker struct {
	name, user, password string
}

var askers = []asker{{name: "nobody"}, {"the reader", "r", "r-secret"}, {"the writer", "w", "w-secret"}, {"a stranger", "w", "r-secret"}}

// TestTheRouteThatAnswersSaysWhoMayUseIt asks for every address in odd forms.
// An open broker tells which route answers; a closed one must let pass whom
// the policy of that route lets pass, and nobody else.
func TestTheRouteThatAnswersSaysWhoMayUseIt(t *testing.T) {
	t.Parallel()
	routes := bare().Routes()
	policy := map[string]api.RouteInfo{}
	for _, r := range routes {
		policy[strings.NewReplacer("{", ":", "}", "").Replace(r.Path)] = r
	}
	var answered string
	open := api.New(&usecase.All{}, api.Config{Log: quiet(), Prometheus: http.NotFoundHandler(), Web: noPage,
		Observe: func(o api.Observation) { answered = o.Route }})
	// Time goes by between the wrong passwords of the stranger, who would have to wait.
	at := time.Now()
	later := func() time.Time {
		at = at.Add(time.Minute)
		return at
	}
	closed := map[string]*api.API{}
	for _, name := range []string{"closed", "read", "heartbeat", "badges"} {
		closed[name] = api.New(&usecase.All{}, api.Config{Log: quiet(), Prometheus: http.NotFoundHandler(), Web: noPage, Now: later, Auth: api.Auth{
			User: "w", Password: "w-secret", ReadOnlyUser: "r", ReadOnlyPassword: "r-secret",
			PublicRead: name == "read", PublicHeartbeat: name == "heartbeat", PublicBadges: name == "badges",
		}})
	}
	others := []string{"HEAD", "OPTIONS", "PUT", "POST", "DELETE", "TRACE", "PATCH", "FROB"}
	let, seen := 0, map[string]bool{}
	for i, address := range oddAddresses(routes) {
		for j, method := range []string{"GET", others[i%len(others)], others[(i/len(others)+i+3)%len(others)]} {
			request := oddRequest(method, address, i+j)
			open.ServeHTTP(httptest.NewRecorder(), request)
			seen[policy[answered].Public] = true
			for setting, broker := range closed {
				for _, who := range askers {
					request := oddRequest(method, address, i+j)
					if who.user != "" {
						request.SetBasicAuth(who.user, who.password)
					}
					got := httptest.NewRecorder()
					broker.ServeHTTP(got, request)
					want := mayPass(setting, who.name, method, policy[answered])
					require.Equal(t, want, got.Code != 401, "%s asks for %s %s, answered by %q, %s broker: %d",
						who.name, method, address, answered, setting, got.Code)
					if want {
						let++
					}
				}
			}
		}
	}
	require.Len(t, seen, 3, "every kind of policy was met")
	require.Greater(t, let, 5_000)
}

func noPage(http.ResponseWriter, *http.Request) bool { return false }

// oddAddresses are all addresses with odd names in odd forms.
func oddAddresses(routes []api.RouteInfo) []string {
	var out []string
	for i, r := range routes {
		for j, name := range oddNames {
			path := r.Path
			for strings.Contains(path, "{") {
				before, rest, _ := strings.Cut(path, "{")
				_, after, _ := strings.Cut(rest, "}")
				path = before + name + after
			}
			k := 0
			for _, form := range slices.Sorted(formNames()) {
				// Every form with a plain name; of the odd names each meets a few.
				if name == "x" || (i+j+k)%7 == 0 {
					out = append(out, oddForms[form](path))
				}
				k++
			}
		}
	}
	slices.Sort(out)
	return append(slices.Compact(out), "/ui/gate", "/ui/../diagnostic/status/heartbeat", "/ui/%2e%2e/x/badge", "/ui", "/ui/x/badge")
}

func formNames() func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range oddForms {
			if !yield(name) {
				return
			}
		}
	}
}

// oddRequest adds what some frameworks let take the place of the method or of
// the address.
func oddRequest(method, address string, n int) *http.Request {
	request := httptest.NewRequest(method, address, nil)
	request.Header.Set("Accept", "application/hal+json")
	switch n % 4 {
	case 1:
		request.Header.Set("X-Http-Method-Override", "GET")
		request.Header.Set("X-Http-Method", "HEAD")
		request.URL.RawQuery = "_method=GET"
	case 2:
		request.Header.Set("X-Original-Url", "/diagnostic/status/heartbeat")
		request.Header.Set("X-Rewrite-Url", "/pacts/provider/x/consumer/x/latest/badge")
		request.Header.Set("X-Forwarded-Path", "/diagnostic/status/heartbeat")
	case 3:
		request.Header.Set("Accept", "text/html,*/*")
	}
	return request
}

// mayPass is the policy in other words than the code's.
func mayPass(setting, who, method string, r api.RouteInfo) bool {
	looks := method == "GET" || method == "HEAD" || method == "OPTIONS"
	need := r.Needs[method]
	if method == "HEAD" {
		need = r.Needs["GET"]
	}
	// Which secrets there are is for those alone who write.
	asks := (looks || need == "contract_data:read") && need != "secret:read"
	switch {
	case who == "the writer":
		return true
	case who == "the reader" && asks, setting == "read" && asks:
		return true
	case setting == "heartbeat" && r.Public == "heartbeat", setting == "badges" && r.Public == "badge":
		return looks
	}
	return false
}

func TestATagThatEndsLikeABadgeKeepsItsPactClosed(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{Auth: api.Auth{User: "w", Password: "x", PublicBadges: true, PublicHeartbeat: true}})
	writer := map[string]string{"Authorization": "Basic dzp4"}
	put := func(path, body string) {
		got := s.do(call{method: "PUT", path: path, body: body, header: writer})
		require.Less(t, got.status, 300, got.text)
	}
	put(fooBar+"/version/1", pactBetween("Foo", "Bar", "thing"))
	for _, tag := range []string{"feat%2Fbadge", "x%2Fbadge.svg", "badge.json"} {
		put("/pacticipants/Foo/versions/1/tags/"+tag, "{}")
		got := s.get(fooBar + "/latest/" + tag)
		require.Equal(t, 401, got.status, tag)
		require.NotContains(t, got.text, "thing")
		require.Equal(t, 200, s.do(call{method: "GET", path: fooBar + "/latest/" + tag, header: writer}).status, tag)
	}
	require.Equal(t, 307, s.do(call{method: "GET", path: fooBar + "/latest/feat%2Fbadge/badge", header: map[string]string{"Accept": "*/*"}}).status)
	require.Equal(t, 307, s.do(call{method: "GET", path: fooBar + "/latest/badge.svg"}).status)
}

func TestADenialSaysWhichOfItsReasonsItHas(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{Auth: api.Auth{User: "w", Password: "x", ReadOnlyUser: "r", ReadOnlyPassword: "y"}})
	for _, tt := range []struct {
		name, credentials, accept, says, media string
	}{
		{"nobody", "", "*/*", "asks for a user and a password", "text/plain"},
		{"nobody in a browser", "", browserAccept, "asks for a user and a password", "text/html"},
		{"wrong password", "Basic dzp6", "*/*", "are not those of this broker", "text/plain"},
		{"reader", "Basic cjp5", "application/hal+json", "may only read", "text/plain"},
		{"reader who takes problems", "Basic cjp5", "application/problem+json", "may only read", "application/problem+json"},
		{"reader in a browser", "Basic cjp5", "text/html", "may only read", "text/html"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := s.do(call{method: "PUT", path: "/pacticipants/Foo/versions/1", body: "{}",
				header: map[string]string{"Accept": tt.accept, "Authorization": tt.credentials}})
			require.Equal(t, 401, got.status)
			require.Contains(t, got.text, tt.says)
			require.Contains(t, got.header.Get("Content-Type"), tt.media)
			require.NotEmpty(t, got.header.Get("WWW-Authenticate"))
		})
	}
}
