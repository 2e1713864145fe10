package stub_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/mockserver/stub"
)

// queryRule takes any value of a query parameter.
func queryRule(name string) func(*contract.HTTP) {
	return func(i *contract.HTTP) {
		if i.Request.Rules == nil {
			i.Request.Rules = contract.RuleSet{}
		}
		i.Request.Rules[contract.CategoryQuery] = map[string]contract.RuleList{name: {Rules: []contract.Rule{contract.TypeRule{}}}}
	}
}

// anyBody takes any number as n.
func anyBody(i *contract.HTTP) {
	i.Request.Rules = contract.RuleSet{contract.CategoryBody: {"$.n": {Rules: []contract.Rule{contract.NumberRule{}}}}}
}

func TestTheOneThatSaysMostAnswersWhateverTheOrder(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name              string
		method, target    string
		body              string
		headers           []string
		expected, general *contract.HTTP
	}{
		{
			name: "an exact path before an expression", method: "GET", target: "/i/7",
			expected: exchange("GET", "/i/7", 201), general: exchange("GET", "/i/1", 202, pathRule(`/i/\d+`)),
		},
		{
			name: "an exact path in another spelling", method: "GET", target: "/i/%61",
			expected: exchange("GET", "/i/a", 201), general: exchange("GET", "/i/1", 202, pathRule(`/i/.+`)),
		},
		{
			name: "an exact query before a rule", method: "GET", target: "/q?page=2",
			expected: exchange("GET", "/q", 201, query("page", "2")), general: exchange("GET", "/q", 202, query("page", "1"), queryRule("page")),
		},
		{
			name: "a header that fits before none", method: "GET", target: "/a", headers: []string{"X-Kind", "two"},
			expected: exchange("GET", "/a", 201, header("X-Kind", "two")), general: exchange("GET", "/a", 202),
		},
		{
			name: "an exact body before a rule", method: "POST", target: "/o", body: `{"n":2}`,
			expected: exchange("POST", "/o", 201, body(`{"n":2}`)), general: exchange("POST", "/o", 202, body(`{"n":1}`), anyBody),
		},
		{
			name: "a body before none", method: "POST", target: "/o", body: `{"n":2}`,
			expected: exchange("POST", "/o", 201, body(`{"n":1}`), anyBody), general: exchange("POST", "/o", 202),
		},
		{
			name: "a full fit before an exact path that lacks a header", method: "GET", target: "/i/7",
			expected: exchange("GET", "/i/1", 201, pathRule(`/i/\d+`)), general: exchange("GET", "/i/7", 202, header("X-Kind", "two")),
		},
	} {
		for _, interactions := range [][]contract.Interaction{{tt.expected, tt.general}, {tt.general, tt.expected}} {
			got := ask(stub.New(table(interactions...), stub.Options{}), tt.method, tt.target, tt.body, tt.headers...)
			require.Equal(t, 201, got.StatusCode, tt.name)
		}
	}
}

func TestTheStateFilterComesBeforeTheChoice(t *testing.T) {
	t.Parallel()
	interactions := table(exchange("GET", "/i/7", 201, given("stock")), exchange("GET", "/i/1", 202, given("empty"), pathRule(`/i/\d+`)))
	for state, want := range map[string]int{"stock": 201, "empty": 202, "stock|empty": 201, "none": 404} {
		got := ask(stub.New(interactions, stub.Options{States: regexp.MustCompile(state)}), "GET", "/i/7", "")
		require.Equal(t, want, got.StatusCode, state)
	}
}

func TestAnEncodedSlashIsAnotherPath(t *testing.T) {
	t.Parallel()
	server := stub.New(table(exchange("GET", "/a%2fb", 201), exchange("GET", "/a/b", 202)), stub.Options{})
	require.Equal(t, 201, ask(server, "GET", "/a%2Fb", "").StatusCode)
	require.Equal(t, 202, ask(server, "GET", "/a/b", "").StatusCode)
	require.Equal(t, 202, ask(server, "GET", "/%61/b", "").StatusCode)
}

