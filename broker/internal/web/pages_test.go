package web_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
)

const browserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

// standing is a broker that holds a little, with a clock that stands still.
func standing(t *testing.T, options ...brokertest.Option) string {
	t.Helper()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	options = append(options, func(o *broker.Options) { o.Now = func() time.Time { return now } })
	base := brokertest.Start(t, options...).URL()
	send := func(method, path, body string) {
		request, err := http.NewRequest(method, base+path, strings.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/json")
		request.SetBasicAuth("me", "secret")
		got, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, got.Body.Close())
		require.Less(t, got.StatusCode, 300, path)
	}
	send("PUT", "/pacts/provider/catalog/consumer/store%20front/version/1", `{"consumer":{"name":"store front"},"provider":{"name":"catalog"},
		"interactions":[{"description":"a request","request":{"method":"GET","path":"/"},"response":{"status":200}}]}`)
	send("PUT", "/pacts/provider/catalog/consumer/store%20front/version/1.json", `{"consumer":{"name":"store front"},"provider":{"name":"catalog"},
		"interactions":[{"description":"another","request":{"method":"GET","path":"/"},"response":{"status":200}}]}`)
	send("PUT", "/pacticipants/store%20front/branches/feat%2Fx/versions/1", "{}")
	send("POST", "/environments", `{"name":"test","production":false}`)
	return base
}

// ask reads an address and follows no redirect.
func ask(t *testing.T, method, address, accept string, header http.Header) (int, http.Header, string) {
	t.Helper()
	request, err := http.NewRequest(method, address, nil)
	require.NoError(t, err)
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("Accept", accept)
	if host := header.Get("Host"); host != "" {
		request.Host = host
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	got, err := client.Do(request)
	require.NoError(t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	return got.StatusCode, got.Header, string(text)
}

// hrefs are the addresses that a page loads, leads to and sends forms to.
func hrefs(t *testing.T, text string) []string {
	t.Helper()
	document, err := html.Parse(strings.NewReader(text))
	require.NoError(t, err)
	var out []string
	for n := range document.Descendants() {
		if n.Type == html.ElementNode && n.Data == "script" {
			require.Nil(t, n.FirstChild, "a script is a file of the dashboard")
			require.NotEmpty(t, n.Attr)
		}
		require.NotEqual(t, "base", n.Data)
		for _, a := range n.Attr {
			require.False(t, strings.HasPrefix(a.Key, "on"), "no inline script: %s", a.Key)
			if (a.Key == "href" || a.Key == "src" || a.Key == "action") && !strings.HasPrefix(a.Val, "data:") {
				out = append(out, a.Val)
			}
		}
	}
	return out
}

var somePages = []string{
	"/", "/ui/applications", "/ui/applications?q=x", "/ui/applications/catalog", "/ui/applications/catlog", "/ui/environments",
	"/ui/environments/test", "/ui/environments/tset", "/ui/gate", "/ui/gate?application=catalog&to=test",
	"/ui/applications/store%20front/versions/1", "/ui/applications/catalog/versions/9", "/ui/contracts/store%20front/catalog", "/ui/contracts/store%20front/catalog/1.json",
	"/ui/contracts/store%20front/catalog/1.json/diff", "/ui/contracts/store%20front/catalog/1/diff?with=9", "/ui/contracts/store%20front/catlog/1/diff", "/pacts/provider/catalog/consumer/store%20front/version/1/diff/previous-distinct",
	"/ui/matrix", "/ui/matrix?consumer=store+front", "/ui/matrix?consumer=catlog", "/ui/matrix?consumer=catalog&provider=store+front", "/matrix?q[][pacticipant]=catalog&latestby=cp", "/ui/nope", "/ui", "/nope",
	"/pacticipants/catalog", "/pacticipants/catlog", "/matrix/provider/catalog/consumer/store%20front", "/pacticipants/catalog/versions/9",
}

func TestNoHeaderChangesWhereAPageLeads(t *testing.T) {
	t.Parallel()
	base := standing(t)
	for _, page := range somePages {
		_, _, want := ask(t, "GET", base+page, browserAccept, http.Header{"Host": {"elsewhere.example"}})
		for _, forged := range []http.Header{
			{"Host": {"evil.example"}},
			{"X-Forwarded-Host": {"evil.example"}, "Host": {"elsewhere.example"}},
			{"X-Forwarded-Proto": {"javascript"}, "X-Forwarded-Prefix": {"//evil.example"}, "Host": {"elsewhere.example"}},
			{"Forwarded": {"host=evil.example;proto=https"}, "Host": {"elsewhere.example"}},
		} {
			status, header, got := ask(t, "GET", base+page, browserAccept, forged)
			require.Equal(t, want, got, "%s with %v", page, forged)
			require.NotContains(t, header.Get("Location"), "evil", page)
			if status < 300 || status >= 400 {
				for _, address := range hrefs(t, got) {
					require.NotContains(t, address, "//", "%s leads to %s", page, address)
				}
			}
		}
	}
}

// TestPagesWorkBehindAProxyThatTakesAPrefixOff follows every link from the
// start page.
func TestPagesWorkBehindAProxyThatTakesAPrefixOff(t *testing.T) {
	t.Parallel()
	var behind *url.URL
	proxy := httptest.NewServer(http.StripPrefix("/pact", &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(behind) }}))
	t.Cleanup(proxy.Close)
	base := standing(t, func(o *broker.Options) { o.BaseURLs = []string{proxy.URL + "/pact"} })
	var err error
	behind, err = url.Parse(base)
	require.NoError(t, err)

	seen := map[string]bool{}
	var visit func(from, address string)
	visit = func(from, address string) {
		at, err := url.Parse(from)
		require.NoError(t, err)
		to, err := at.Parse(address)
		require.NoError(t, err)
		to.Fragment = ""
		if seen[to.String()] {
			return
		}
		seen[to.String()] = true
		require.True(t, strings.HasPrefix(to.Path, "/pact/"), "%s leads to %s", from, to)
		status, _, text := ask(t, "GET", to.String(), browserAccept, nil)
		require.Equal(t, 200, status, "%s from %s", to, from)
		if strings.HasPrefix(text, "<!doctype html>") {
			for _, next := range hrefs(t, text) {
				visit(to.String(), next)
			}
		}
	}
	visit(proxy.URL+"/pact/", "/pact/")
	require.Greater(t, len(seen), 10)
}

