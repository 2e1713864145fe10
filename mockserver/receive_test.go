package mockserver_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/mockserver"
)

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

// order expects a JSON body.
func order() *contract.HTTP {
	return &contract.HTTP{
		Common:   contract.Common{Description: "an order"},
		Request:  contract.Request{Method: "POST", Path: "/orders", Body: contract.NewBody([]byte(`{"n":2}`), "application/json")},
		Response: contract.Response{Status: 201},
	}
}

func TestAnEncodedRequestIsComparedDecoded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, coding, body string
		want               int
		says               string
	}{
		{"gzip", "gzip", gzipped(`{"n":2}`), 201, ""},
		{"gzip with a mistake in it", "gzip", gzipped(`{"n":3}`), 500, "$.n"},
		{"twice", "gzip, gzip", gzipped(gzipped(`{"n":2}`)), 201, ""},
		{"said and not done", "gzip", `{"n":2}`, 400, `encoded as "gzip" and is not`},
		{"unknown", "br", "xyz", 415, `encoded as "br"`},
		{"unknown, and the bytes are right", "br", `{"n":2}`, 201, ""},
		{"larger than allowed when decoded", "gzip", gzipped(strings.Repeat(" ", 5000)), 413, "larger than 1000 bytes"},
		{"larger than allowed as it comes", "", strings.Repeat(" ", 5000), 413, "larger than 1000 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := start(t, mockserver.Config{MaxBody: 1000}, order())
			response, body := do(t, server, "POST", "/orders", tt.body, "Content-Type", "application/json", "Content-Encoding", tt.coding)
			require.Equal(t, tt.want, response.StatusCode, body)
			require.Contains(t, body, tt.says)
			require.Equal(t, tt.want == 201, server.Results().OK(), "the test is told")
		})
	}
}

func TestTheBytesOfAnEncodedBodyMayBeExpected(t *testing.T) {
	t.Parallel()
	upload := order()
	upload.Request.Headers = contract.Values{"Content-Encoding": {"gzip"}}
	upload.Request.Body = contract.NewBody([]byte(gzipped("log")), "application/octet-stream")
	server := start(t, mockserver.Config{}, upload)
	response, body := do(t, server, "POST", "/orders", gzipped("log"), "Content-Type", "application/octet-stream", "Content-Encoding", "gzip")
	require.Equal(t, 201, response.StatusCode, body)
}

func TestAnAnswerIsEncodedAsItsHeaderSays(t *testing.T) {
	t.Parallel()
	interaction := get("/a", 200)
	interaction.Response.Headers["Content-Encoding"] = []string{"gzip"}
	server := start(t, mockserver.Config{}, interaction)
	response, body := do(t, server, "GET", "/a", "")
	require.True(t, response.Uncompressed, "Go's client has decoded it")
	require.Equal(t, "/a", body)
}

func TestAHeaderOfAnAnswerIsOneLineIfItWasOneText(t *testing.T) {
	t.Parallel()
	interaction := get("/a", 200)
	interaction.Response.Headers = contract.Values{
		"Cache-Control": {"no-cache", "no-store"}, "vary": {"Accept,Origin"}, "X-Tags": {"a, b"}, "X-List": {"a", "b"},
	}
	server := start(t, mockserver.Config{}, interaction)
	response, _ := do(t, server, "GET", "/a", "")
	require.Equal(t, []string{"no-cache, no-store"}, response.Header["Cache-Control"])
	require.Equal(t, []string{"Accept,Origin"}, response.Header["Vary"])
	require.Equal(t, []string{"a, b"}, response.Header["X-Tags"])
	require.Equal(t, []string{"a", "b"}, response.Header["X-List"])
}

// asked sends a request line as it stands.
func asked(t *testing.T, server *mockserver.Server, line string) (int, string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL(), "http://"))
	require.NoError(t, err)
	defer conn.Close()
	fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", line)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

func TestOddRequestLinesGetAClearAnswer(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{
		"GET http://elsewhere.example/a?x=1": 500, // a query too many
		"GET http://elsewhere.example/a":     200,
		"get /a":                             200,
		"FROB /a":                            500,
		"OPTIONS *":                          500,
		"GET *":                              500,
		"CONNECT example.org:443":            500,
		"GET /%zz":                           400,
		"GET /a%":                            400,
		"GET /%61":                           200,
	} {
		interaction := get("/a", 200)
		interaction.Request.Rules = contract.RuleSet{contract.CategoryPath: {"": {Rules: []contract.Rule{contract.RegexRule{Pattern: `/(a|%61)`}}}}}
		server := start(t, mockserver.Config{}, interaction)
		status, body := asked(t, server, line)
		require.Equal(t, want, status, "%s: %s", line, body)
		require.NotEmpty(t, body, line)
	}
}

func TestAPanicIsAProblemOfItsRequestAndFailsTheTest(t *testing.T) {
	t.Parallel()
	server := start(t, mockserver.Config{Observe: func(r contract.Request, _ *contract.HTTP, _ *mockserver.Failure) {
		if r.Path == "/a" {
			panic("no journal")
		}
	}}, get("/a", 200), get("/b", 200))
	response, body := do(t, server, "GET", "/a", "")
	require.Equal(t, http.StatusInternalServerError, response.StatusCode)
	require.Contains(t, body, "no journal")
	response, _ = do(t, server, "GET", "/b", "")
	require.Equal(t, 200, response.StatusCode, "the server goes on")
	require.False(t, server.Results().OK(), "though all was played")
	require.Contains(t, strings.Join(server.Results().Problems, "\n"), "receive_test.go:")
}

func TestOfSeveralThatFitTheOneThatSaysMostAnswersEveryTime(t *testing.T) {
	t.Parallel()
	rule := get("/products/1", 200)
	rule.Request.Rules = contract.RuleSet{contract.CategoryPath: {"": {Rules: []contract.Rule{contract.RegexRule{Pattern: `/products/\d+`}}}}}
	literal := order()
	byType := order()
	byType.Description, byType.Response.Status = "any order", 202
	byType.Request.Rules = contract.RuleSet{contract.CategoryBody: {"$.n": {Rules: []contract.Rule{contract.IntegerRule{}}}}}
	server := start(t, mockserver.Config{}, rule, get("/products/7", 203), byType, literal)
	for range 2 {
		response, _ := do(t, server, "GET", "/products/7", "")
		require.Equal(t, 203, response.StatusCode)
		response, _ = do(t, server, "POST", "/orders", `{"n":2}`, "Content-Type", "application/json")
		require.Equal(t, 201, response.StatusCode)
	}
	response, _ := do(t, server, "POST", "/orders", `{"n":3}`, "Content-Type", "application/json")
	require.Equal(t, 202, response.StatusCode)
	require.Len(t, server.Results().Missing, 1, "the rule was not asked for")
}
