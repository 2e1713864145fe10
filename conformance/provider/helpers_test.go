package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/verifier"
)

// pactJSON is a pact of these interactions, each given as JSON.
func pactJSON(interactions ...string) string {
	return fmt.Sprintf(`{"consumer":{"name":"storefront"},"provider":{"name":"catalog"},
		"interactions":[%s],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`, strings.Join(interactions, ","))
}

// get is an interaction: GET path, answered 200 with body.
func get(description, path, body string) string {
	return fmt.Sprintf(`{"description":%q,"request":{"method":"GET","path":%q},
		"response":{"status":200,"headers":{"Content-Type":"application/json"},"body":%s}}`, description, path, body)
}

// answering is a provider that gives every path its JSON.
func answering(bodies map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := bodies[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, body)
	})
}

func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func verify(t testing.TB, o verifier.Options) verifier.Report {
	t.Helper()
	report, err := verifier.Verify(t.Context(), o)
	require.NoError(t, err)
	return report
}

// only returns the one interaction of the one pact.
func only(t testing.TB, r verifier.Report) verifier.InteractionReport {
	t.Helper()
	require.Len(t, r.Pacts, 1)
	require.Len(t, r.Pacts[0].Interactions, 1)
	return r.Pacts[0].Interactions[0]
}

func consumers(r verifier.Report) []string {
	var names []string
	for _, p := range r.Pacts {
		names = append(names, p.Consumer)
	}
	return names
}

func text(t testing.TB, r verifier.Report) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, verifier.WriteText(&b, r))
	return b.String()
}
