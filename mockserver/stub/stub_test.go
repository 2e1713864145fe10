package stub_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/mockserver/stub"
)

func exchange(method, path string, status int, change ...func(*contract.HTTP)) *contract.HTTP {
	i := &contract.HTTP{
		Common:   contract.Common{Description: fmt.Sprintf("%s %s gives %d", method, path, status)},
		Request:  contract.Request{Method: method, Path: path},
		Response: contract.Response{Status: status, Body: contract.NewBody([]byte(`{"ok":true}`), "application/json")},
	}
	for _, c := range change {
		c(i)
	}
	return i
}

func given(state string) func(*contract.HTTP) {
	return func(i *contract.HTTP) { i.States = []contract.ProviderState{{Name: state}} }
}

func query(name, value string) func(*contract.HTTP) {
	return func(i *contract.HTTP) { i.Request.Query = contract.Values{name: {value}} }
}

func body(text string) func(*contract.HTTP) {
	return func(i *contract.HTTP) { i.Request.Body = contract.NewBody([]byte(text), "application/json") }
}

func header(name, value string) func(*contract.HTTP) {
	return func(i *contract.HTTP) { i.Request.Headers = contract.Values{name: {value}} }
}

func pathRule(pattern string) func(*contract.HTTP) {
	return func(i *contract.HTTP) {
		i.Request.Rules = contract.RuleSet{contract.CategoryPath: {"": {Rules: []contract.Rule{contract.RegexRule{Pattern: pattern}}}}}
	}
}

func table(interactions ...contract.Interaction) *stub.Table {
	return stub.NewTable([]*contract.Pact{{Consumer: "storefront", Provider: "catalog", Interactions: interactions}})
}