func TestTheLinkToTheDocumentGivesThatOfThisVersion(t *testing.T) {
	t.Parallel()
	base := standing(t)
	for version, description := range map[string]string{"1": "a request", "1.json": "another"} {
		_, _, page := ask(t, "GET", base+"/ui/contracts/store%20front/catalog/"+version, browserAccept, nil)
		before, _, found := strings.Cut(page, `">as JSON`)
		require.True(t, found, version)
		address := before[strings.LastIndex(before, `"`)+1:]
		status, header, text := ask(t, "GET", base+address, browserAccept, nil)
		require.Equal(t, 200, status)
		require.Contains(t, header.Get("Content-Type"), "json")
		require.Contains(t, text, `"description":"`+description+`"`)
	}
}

// TestAnErrorInABrowserIsAPage asks for what is not there, in ways that end in
// different parts of the broker.
func TestAnErrorInABrowserIsAPage(t *testing.T) {
	t.Parallel()
	base := standing(t, brokertest.Password("me", "secret"))
	as := func(user string) http.Header {
		request := httptest.NewRequest(http.MethodGet, "/", nil)
		request.SetBasicAuth(user, "secret")
		return request.Header
	}
	for _, tt := range []struct {
		name, method, path, says string
		user                     string
		status                   int
	}{
		{"no address", "GET", "/nope", "nothing at this address", "me", 404},
		{"no page", "GET", "/ui/nope", "no page at this address", "me", 404},
		{"dot segments", "GET", "/ui/../pacticipants", "no page at this address", "me", 404},
		{"dot segments of the API", "GET", "/ui/api/..", "no page at this address", "me", 404},
		{"dot segments in another spelling", "GET", "/ui/api/%2e%2e", "no page at this address", "me", 404},
		{"the parts of pages", "GET", "/ui/kit", "no page at this address", "me", 404},
		{"no application", "GET", "/ui/applications/catlog", "Did you mean", "me", 404},
		{"the same by its API address", "GET", "/pacticipants/catlog", "Did you mean", "me", 404},
		{"no environment", "GET", "/ui/environments/tset", "Did you mean", "me", 404},
		{"no version", "GET", "/pacticipants/catalog/versions/9", "catalog has no version &#34;9&#34;.", "me", 404},
		{"wrong password", "GET", "/", "are not those of this broker", "you", 401},
		{"no such method", "POST", "/ui/gate", "not for this address", "me", 405},
		{"a bad name", "GET", "/ui/applications/%FF", "UTF-8", "me", 400},
		{"a zero byte", "GET", "/pacticipants/a%00b", "zero byte", "me", 400},
		{"a bad question", "GET", "/ui/gate?application=%00", "zero byte", "me", 400},
		{"a bad page", "GET", "/pacticipants?page=x", "must be an integer", "me", 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			status, header, text := ask(t, tt.method, base+tt.path, browserAccept, as(tt.user))
			require.Equal(t, tt.status, status, text)
			require.Contains(t, header.Get("Content-Type"), "text/html")
			require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
			require.Contains(t, header.Get("Content-Security-Policy"), "; script-src 'self'; connect-src 'self'; style-src 'self'; ", "no script runs on a page but the dashboard's own files")
			require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"))
			require.Contains(t, text, tt.says)
			require.NotEmpty(t, hrefs(t, text), "it leads on")
		})
	}
}

