package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/api"
	"github.com/treatyhq/treaty/internal/golden"
)

func bare() *api.API {
	return api.New(&broker.Service{}, api.Config{Log: quiet(), Prometheus: http.NotFoundHandler()})
}

// TestEveryRoute keeps the table of addresses, methods, policies and documents:
// a route changes only together with this list.
func TestEveryRoute(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, r := range bare().Routes() {
		access := r.Access
		if access == "" {
			access = "normal"
		}
		fmt.Fprintf(&out, "%-28s %-100s %-9s %-62s %s\n",
			strings.Join(r.Methods, ","), r.Path, access, r.Rel, strings.Join(r.Produces, ", "))
	}
	golden.Equal(t, "routes.txt", out.String())
}

func TestEveryRouteHasAPage(t *testing.T) {
	t.Parallel()
	for _, r := range bare().Routes() {
		_, ok := api.DocPage(r.Rel)
		require.True(t, ok, "%s: write docs/rels/%s.md", r.Path, r.Rel)
	}
}

// TestEveryAddressOfThePactBrokerIsThere compares with the list that was taken
// from the original.
func TestEveryAddressOfThePactBrokerIsThere(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("TREATY_GOLDEN_DIR")
	if dir == "" {
		t.Skip("TREATY_GOLDEN_DIR names no folder with the recorded answers")
	}
	text, err := os.ReadFile(filepath.Join(dir, "routes.txt"))
	require.NoError(t, err)
	ours := map[string][]string{}
	for _, r := range bare().Routes() {
		ours[shape(r.Path)] = r.Methods
	}
	for _, line := range strings.Split(string(text), "\n") {
		words := strings.Fields(line)
		if len(words) != 2 || strings.HasPrefix(line, "#") {
			continue
		}
		want := strings.Split(words[0], ",")
		got := slices.Clone(ours[shape(words[1])])
		slices.Sort(want)
		slices.Sort(got)
		require.Equal(t, want, got, words[1])
	}
}

// shape forgets the names of parameters.
func shape(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, ":") || strings.HasPrefix(part, "{") {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

func TestOptionsAndWrongMethodsTellWhatIsAllowed(t *testing.T) {
	t.Parallel()
	a := bare()
	for _, r := range a.Routes() {
		address := strings.NewReplacer("{", "", "}", "").Replace(r.Path)
		ask := func(method string) *httptest.ResponseRecorder {
			got := httptest.NewRecorder()
			a.ServeHTTP(got, httptest.NewRequest(method, address, nil))
			return got
		}
		allowed := strings.Join(r.Methods, ", ")
		if slices.Contains(r.Methods, "OPTIONS") {
			got := ask("OPTIONS")
			require.Equal(t, 200, got.Code, r.Path)
			require.Equal(t, allowed, got.Header().Get("Access-Control-Allow-Methods"), r.Path)
		}
		for _, method := range []string{"HEAD", "GET", "PUT", "POST", "DELETE", "PATCH"} {
			if slices.Contains(r.Methods, method) {
				continue
			}
			got := ask(method)
			require.Equal(t, 405, got.Code, "%s %s", method, r.Path)
			require.Equal(t, allowed, got.Header().Get("Allow"), r.Path)
			require.Empty(t, got.Body.String(), r.Path)
		}
		require.Equal(t, 501, ask("FROB").Code, r.Path)
	}
}
