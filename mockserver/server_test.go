package mockserver_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/golden"
	"github.com/treatyhq/treaty/mockserver"
)

func get(path string, status int) *contract.HTTP {
	return &contract.HTTP{
		Common:   contract.Common{Description: "a request for " + path},
		Request:  contract.Request{Method: "GET", Path: path},
		Response: contract.Response{Status: status, Headers: contract.Values{"Content-Type": {"text/plain"}}, Body: contract.NewBody([]byte(path), "text/plain")},
	}
}

func start(t *testing.T, config mockserver.Config, interactions ...*contract.HTTP) *mockserver.Server {
	t.Helper()
	server, err := mockserver.Start(interactions, config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return server
}

func do(t *testing.T, server *mockserver.Server, method, path, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequest(method, server.URL()+path, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response, string(text)
}

func TestAMatchIsAnsweredAsTheInteractionSays(t *testing.T) {
	t.Parallel()
	interaction := get("/a b", 201)
	interaction.Request.Path = "/a%20b"
	interaction.Response.Headers["Access-Control-Allow-Origin"] = []string{"https://only.example"}
	interaction.Response.Headers["Set-Cookie"] = []string{"a=1", "b=2"}
	server := start(t, mockserver.Config{}, interaction)
	response, body := do(t, server, "GET", "/a%20b", "")
	require.Equal(t, 201, response.StatusCode)
	require.Equal(t, "/a b", body)
	require.Equal(t, []string{"https://only.example"}, response.Header["Access-Control-Allow-Origin"], "the pact's own header wins")
	require.Equal(t, []string{"a=1", "b=2"}, response.Header["Set-Cookie"])
	require.True(t, server.Results().OK())
	require.Equal(t, 1, server.Results().ByPath["/a%20b"])
}

func TestNoContentTypeIsInvented(t *testing.T) {
	t.Parallel()
	interaction := get("/", 200)
	interaction.Response.Headers = nil
	server := start(t, mockserver.Config{}, interaction)
	response, _ := do(t, server, "GET", "/", "")
	require.Empty(t, response.Header["Content-Type"])
}

func TestAFailureNamesTheNearestInteraction(t *testing.T) {
	t.Parallel()
	order := &contract.HTTP{
		Common: contract.Common{Description: "an order", States: []contract.ProviderState{{Name: "lamps in stock"}}},
		Request: contract.Request{
			Method: "POST", Path: "/orders",
			Headers: contract.Values{"Content-Type": {"application/json"}},
			Body:    contract.NewBody([]byte(`{"quantity":2}`), "application/json"),
			Rules: contract.RuleSet{contract.CategoryBody: {
				"$.quantity": {Rules: []contract.Rule{contract.IntegerRule{}}},
			}},
		},
		Response: contract.Response{Status: 201},
	}
	server := start(t, mockserver.Config{}, get("/products", 200), order, get("/products/10", 200))
	response, body := do(t, server, "POST", "/orders", `{"quantity":"two"}`, "Content-Type", "application/json")
	require.Equal(t, http.StatusInternalServerError, response.StatusCode)
	require.Equal(t, "Request-Mismatch", response.Header.Get("X-Pact"))
	golden.Equal(t, "mismatch.json", body)

	response, body = do(t, server, "GET", "/products/11", "")
	require.Equal(t, "Unexpected-Request", response.Header.Get("X-Pact"))
	golden.Equal(t, "unexpected.json", body)

	results := server.Results()
	require.Len(t, results.Failures, 2)
	require.False(t, results.Failures[0].Unexpected)
	require.True(t, results.Failures[1].Unexpected)
	require.Len(t, results.Missing, 2, "the mismatched order was asked for, the products were not")
}

func TestWithoutInteractionsTheAnswerSaysSo(t *testing.T) {
	t.Parallel()
	server := start(t, mockserver.Config{})
	_, body := do(t, server, "GET", "/x", "")
	var doc struct{ Error string }
	require.NoError(t, json.Unmarshal([]byte(body), &doc))
	require.Equal(t, "Unexpected-Request : GET /x was received, but this mock provider plays no interaction", doc.Error)
}

func TestAFullMatchIsPreferredToARicherPartialOne(t *testing.T) {
	t.Parallel()
	plain := get("/a", 200)
	rich := get("/a", 202)
	rich.Request.Headers = contract.Values{"X-One": {"1"}, "X-Two": {"2"}}
	server := start(t, mockserver.Config{}, plain, rich)
	response, _ := do(t, server, "GET", "/a", "", "X-One", "1")
	require.Equal(t, 200, response.StatusCode)
	response, _ = do(t, server, "GET", "/a", "", "X-One", "1", "X-Two", "2")
	require.Equal(t, 202, response.StatusCode, "of two full matches the more demanding one answers")
}

func TestTheSameRequestInTwoStatesIsPlayedInTurn(t *testing.T) {
	t.Parallel()
	server := start(t, mockserver.Config{}, get("/a", 200), get("/a", 404))
	for _, want := range []int{200, 404, 200} {
		response, _ := do(t, server, "GET", "/a", "")
		require.Equal(t, want, response.StatusCode)
	}
	require.True(t, server.Results().OK())
}

func TestAPathRuleIsFoundAmongLiteralPaths(t *testing.T) {
	t.Parallel()
	rule := get("/products/1", 200)
	rule.Request.Rules = contract.RuleSet{contract.CategoryPath: {"": {Rules: []contract.Rule{contract.RegexRule{Pattern: `/products/\d+`}}}}}
	server := start(t, mockserver.Config{}, rule, get("/products/7", 203))
	response, _ := do(t, server, "GET", "/products/8", "")
	require.Equal(t, 200, response.StatusCode)
	response, _ = do(t, server, "GET", "/products/7", "")
	require.Equal(t, 203, response.StatusCode, "a literal path is more exact than a rule")
}

func TestPreflightRequestsAreNeverPartOfTheContract(t *testing.T) {
	t.Parallel()
	for _, cors := range []bool{false, true} {
		server := start(t, mockserver.Config{CORSPreflight: cors}, get("/a", 200))
		response, _ := do(t, server, "OPTIONS", "/a", "", "Origin", "https://shop.example", "Access-Control-Request-Headers", "X-One, X-Two")
		if cors {
			require.Equal(t, http.StatusNoContent, response.StatusCode)
			require.Equal(t, "https://shop.example", response.Header.Get("Access-Control-Allow-Origin"))
			require.Equal(t, "X-One, X-Two, *", response.Header.Get("Access-Control-Allow-Headers"))
		} else {
			require.Equal(t, http.StatusInternalServerError, response.StatusCode)
		}
		require.Empty(t, server.Results().Failures)
	}
}

func TestGeneratorsMakeTheResponse(t *testing.T) {
	t.Parallel()
	interaction := get("/a", 200)
	interaction.Response.Headers = contract.Values{"Content-Type": {"application/json"}}
	interaction.Response.Body = contract.NewBody([]byte(`{"at":"2000-01-01","link":"http://localhost:1/a"}`), "application/json")
	interaction.Response.Generators = contract.GeneratorSet{contract.CategoryBody: {
		"$.at":   {Type: "Date", Attrs: map[string]any{"format": "yyyy-MM-dd"}},
		"$.link": {Type: "MockServerURL", Attrs: map[string]any{"example": "http://localhost:1/a", "regex": ".*(/a)$"}},
	}}
	now := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	server := start(t, mockserver.Config{Now: func() time.Time { return now }}, interaction)
	_, body := do(t, server, "GET", "/a", "")
	require.JSONEq(t, `{"at":"2024-02-29","link":"`+server.URL()+`/a"}`, body)
}

func TestABodyThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	server := start(t, mockserver.Config{MaxBody: 10}, get("/a", 200))
	response, body := do(t, server, "GET", "/a", strings.Repeat("x", 11))
	require.Equal(t, http.StatusRequestEntityTooLarge, response.StatusCode)
	require.Contains(t, body, "larger than 10 bytes")
	require.Len(t, server.Results().Problems, 1)
}

func TestManyClientsAtOnceAreCountedOnceEach(t *testing.T) {
	t.Parallel()
	server := start(t, mockserver.Config{}, get("/a", 200), get("/b", 200))
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			for _, path := range []string{"/a", "/b", "/c"} {
				response, err := http.Get(server.URL() + path)
				if err == nil {
					response.Body.Close()
				}
			}
		})
	}
	group.Wait()
	results := server.Results()
	require.Equal(t, 150, results.Requests)
	require.Len(t, results.Failures, 50)
	require.Empty(t, results.Missing)
}