// TestNoAddressMakesAPageFail puts what cannot be a name, and what can hardly be
// one, into every place of every page's address.
func TestNoAddressMakesAPageFail(t *testing.T) {
	t.Parallel()
	base := standing(t)
	odd := []string{"", "x", "store%20front", "%00", "a%00b", "%FF", "%E2%80%AE", "%E2%80%8B", "..", "%2e%2e", "%2F", "a%2F%2Fb", "%0A",
		strings.Repeat("y", 600), "'", "%22%3E%3Cscript%3E", "%25", "1.json", "99999999999999999999", "-1", "%5C", "%F0%9F%99%82"}
	for _, pattern := range []string{
		"/ui/applications/@", "/ui/environments/@", "/ui/contracts/@/@", "/ui/contracts/@/@/@", "/ui/results/@/@/@/@", "/ui/applications/@/versions/@", "/ui/applications/catalog/versions/@", "/ui/kit?pairs-sort=@&pairs-q=@&pairs-result=@", "/ui/assets/@", "/ui/assets/@/@", "/ui/@",
		"/ui/applications?q=@&page=@", "/ui/gate?application=@&version=@&to=@", "/ui/gate?application=catalog&version=@&to=test", "/?page=@",
		"/ui/contracts/@/@/@/diff", "/ui/contracts/store%20front/catalog/@/diff?with=@", "/ui/contracts/store%20front/catalog/1.json/diff?with=@&q=@&change=@&part=@&sort=@", "/ui/contracts/store%20front/catalog/@/diff?with=@&by=content",
		"/pacts/provider/catalog/consumer/store%20front/version/@/diff/version/@", "/pacts/provider/catalog/consumer/store%20front/pact-version/@/diff/pact-version/@",
		"/ui/matrix?consumer=@&provider=@", "/ui/matrix?provider=catalog&consumer-version=@&consumer-branch=@", "/ui/matrix?provider=catalog&provider-tag=@&provider-environment=@&page=@",
		"/ui/matrix?consumer=store+front&result=@&every=@&left=@&unsorted=@&consumer-latest=@&consumer-main=@", "/matrix?q[][pacticipant]=@&q[][version]=@", "/matrix?q[]=@&@=@", "/matrix?q[][pacticipant]=catalog&latestby=@&limit=@&at=@&success[]=@&environment=@",
		"/ui/gate?application=catalog&to=@", "/ui/applications/catalog?page=@", "/ui/environments?@=@",
		"/pacticipants/@", "/matrix/provider/@/consumer/@", "/pacts/provider/@/consumer/@/version/@", "/pacts/provider/catalog/consumer/@/latest",
	} {
		for _, value := range odd {
			if !strings.HasPrefix(pattern, "/ui") && !strings.Contains(pattern, "?") && (value == "" || value == "1.json") {
				continue // these are other addresses, which have no page
			}
			for _, method := range []string{"GET", "HEAD"} {
				address := strings.ReplaceAll(pattern, "@", value)
				status, header, text := ask(t, method, base+address, browserAccept, nil)
				require.Less(t, status, 500, "%s %s: %s", method, address, text)
				require.NotContains(t, text, "SQL", address)
				if status != 303 && status != 302 && method == "GET" && !strings.HasPrefix(address, "/ui/assets/") {
					require.Contains(t, header.Get("Content-Type"), "text/html", address)
					require.True(t, strings.HasPrefix(text, "<!doctype html>"), address)
					hrefs(t, text)
				}
			}
		}
	}
}

