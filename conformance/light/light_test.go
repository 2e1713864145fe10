package light_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	library = "github.com/treatyhq/treaty"
	pactGo  = "github.com/pact-foundation/pact-go/v2"

	// most is how many modules a user's module may list, itself included: 22 of
	// them are what pact-go requires, whose matchers are part of dsl's API.
	most = 36
)

// heavy are modules, by the beginning of their paths, that no test of a user
// should hear of: each would be in the reckoning of the versions of that
// user's own dependencies.
var heavy = []string{
	library + "/",
	"github.com/labstack/", "gorm.io/", "github.com/riverqueue/", "github.com/pressly/goose", "github.com/jackc/",
	"go.opentelemetry.io/", "github.com/prometheus/", "modernc.org/", "zombiezen.com/", "github.com/mattn/go-sqlite3",
	"github.com/cucumber/",
}

// TestAUsersModuleStaysLight holds what dsl and verifier bring along.
func TestAUsersModuleStaysLight(t *testing.T) {
	t.Parallel()
	shop := newModule(t)
	shop.run("test", "-count=1", ".")

	modules := lines(shop.run("list", "-m", "-f", "{{.Path}}", "all"))
	t.Logf("%d modules", len(modules))
	require.LessOrEqual(t, len(modules), most, "a module of the library's tests counts too: %s", strings.Join(modules, "\n"))
	require.Contains(t, modules, library)
	for _, m := range modules {
		for _, prefix := range heavy {
			require.False(t, strings.HasPrefix(m, prefix), "who takes dsl and verifier gets %s", m)
		}
	}
}

// TestTheLibraryRaisesNothingOfPactGos holds that what only pact-go requires
// has the version that pact-go asks for, so that its users meet no other one,
// and that none of it is compiled.
func TestTheLibraryRaisesNothingOfPactGos(t *testing.T) {
	t.Parallel()
	shop := newModule(t)
	compiled := lines(shop.run("list", "-deps", "-test", "-f", "{{with .Module}}{{.Path}}{{end}}", "."))
	require.Contains(t, compiled, pactGo)

	asked := map[string]string{} // module -> version that pact-go asks for
	for _, edge := range lines(shop.run("mod", "graph")) {
		from, to, _ := strings.Cut(edge, " ")
		if path, version, _ := strings.Cut(to, "@"); strings.HasPrefix(from, pactGo+"@") {
			asked[path] = version
		}
	}
	require.Contains(t, asked, "google.golang.org/grpc")
	ours := required(t)
	for _, m := range lines(shop.run("list", "-m", "-f", "{{.Path}} {{.Version}}", "all")) {
		path, version, _ := strings.Cut(m, " ")
		if asked[path] == "" || ours[path] {
			continue
		}
		require.Equal(t, asked[path], version, "%s is raised above what pact-go asks for", path)
		require.NotContains(t, compiled, path)
	}
}

// module is a user's module in a folder of its own.
type module struct {
	t   *testing.T
	dir string
}

func newModule(t *testing.T) module {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	m := module{t, t.TempDir()}
	sources, err := filepath.Glob("testdata/shop/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, sources)
	for _, source := range sources {
		m.copy(source, strings.TrimSuffix(filepath.Base(source), ".txt"))
	}
	// The library's sums cover what it brings: nothing is looked up for them.
	m.copy(filepath.Join(root, "go.sum"), "go.sum")
	file := fmt.Sprintf("module shop.test\n\ngo 1.26.0\n\nrequire %s v0.0.0\n\nreplace %s => %s\n", library, library, root)
	require.NoError(t, os.WriteFile(filepath.Join(m.dir, "go.mod"), []byte(file), 0o600))
	m.run("list", "-deps", "-test", ".") // writes the indirect requirements
	return m
}

func (m module) copy(from, to string) {
	m.t.Helper()
	text, err := os.ReadFile(from)
	require.NoError(m.t, err)
	require.NoError(m.t, os.WriteFile(filepath.Join(m.dir, to), text, 0o600))
}

func (m module) run(args ...string) string {
	m.t.Helper()
	cmd := exec.CommandContext(m.t.Context(), "go", args...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	var out, said strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &said
	require.NoError(m.t, cmd.Run(), "go %s: %s%s", strings.Join(args, " "), out.String(), said.String())
	return out.String()
}

// required are the modules that the library asks for by itself.
func required(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../../go.mod")
	require.NoError(t, err)
	names := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) >= 2 && strings.Contains(fields[0], ".") {
			names[fields[0]] = true
		}
	}
	require.NotEmpty(t, names)
	return names
}

func lines(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") }
