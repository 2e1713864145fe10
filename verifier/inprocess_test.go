package verifier_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/verifier"
)

// What a handler does in process must mean what it means behind a port.
func TestAHandlerInProcessIsJudgedAsBehindAPort(t *testing.T) {
	t.Parallel()
	expecting := func(method, response string) string {
		return `{"description":"a","request":{"method":"` + method + `","path":"/a"},"response":` + response + `}`
	}
	for _, tt := range []struct {
		name        string
		interaction string
		handler     http.HandlerFunc
		kept        bool
	}{
		{
			"a header set after the answer began", expecting("GET", `{"status":200,"headers":{"X-Total":"1"}}`),
			func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusOK)
				w.Header().Set("X-Total", "1")
			}, false,
		},
		{
			"a header set after the body began", expecting("GET", `{"status":200,"headers":{"X-Total":"1"}}`),
			func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(w, "tea")
				w.Header().Set("X-Total", "1")
			}, false,
		},
		{
			"a header set in time", expecting("GET", `{"status":200,"headers":{"X-Total":"1"}}`),
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["x-total"] = []string{"1"}
				w.WriteHeader(http.StatusOK)
			}, true,
		},
		{"JSON without its type", expecting("GET", `{"status":200,"body":{"n":1}}`),
			func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"n":1}`) }, false},
		{"a page without its type", expecting("GET", `{"status":200,"headers":{"Content-Type":"text/html; charset=utf-8"}}`),
			func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html></html>") }, true},
		{"no type on purpose", expecting("GET", `{"status":200,"body":{"n":1}}`),
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = nil
				fmt.Fprint(w, `{"n":1}`)
			}, true},
		{"a body that a status does not allow", expecting("GET", `{"status":204,"body":"tea"}`),
			func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusNoContent)
				fmt.Fprint(w, "tea")
			}, false},
		{"a body that HEAD does not give", expecting("HEAD", `{"status":200,"headers":{"Content-Type":"text/plain"},"body":"tea"}`),
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/plain")
				fmt.Fprint(w, "tea")
			}, false},
		{"the date of the answer", `{"description":"a","request":{"path":"/a"},"response":{"status":200,"headers":{"Date":"Sat, 01 Jan 2000 00:00:00 GMT"},
			"matchingRules":{"header":{"Date":{"matchers":[{"match":"regex","regex":"\\w{3}, .* GMT"}]}}}}}`,
			func(http.ResponseWriter, *http.Request) {}, true},
		{"reading a body that is not there", expecting("GET", `{"status":200}`),
			func(_ http.ResponseWriter, r *http.Request) {
				defer r.Body.Close()
				if _, err := io.ReadAll(r.Body); err != nil {
					panic(err)
				}
			}, true},
		{"a header set after the first flush", expecting("GET", `{"status":200,"headers":{"X-Total":"1"}}`),
			func(w http.ResponseWriter, _ *http.Request) {
				w.(http.Flusher).Flush()
				w.Header().Set("X-Total", "1")
			}, false},
		{"a panic", expecting("GET", `{"status":200}`), func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false},
		{"the second status", expecting("GET", `{"status":500}`),
			func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusOK)
				w.WriteHeader(http.StatusInternalServerError)
			}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for name, o := range map[string]verifier.Options{"in process": {Handler: tt.handler}, "behind a port": {BaseURL: serve(t, tt.handler)}} {
				o.Pacts = []*contract.Pact{pact(t, tt.interaction)}
				report := verify(t, o)
				require.Equal(t, tt.kept, report.OK(), "%s: %s", name, text(t, report))
			}
		})
	}
}

func TestARequestInProcessReadsAsBehindAPort(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/a", "/a%20b", "/a b", "/a%2Fb", "/%61", "/é", "/100%", "//a", "/a//b/", "a/b", "/a;b=c", "/a?b", "/"} {
		read := map[string]string{}
		for _, name := range []string{"in process", "behind a port"} {
			handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				read[name] = fmt.Sprintf("%q %q %q %q %t %s", r.URL.Path, r.URL.RawPath, r.URL.RawQuery, r.RequestURI, r.Body == nil, r.Proto)
			})
			o := verifier.Options{Handler: handler}
			if name == "behind a port" {
				o = verifier.Options{BaseURL: serve(t, handler)}
			}
			p := pact(t, get("a", "/", `{}`))
			p.Interactions[0].(*contract.HTTP).Request.Path = path
			p.Interactions[0].(*contract.HTTP).Request.Query = contract.Values{"b": {"2", "1"}, "a": {"x y", "&"}}
			o.Pacts = []*contract.Pact{p}
			verify(t, o)
		}
		require.NotEmpty(t, read["in process"], path)
		require.Equal(t, read["behind a port"], read["in process"], path)
	}
}