func ask(s http.Handler, method, target, body string, headers ...string) *http.Response {
	request := httptest.NewRequest(method, target, strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	s.ServeHTTP(recorder, request)
	return recorder.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	content, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(content)
}

func TestTheRulesOfChoosing(t *testing.T) {
	t.Parallel()
	server := stub.New(table(
		exchange("GET", "/a", 201, header("X-Kind", "one")),
		exchange("GET", "/a", 202, header("X-Kind", "two")),
		exchange("GET", "/q", 200, query("page", "1")),
		exchange("GET", "/q", 206, query("page", "2")),
		exchange("POST", "/orders", 201, body(`{"n":1}`)),
		exchange("POST", "/orders", 409, body(`{"n":2}`)),
		exchange("GET", "/body", 200, body(`{"n":2}`)),
		exchange("GET", "/things/1", 200, pathRule(`/things/\d+`)),
		exchange("GET", "/with space", 200),
	), stub.Options{})
	for _, tt := range []struct {
		name, method, target, body string
		headers                    []string
		want                       int
	}{
		{name: "the first of equals", method: "GET", target: "/a", want: 201},
		{name: "the fewest differences", method: "GET", target: "/a", headers: []string{"X-Kind", "two"}, want: 202},
		{name: "headers may differ", method: "GET", target: "/a", headers: []string{"X-Kind", "three"}, want: 201},
		{name: "the query must be right", method: "GET", target: "/q?page=2", want: 206},
		{name: "another query is not answered", method: "GET", target: "/q?page=3", want: 404},
		{name: "nor a missing one", method: "GET", target: "/q", want: 404},
		{name: "nor one too many", method: "GET", target: "/a?x=1", want: 404},
		{name: "a body of POST must be right", method: "POST", target: "/orders", body: `{"n":2}`, want: 409},
		{name: "another body of POST is not answered", method: "POST", target: "/orders", body: `{"n":3}`, want: 404},
		{name: "a body of GET does not count", method: "GET", target: "/body", want: 200},
		{name: "a path by rule", method: "GET", target: "/things/77", want: 200},
		{name: "a path outside the rule", method: "GET", target: "/things/x", want: 404},
		{name: "an encoded path", method: "GET", target: "/with%20space", want: 200},
		{name: "another method", method: "DELETE", target: "/a", want: 404},
	} {
		require.Equal(t, tt.want, ask(server, tt.method, tt.target, tt.body, tt.headers...).StatusCode, tt.name)
	}
}

func TestA404NamesTheReason(t *testing.T) {
	t.Parallel()
	server := stub.New(table(exchange("POST", "/orders", 201, body(`{"n":1}`)), exchange("GET", "/s", 200, given("full"))),
		stub.Options{States: regexp.MustCompile("empty")})
	require.Contains(t, text(t, ask(server, "GET", "/x", "")), "no interaction has this method and path")
	require.Contains(t, text(t, ask(server, "GET", "/s", "")), "left out by the provider state filter")
	open := stub.New(table(exchange("POST", "/orders", 201, body(`{"n":1}`))), stub.Options{})
	require.Contains(t, text(t, ask(open, "POST", "/orders", `{"n":2}`)), `"POST /orders gives 201" differs: body $.n`)
}

func TestProviderStatesFilter(t *testing.T) {
	t.Parallel()
	interactions := table(exchange("GET", "/a", 200), exchange("GET", "/a", 201, given("a lamp exists")), exchange("GET", "/a", 404, given("no lamp exists")))
	for _, tt := range []struct {
		name    string
		options stub.Options
		headers []string
		want    int
	}{
		{name: "no filter", want: 200},
		{name: "by option", options: stub.Options{States: regexp.MustCompile("^no lamp")}, want: 404},
		{name: "unanchored", options: stub.Options{States: regexp.MustCompile("lamp")}, want: 201},
		{name: "without state too", options: stub.Options{States: regexp.MustCompile("^no lamp"), Stateless: true}, want: 200},
		{name: "by header", options: stub.Options{StateHeader: "X-State"}, headers: []string{"X-State", "a lamp"}, want: 201},
		{name: "header over option", options: stub.Options{StateHeader: "X-State", States: regexp.MustCompile("a lamp")}, headers: []string{"X-State", "no lamp"}, want: 404},
		{name: "a header that is not an expression", options: stub.Options{StateHeader: "X-State"}, headers: []string{"X-State", "("}, want: 400},
	} {
		require.Equal(t, tt.want, ask(stub.New(interactions, tt.options), "GET", "/a", "", tt.headers...).StatusCode, tt.name)
	}
}

func TestAnswersAreMadeFromTheResponse(t *testing.T) {
	t.Parallel()
	server := stub.New(table(
		exchange("GET", "/a", 0),
		exchange("GET", "/none", 204),
		exchange("GET", "/own", 200, func(i *contract.HTTP) {
			i.Response.Headers = contract.Values{"content-type": {"application/hal+json"}, "Access-Control-Allow-Origin": {"https://only.example"}}
		}),
		exchange("GET", "/dynamic", 200, func(i *contract.HTTP) {
			i.Response.Generators = contract.GeneratorSet{contract.CategoryBody: {"$.ok": {Type: "RandomInt", Attrs: map[string]any{}}}}
		}),
	), stub.Options{})
	response := ask(server, "GET", "/a", "")
	require.Equal(t, 200, response.StatusCode)
	require.Equal(t, "application/json", response.Header.Get("Content-Type"))
	require.Empty(t, response.Header.Values("Access-Control-Allow-Origin"), "that is asked for by name")
	require.Equal(t, `{"ok":true}`, text(t, response))
	require.Empty(t, text(t, ask(server, "GET", "/none", "")))
	own := ask(server, "GET", "/own", "")
	require.Equal(t, []string{"application/hal+json"}, own.Header["Content-Type"])
	require.Equal(t, []string{"https://only.example"}, own.Header["Access-Control-Allow-Origin"])
	require.Regexp(t, `^\{"ok":\d+\}$`, text(t, ask(server, "GET", "/dynamic", "")))
}

func TestOnlyToHeadTheContractKnowsTheLength(t *testing.T) {
	t.Parallel()
	long := func(i *contract.HTTP) { i.Response.Headers = contract.Values{"Content-Length": {"42"}} }
	none := func(i *contract.HTTP) { i.Response.Body = contract.Body{} }
	server := stub.New(table(exchange("GET", "/a", 200, long), exchange("HEAD", "/a", 200, long, none)), stub.Options{})
	require.Equal(t, "11", ask(server, "GET", "/a", "").Header.Get("Content-Length"))
	require.Equal(t, "42", ask(server, "HEAD", "/a", "").Header.Get("Content-Length"))
}

func TestCORS(t *testing.T) {
	t.Parallel()
	interactions := table(exchange("GET", "/a", 200))
	plain := stub.New(interactions, stub.Options{})
	require.Equal(t, 404, ask(plain, "OPTIONS", "/a", "").StatusCode)
	for _, path := range []string{"/a", "/none"} {
		for name := range ask(plain, "GET", path, "", "Origin", "https://shop.example").Header {
			require.NotContains(t, name, "Access-Control", path)
		}
	}
	for _, path := range []string{"/a", "/none"} {
		require.Equal(t, "*", ask(stub.New(interactions, stub.Options{CORS: true}), "GET", path, "").Header.Get("Access-Control-Allow-Origin"), path)
	}
	response := ask(stub.New(interactions, stub.Options{CORS: true, CORSReferer: true}), "OPTIONS", "/a", "", "Referer", "https://shop.example/page?x=1")
	require.Equal(t, 204, response.StatusCode)
	require.Equal(t, "https://shop.example", response.Header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "*", response.Header.Get("Access-Control-Allow-Headers"))
}

func TestALargeBodyIsRefused(t *testing.T) {
	t.Parallel()
	server := stub.New(table(exchange("POST", "/a", 200, body(`{}`))), stub.Options{MaxBody: 5})
	require.Equal(t, http.StatusRequestEntityTooLarge, ask(server, "POST", "/a", "123456").StatusCode)
}

func TestThePageListsInteractionsAndRequests(t *testing.T) {
	t.Parallel()
	server := stub.New(table(exchange("GET", "/a", 200, given("a <b> exists"))), stub.Options{})
	ask(server, "GET", "/a", "")
	ask(server, "GET", "/nowhere?x=<script>", "")
	response := ask(server, "GET", "/_treaty", "")
	page := text(t, response)
	require.Contains(t, page, "answered</span> by “GET /a gives 200”")
	require.Contains(t, page, "no interaction has this method and path")
	require.Contains(t, page, "a &lt;b&gt; exists")
	require.NotContains(t, page, "<script>")
	require.Contains(t, page, "storefront → catalog")
	require.Contains(t, response.Header.Get("Content-Security-Policy"), "default-src 'none'")
}

func write(t *testing.T, path string, interactions ...contract.Interaction) {
	t.Helper()
	content, err := contract.Encode(&contract.Pact{Consumer: "c", Provider: "p", Interactions: interactions}, contract.V4)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, content, 0o600))
}

func TestSourcesAreRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "one.json"), exchange("GET", "/1", 200))
	write(t, filepath.Join(dir, "deep", "two.json"), exchange("GET", "/2", 200))
	write(t, filepath.Join(dir, "other.pact"), exchange("GET", "/3", 200))
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "me" || password != "secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.ServeFile(w, r, filepath.Join(dir, "other.pact"))
	}))
	t.Cleanup(web.Close)
	load := func(s stub.Sources) (int, error) {
		feed, err := stub.Open(t.Context(), s)
		if err != nil {
			return 0, err
		}
		return feed.Table().Len(), nil
	}
	n, err := load(stub.Sources{Dirs: []string{dir}})
	require.NoError(t, err)
	require.Equal(t, 2, n)
	n, err = load(stub.Sources{Dirs: []string{dir}, Extension: "pact", Files: []string{filepath.Join(dir, "one.json")}, URLs: []string{web.URL}, User: "me", Password: "secret"})
	require.NoError(t, err)
	require.Equal(t, 3, n)
	_, err = load(stub.Sources{URLs: []string{web.URL}})
	require.ErrorContains(t, err, "the server answers 401")
	web.Close()
	for _, address := range []string{strings.Replace(web.URL, "://", "://me:hidden@", 1) + "/?token=hidden", "http://me:hidden", "http://me:hid/hidden@a"} {
		_, err = load(stub.Sources{URLs: []string{address}})
		require.Error(t, err)
		require.NotContains(t, err.Error(), "hidden")
	}
	_, err = load(stub.Sources{})
	require.ErrorIs(t, err, stub.ErrNoSource)
	_, err = load(stub.Sources{Files: []string{filepath.Join(dir, "none.json")}})
	require.ErrorContains(t, err, "none.json")
	broken := filepath.Join(dir, "broken.json")
	require.NoError(t, os.WriteFile(broken, []byte("{"), 0o600))
	_, err = load(stub.Sources{Files: []string{broken}})
	require.ErrorContains(t, err, broken)
}

func TestOnlyAFolderMayHoldWhatIsNoPact(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "one.json"), exchange("GET", "/1", 200))
	other := filepath.Join(dir, "package.json")
	require.NoError(t, os.WriteFile(other, []byte(`{"name":"catalog"}`), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "list.json"), []byte(`[1]`), 0o600))
	feed, err := stub.Open(t.Context(), stub.Sources{Dirs: []string{dir}})
	require.NoError(t, err)
	require.Equal(t, 1, feed.Table().Len())
	_, err = stub.Open(t.Context(), stub.Sources{Files: []string{other}})
	require.ErrorContains(t, err, "is not a pact")
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, other) }))
	t.Cleanup(web.Close)
	_, err = stub.Open(t.Context(), stub.Sources{URLs: []string{strings.Replace(web.URL, "//", "//me:s3cret@", 1)}})
	require.ErrorContains(t, err, "is not a pact")
	require.NotContains(t, err.Error(), "s3cret")
}

// BenchmarkAnswer must not depend on the number of interactions.
func BenchmarkAnswer(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var interactions []contract.Interaction
			for i := range n {
				interactions = append(interactions, exchange("GET", fmt.Sprintf("/products/%d", i), 200))
			}
			server := stub.New(table(interactions...), stub.Options{})
			request := httptest.NewRequest(http.MethodGet, fmt.Sprintf("/products/%d", n-1), nil)
			b.ReportAllocs()
			for b.Loop() {
				server.ServeHTTP(httptest.NewRecorder(), request)
			}
		})
	}
}