func packed(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

func TestEncodedRequestsAndAnswers(t *testing.T) {
	t.Parallel()
	server := stub.New(table(
		exchange("POST", "/o", 201, body(`{"n":2}`)),
		exchange("POST", "/any", 201),
		exchange("GET", "/packed", 200, func(i *contract.HTTP) { i.Response.Headers = contract.Values{"Content-Encoding": {"gzip"}} }),
	), stub.Options{MaxBody: 1000})
	require.Equal(t, 201, ask(server, "POST", "/o", packed(`{"n":2}`), "Content-Encoding", "gzip").StatusCode)
	require.Equal(t, 404, ask(server, "POST", "/o", packed(`{"n":3}`), "Content-Encoding", "gzip").StatusCode)
	require.Equal(t, 415, ask(server, "POST", "/o", "xyz", "Content-Encoding", "br").StatusCode)
	require.Equal(t, 201, ask(server, "POST", "/any", "xyz", "Content-Encoding", "br").StatusCode, "the body does not count")
	require.Equal(t, 400, ask(server, "POST", "/o", "xyz", "Content-Encoding", "gzip").StatusCode)
	require.Equal(t, 413, ask(server, "POST", "/o", packed(strings.Repeat(" ", 5000)), "Content-Encoding", "gzip").StatusCode)

	response := ask(server, "GET", "/packed", "")
	require.Equal(t, "gzip", response.Header.Get("Content-Encoding"))
	plain, err := gzip.NewReader(response.Body)
	require.NoError(t, err)
	text, err := io.ReadAll(plain)
	require.NoError(t, err)
	require.Equal(t, `{"ok":true}`, string(text))
}

func TestAHeaderOfAnAnswerIsOneLineIfItWasOneText(t *testing.T) {
	t.Parallel()
	server := stub.New(table(exchange("GET", "/a", 200, func(i *contract.HTTP) {
		i.Response.Headers = contract.Values{"Allow": {"GET", "POST"}, "X-List": {"a", "b"}}
	})), stub.Options{})
	response := ask(server, "GET", "/a", "")
	require.Equal(t, []string{"GET, POST"}, response.Header["Allow"])
	require.Equal(t, []string{"a", "b"}, response.Header["X-List"])
}

// What only a verification knows keeps its example, and costs nothing else.
func TestValuesOfStatesKeepTheirExamples(t *testing.T) {
	t.Parallel()
	server := stub.New(table(exchange("GET", "/a", 200, func(i *contract.HTTP) {
		i.Response.Headers = contract.Values{"Location": {"/a/1"}}
		i.Response.Body = contract.NewBody([]byte(`{"id":1,"n":1,"self":"http://localhost:1234/a"}`), "application/json")
		i.Response.Generators = contract.GeneratorSet{
			contract.CategoryHeader: {"Location": {Type: "ProviderState", Attrs: map[string]any{"expression": "/a/${id}"}}},
			contract.CategoryBody: {
				"$.id":   {Type: "ProviderState", Attrs: map[string]any{"expression": "${id}"}},
				"$.n":    {Type: "RandomInt", Attrs: map[string]any{"min": "500", "max": "600"}},
				"$.self": {Type: "MockServerURL", Attrs: map[string]any{"example": "http://localhost:1234/a", "regex": ".*(/a)$"}},
			},
		}
	})), stub.Options{})
	response := ask(server, "GET", "http://stub.example/a", "")
	require.Equal(t, "/a/1", response.Header.Get("Location"))
	require.Regexp(t, `^\{"id":1,"n":(5\d\d|600),"self":"http://stub.example/a"\}$`, text(t, response))
}

// broken is a body that cannot be read: its reader panics.
type broken struct{}

func (broken) Read([]byte) (int, error) { panic("no bytes") }

func TestAPanicEndsItsRequestAlone(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	server := stub.New(table(exchange("POST", "/o", 201, body(`{"n":2}`))), stub.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	recorder := httptest.NewRecorder()
	server.ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/o", broken{}))
	require.Equal(t, http.StatusInternalServerError, recorder.Code)
	require.Contains(t, recorder.Body.String(), "no bytes")
	require.Contains(t, log.String(), "choose_test.go:")
	require.Equal(t, 201, ask(server, "POST", "/o", `{"n":2}`).StatusCode)
	require.Contains(t, text(t, ask(server, "GET", "/_treaty", "")), "no bytes")
}
