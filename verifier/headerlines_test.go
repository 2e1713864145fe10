package verifier_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/verifier"
)

func TestRequestHeadersArriveInTheLinesOfThePact(t *testing.T) {
	t.Parallel()
	const headers = `{"Accept":"application/hal+json, application/json","Accept-Language":"de,en;q=0.5","If-None-Match":"\"a,b\"",
		"X-Tags":"a, b","X-List":["a","b"],"Cookie":"a=1; b=2"}`
	var got http.Header
	provider := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Clone() })
	for name, p := range map[string]*contract.Pact{
		"3": pact(t, `{"description":"a","request":{"path":"/","headers":`+headers+`},"response":{"status":200}}`),
		"4": pactV4(t, `{"type":"Synchronous/HTTP","description":"a","request":{"path":"/","headers":`+headers+`},"response":{"status":200}}`),
	} {
		for _, o := range []verifier.Options{{Handler: provider}, {BaseURL: serve(t, provider)}} {
			o.Pacts = []*contract.Pact{p}
			report := verify(t, o)
			require.True(t, report.OK(), text(t, report))
			require.Equal(t, []string{"application/hal+json, application/json"}, got["Accept"], name)
			require.Equal(t, []string{"de,en;q=0.5"}, got["Accept-Language"], name)
			require.Equal(t, []string{`"a,b"`}, got["If-None-Match"], name)
			require.Equal(t, []string{"a, b"}, got["X-Tags"], name)
			require.Equal(t, []string{"a", "b"}, got["X-List"], name)
			require.Equal(t, []string{"a=1; b=2"}, got["Cookie"], name)
		}
	}
}

func TestTheLineToTryHasTheHeadersOfThePact(t *testing.T) {
	t.Parallel()
	report := verify(t, verifier.Options{
		BaseURL: serve(t, http.NotFoundHandler()),
		Pacts:   []*contract.Pact{pact(t, `{"description":"a","request":{"path":"/","headers":{"Accept":"a/b, c/d"}},"response":{"status":200}}`)},
	})
	require.Contains(t, text(t, report), `-H 'Accept: a/b, c/d'`)
}

func TestAListIsTheSameInOneLineAndInSeveral(t *testing.T) {
	t.Parallel()
	for _, expected := range []string{`"GET, POST"`, `"GET,POST"`, `["GET","POST"]`} {
		for _, header := range []string{"Allow", "X-Methods"} {
			for _, lines := range [][]string{{"GET, POST"}, {"GET,POST"}, {"GET", "POST"}} {
				report := verify(t, verifier.Options{
					Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header()[header] = lines }),
					Pacts:   []*contract.Pact{pact(t, `{"description":"a","request":{"path":"/"},"response":{"status":200,"headers":{"`+header+`":`+expected+`}}}`)},
				})
				require.True(t, report.OK(), "%s %s: %s\n%s", header, expected, strings.Join(lines, " | "), text(t, report))
			}
		}
	}
}