// TestAPageOfALargeContractShowsItsBeginning: a browser is shown what people can
// read, and the rest has an address.
func TestAPageOfALargeContractShowsItsBeginning(t *testing.T) {
	t.Parallel()
	base := standing(t)
	var interactions, results []string
	for i := range 12_000 {
		interactions = append(interactions, fmt.Sprintf(`{"description":"step %d","request":{"method":"GET","path":"/"},"response":{"status":200,"body":%q}}`, i, strings.Repeat("y", 100)))
		results = append(results, fmt.Sprintf(`{"interactionDescription":"step %d","success":false,"mismatches":[{"attribute":"body","description":"%d"}]}`, i, i))
	}
	send := func(method, path, body string) {
		request, err := http.NewRequest(method, base+path, strings.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/json")
		got, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, got.Body.Close())
		require.Less(t, got.StatusCode, 300, path)
	}
	send("PUT", "/pacts/provider/catalog/consumer/store%20front/version/2", `{"consumer":{"name":"store front"},"provider":{"name":"catalog"},"interactions":[`+strings.Join(interactions, ",")+`]}`)
	status, _, page := ask(t, "GET", base+"/ui/contracts/store%20front/catalog/2", browserAccept, nil)
	require.Equal(t, 200, status)
	require.Contains(t, page, "12000 interactions")
	require.Contains(t, page, "Page 1 of 120")
	require.NotContains(t, page, "step 100<")
	require.Less(t, len(page), 200_000)
	_, _, page = ask(t, "GET", base+"/ui/contracts/store%20front/catalog/2?page=2", browserAccept, nil)
	require.Contains(t, page, "step 100<")
	_, _, page = ask(t, "GET", base+"/ui/contracts/store%20front/catalog/2?q=step+11999", browserAccept, nil)
	require.Contains(t, page, "step 11999<", "what has no room is found")

	_, _, text := ask(t, "GET", base+"/pacts/provider/catalog/consumer/store%20front/version/2", "application/hal+json", nil)
	var pact struct {
		Links struct {
			Publish struct{ Href string } `json:"pb:publish-verification-results"`
		} `json:"_links"`
	}
	require.NoError(t, json.Unmarshal([]byte(text), &pact))
	publish := strings.TrimPrefix(pact.Links.Publish.Href, base)
	send("POST", publish, `{"success":false,"providerApplicationVersion":"1","testResults":[`+strings.Join(results, ",")+`]}`)
	_, rest, _ := strings.Cut(publish, "/pact-version/")
	sha, _, _ := strings.Cut(rest, "/")
	status, _, page = ask(t, "GET", base+"/ui/results/store%20front/catalog/"+sha+"/101", browserAccept, nil)
	require.Equal(t, 200, status)
	require.Contains(t, page, "11500 more failures")
	require.Contains(t, page, "bytes in all)")

	send("POST", publish, `{"success":true,"providerApplicationVersion":"2","testResults":[`+strings.ReplaceAll(strings.Join(results, ","), `"success":false`, `"success":true`)+`]}`)
	_, _, page = ask(t, "GET", base+"/ui/results/store%20front/catalog/"+sha+"/102", browserAccept, nil)
	require.Contains(t, page, "0 failed, 12000 passed")
	require.Contains(t, page, "and 11900 more")
	require.Contains(t, page, "step 99<")
	require.NotContains(t, page, "step 100<")
}