func TestClosingTwiceIsFineAndFreesThePort(t *testing.T) {
	t.Parallel()
	server, err := mockserver.Start(nil, mockserver.Config{})
	require.NoError(t, err)
	require.NoError(t, server.Close())
	require.NoError(t, server.Close())
	again, err := mockserver.Start(nil, mockserver.Config{Port: server.Port()})
	require.NoError(t, err)
	require.NoError(t, again.Close())
}

func TestHTTPSIsServedWithACertificateTheClientCanTrust(t *testing.T) {
	t.Parallel()
	server := start(t, mockserver.Config{TLS: true}, get("/a", 200))
	trust, err := mockserver.ClientTLS()
	require.NoError(t, err)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trust, ForceAttemptHTTP2: true}}
	response, err := client.Get(server.URL() + "/a")
	require.NoError(t, err)
	response.Body.Close()
	require.Equal(t, 200, response.StatusCode)
}

// A contract may hold the length that a recorded answer had, in another coding.
func TestTheLengthIsThatOfWhatIsSent(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string]contract.Values{
		"too long":          {"Content-Length": {"500"}},
		"too short":         {"content-length": {"1"}},
		"another coding":    {"Content-Length": {"7"}, "Content-Encoding": {"gzip"}},
		"a coding of hosts": {"Transfer-Encoding": {"chunked"}},
	} {
		i := get("/a", 200)
		i.Response.Headers, i.Response.Body = headers, contract.NewBody([]byte(`{"n":1}`), "application/json")
		response, err := http.Get(start(t, mockserver.Config{}, i).URL() + "/a") // which undoes gzip
		require.NoError(t, err, name)
		content, err := io.ReadAll(response.Body)
		response.Body.Close()
		require.NoError(t, err, name)
		require.Equal(t, `{"n":1}`, string(content), name)
	}
	head := get("/a", 200)
	head.Request.Method, head.Response.Headers = "HEAD", contract.Values{"Content-Length": {"42"}}
	response, err := http.Head(start(t, mockserver.Config{}, head).URL() + "/a")
	require.NoError(t, err)
	response.Body.Close()
	require.EqualValues(t, 42, response.ContentLength)
}

// BenchmarkStartAndStop measures what a test pays for its mock provider.
func BenchmarkStartAndStop(b *testing.B) {
	interactions := []*contract.HTTP{get("/a", 200)}
	for b.Loop() {
		server, err := mockserver.Start(interactions, mockserver.Config{})
		if err != nil {
			b.Fatal(err)
		}
		server.Close()
	}
}

func TestARequestThatNeverCameIsMissing(t *testing.T) {
	t.Parallel()
	asked, other := get("/asked", 200), get("/never", 200)
	server := start(t, mockserver.Config{}, asked, other)
	do(t, server, "GET", "/asked", "")
	results := server.Results()
	require.Equal(t, []*contract.HTTP{asked}, results.Played)
	require.Equal(t, []*contract.HTTP{other}, results.Missing)
	require.Empty(t, results.Failures)
	require.False(t, results.OK(), "a request that never came is missing, and the contract does not hold")
}
