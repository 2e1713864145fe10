package verifier_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/verifier"
)

// pactJSON is a pact of these interactions, each given as JSON.
func pactJSON(version string, interactions ...string) string {
	return fmt.Sprintf(`{"consumer":{"name":"storefront"},"provider":{"name":"catalog"},
		"interactions":[%s],"metadata":{"pactSpecification":{"version":%q}}}`, strings.Join(interactions, ","), version)
}

func pact(t testing.TB, interactions ...string) *contract.Pact {
	t.Helper()
	p, err := contract.Decode([]byte(pactJSON("3.0.0", interactions...)))
	require.NoError(t, err)
	return p
}

func pactV4(t testing.TB, interactions ...string) *contract.Pact {
	t.Helper()
	p, err := contract.Decode([]byte(pactJSON("4.0", interactions...)))
	require.NoError(t, err)
	return p
}

// get is an interaction: GET path, answered 200 with body.
func get(description, path, body string) string {
	return fmt.Sprintf(`{"description":%q,"request":{"method":"GET","path":%q},
		"response":{"status":200,"headers":{"Content-Type":"application/json"},"body":%s}}`, description, path, body)
}

// getGiven is get with one provider state.
func getGiven(description, state, path, body string) string {
	return strings.Replace(get(description, path, body), `"request"`, fmt.Sprintf(`"providerStates":[{"name":%q}],"request"`, state), 1)
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

func writePact(t testing.TB, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// recording notes what happens, from any goroutine.
type recording struct {
	mu    sync.Mutex
	lines []string
}

func (r *recording) add(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

func (r *recording) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.lines...)
}

func body(r *http.Request) string {
	data, _ := io.ReadAll(r.Body)
	return string(data)
}

func text(t testing.TB, r verifier.Report) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, verifier.WriteText(&b, r))
	return b.String()
}

func contextWithStop(t testing.TB) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	return ctx, stop
}

func gzipped(s string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, s)
	_ = w.Close()
	return b.Bytes()
}
