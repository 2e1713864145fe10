package api_test

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/rels"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/internal/golden"
)

func bare() *api.API {
	return api.New(&usecase.All{}, api.Config{Log: quiet(), Prometheus: http.NotFoundHandler(), Tokens: holders{}})
}

// holders are tokens by their value.
type holders map[string]access.Who

// Who implements api.Tokens.
func (h holders) Who(_ context.Context, value string) (access.Who, error) {
	if who, known := h[value]; known {
		return who, nil
	}
	return access.Who{}, kernel.Errorf(kernel.CodeUnauthorized, "The broker does not know this token.")
}

// Exchange implements api.Tokens.
func (h holders) Exchange(ctx context.Context, value string) (identity.Exchanged, error) {
	who, err := h.Who(ctx, value)
	return identity.Exchanged{Who: who}, err
}

// TryTrust implements api.Tokens.
func (h holders) TryTrust(context.Context, string) (identity.Trial, error) {
	return identity.Trial{}, nil
}

// TestEveryRoute keeps the table of addresses, methods, policies and documents:
// a route changes only together with this list.
func TestEveryRoute(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, r := range bare().Routes() {
		public := cmp.Or(r.Public, "normal")
		fmt.Fprintf(&out, "%-28s %-100s %-9s %-62s %s\n",
			strings.Join(r.Methods, ","), r.Path, public, r.Rel, strings.Join(r.Produces, ", "))
	}
	golden.Equal(t, "routes.txt", out.String())
}

// TestEveryMethodNamesARight holds that nobody writes by a method that was forgotten,
// also by those of the dashboard's own addresses.
func TestEveryMethodNamesARight(t *testing.T) {
	t.Parallel()
	broker := api.New(&usecase.All{}, api.Config{Log: quiet(), Prometheus: http.NotFoundHandler(), Web: noPage, Tokens: holders{}})
	for _, r := range broker.AllRoutes() {
		for i, method := range r.Methods {
			switch method {
			case "GET", "OPTIONS":
			case "POST":
				require.NotEqual(t, ":", r.Named[i], "%s %s", method, r.Path)
			default:
				require.NotEqual(t, ":", r.Named[i], "%s %s", method, r.Path)
				require.NotEqual(t, access.ReadContracts.String(), r.Needs[method], "%s %s", method, r.Path)
			}
		}
	}
}

func TestEveryRouteHasAPage(t *testing.T) {
	t.Parallel()
	for _, r := range bare().Routes() {
		_, ok := rels.Page(r.Rel)
		require.True(t, ok, "%s: write broker/internal/rels/%s.md", r.Path, r.Rel)
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
	value := identity.NewValue()
	a := api.New(&usecase.All{}, api.Config{Log: quiet(), Prometheus: http.NotFoundHandler(), Tokens: holders{value: access.Operator()}})
	for _, r := range a.Routes() {
		address := strings.NewReplacer("{", "", "}", "").Replace(r.Path)
		ask := func(method string) *httptest.ResponseRecorder {
			got := httptest.NewRecorder()
			request := httptest.NewRequest(method, address, nil)
			request.Header.Set("Accept", "*/*")
			request.Header.Set("Authorization", "Bearer "+value)
			a.ServeHTTP(got, request)
			return got
		}
		allowed := strings.Join(r.Methods, ", ")
		if slices.Contains(r.Methods, "OPTIONS") {
			got := ask("OPTIONS")
			require.Equal(t, 200, got.Code, r.Path)
			require.Equal(t, allowed, got.Header().Get("Access-Control-Allow-Methods"), r.Path)
		}
		for _, method := range []string{"GET", "PUT", "POST", "DELETE", "PATCH", "TRACE"} {
			if slices.Contains(r.Methods, method) {
				continue
			}
			got := ask(method)
			require.Equal(t, 405, got.Code, "%s %s", method, r.Path)
			require.Equal(t, allowed, got.Header().Get("Allow"), r.Path)
			require.Contains(t, got.Body.String(), allowed, r.Path)
		}
		if !slices.Contains(r.Methods, "GET") {
			require.Equal(t, 405, ask("HEAD").Code, r.Path)
		}
		require.Equal(t, 501, ask("FROB").Code, r.Path)
	}
}

// TestTheRouteTableIsDocumented writes docs/routes.md: every address with its
// methods, who may use it, its page and what exercises it: a recorded scenario,
// or a test as package.TestName.
func TestTheRouteTableIsDocumented(t *testing.T) {
	t.Parallel()
	scenarios := map[string]string{}
	text, err := os.ReadFile(filepath.Join("testdata", "scenarios.txt"))
	require.NoError(t, err)
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		path, scenario, _ := strings.Cut(line, "\t")
		scenarios[path] = scenario
	}
	var out strings.Builder
	out.WriteString(routesIntroduction)
	for _, r := range bare().Routes() {
		scenario, ok := scenarios[r.Path]
		require.True(t, ok, "%s: name its scenario, or its test as api.TestName, in testdata/scenarios.txt", r.Path)
		if folder, name, isTest := strings.Cut(scenario, "."); isTest {
			require.True(t, testExists(t, folder, name), "%s: package %s has no test %s", r.Path, folder, name)
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | [%s](../broker/internal/rels/%s.md) | %s |\n", r.Path,
			strings.Join(r.Methods, ", "), whoMay(r), r.Rel, pageOf(r.Rel), scenario)
	}
	golden.Equal(t, "../../../../../docs/routes.md", out.String())
}

// testExists looks for a test in a package beside this one, or in package broker.
func testExists(t *testing.T, folder, name string) bool {
	t.Helper()
	if folder == "broker" {
		folder = ".."
	}
	files, err := filepath.Glob(filepath.Join("..", folder, "*_test.go"))
	require.NoError(t, err)
	return slices.ContainsFunc(files, func(file string) bool {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return strings.Contains(string(text), "\nfunc "+name+"(t *testing.T) {")
	})
}

// pageOf is the file that documents a relation.
func pageOf(rel string) string {
	if _, err := fs.Stat(rels.Files, rel+".md"); err == nil {
		return rel
	}
	return map[string]string{"webhook": "webhooks", "pacticipant": "pacticipants"}[rel]
}

// whoMay says who may use an address: what each method needs, and who else may.
func whoMay(r api.RouteInfo) string {
	var out []string
	for _, m := range r.Methods {
		if m != "OPTIONS" {
			out = append(out, m+" `"+r.Needs[m]+"`")
		}
	}
	text := strings.Join(out, ", ")
	switch r.Public {
	case "heartbeat":
		text += "; everybody if the heartbeat is public"
	case "badge":
		text += "; everybody if badges are public"
	}
	return text
}

const routesIntroduction = `# Routes

Every address of the broker, written by ` + "`make golden`" + ` from the route table in broker/internal/api/routes.go.
The third column says which right each method needs; without authentication, everybody has all of them. Of the two users of basic authentication, one has all but those that say who may do what, and the other may read all but which secrets there are.
OPTIONS is answered where it stands, and HEAD wherever GET is. Other methods get 405 with the methods that are allowed.
An address may end in .json in place of an Accept header; badges may end in .svg, and tables in .csv.
The last column names what exercises the address: a recorded scenario, or a test of a package below broker.

| address | methods | who | page | exercised by |
| --- | --- | --- | --- | --- |
`
