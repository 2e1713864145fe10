// Package arch_test holds the import rules of docs/architecture.md as a test.
package arch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/treatyhq/treaty/"

// mayImport lists for each of our packages, by path or by path with "/..."
// for a whole folder, which of our packages its shipped code may import. The
// longest matching key rules. A package without a key fails the test, so a
// new one is a decision.
var mayImport = map[string][]string{
	"contract":          {},
	"contract/...":      {"contract", "contract/..."},
	"contract/lint":     {"contract", "contract/...", "matching", "internal/pattern"},
	"contract/compare":  {"contract", "contract/...", "matching"},
	"matching":          {"contract", "internal/pattern"},
	"generate":          {"contract", "internal/pattern"},
	"mockserver":        {"contract", "matching", "generate", "internal/caught", "mockserver/internal/rank", "mockserver/internal/shelf", "internal/coding"},
	"mockserver/...":    {"contract", "matching", "generate", "mockserver", "mockserver/...", "client", "internal/caught", "internal/pactio", "internal/coding"},
	"dsl":               {"contract", "contract/lint", "matching", "generate", "mockserver", "dsl/internal/..."},
	"dsl/...":           {"contract", "contract/lint", "matching", "generate", "mockserver", "dsl", "dsl/...", "internal/pactio"},
	"client":            {"internal/hal", "internal/shell"},
	"verifier":          {"contract", "matching", "generate", "client", "internal/caught", "internal/junit", "internal/pactio", "internal/coding"},
	"verifier/...":      {"contract", "matching", "generate", "client", "verifier", "verifier/..."},
	"broker/matrix":     {},
	"broker/matrix/...": {"broker/matrix", "broker/matrix/..."},
	"broker/links":      {},
	"broker/advice":     {"broker/matrix", "broker/links", "internal/shell"},
	"broker":            {"contract", "broker/matrix", "internal/visible"},
	"broker/store":      {"broker", "broker/matrix"},
	"broker/store/...":  {"broker", "broker/matrix", "broker/store"},
	"broker/api":        {"broker", "broker/matrix", "broker/links", "broker/advice", "internal/hal", "docs/rels", "internal/visible"},
	"docs/rels":         {},
	"broker/web":        {"broker", "broker/matrix", "broker/links", "broker/advice", "internal/shell", "contract", "internal/visible"},
	"broker/delivery":   {"broker", "broker/links"},
	"broker/app":        {"broker", "broker/..."},
	"broker/brokertest": {"broker", "broker/app"},

	// A tool of tests: it plays on a whole broker.
	"broker/internal/scenario": {"broker/app", "internal/golden"},
	"cmd/treaty":        {"cmd/treaty/..."},
	"cmd/treaty/...":    {"broker/app", "client", "verifier", "verifier/...", "mockserver", "mockserver/...", "matching", "contract", "contract/...", "internal/junit", "internal/pactio", "cmd/treaty/...", "internal/shell", "internal/visible"},
	"internal/...":      {},
	"internal/shell":    {"internal/visible"},
	"internal/tornpact": {"internal/pactio"},
	"conformance/...":   {"contract", "contract/...", "matching", "generate", "mockserver", "dsl", "dsl/...", "verifier", "client", "conformance/..."},
	"examples/...":      {"dsl", "dsl/...", "verifier", "mockserver", "contract", "examples/..."},

	// What a test describes is checked as lint would, before it is written.
	"dsl/internal/draft": {"contract", "contract/lint", "generate", "dsl/internal/..."},
}

// reach lists where a third-party module may be imported by shipped code.
var reach = map[string][]string{
	"gorm.io/":                    {"broker/store", "broker/store/..."},
	"modernc.org/sqlite":          {"broker/store", "broker/store/..."},
	"zombiezen.com/go/sqlite":     {"broker/store"},
	"github.com/jackc/pgx":        {"broker/store", "broker/store/...", "broker/delivery", "conformance/load"},
	"github.com/pressly/goose":    {"broker/store"},
	"github.com/riverqueue/river": {"broker/delivery", "broker/store", "broker/app"},
	"github.com/labstack/echo":    {"broker/api", "broker/web", "broker/app"},
	"github.com/spf13/cobra":      {"cmd/treaty/..."},
	"github.com/stretchr/testify": {"internal/golden", "broker/store/storetest", "broker/brokertest", "conformance/..."},
	"github.com/pact-foundation/": {"dsl", "dsl/...", "verifier", "examples/...", "conformance/..."},
	"github.com/cucumber/godog":   {"conformance/..."},
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func TestImportsFollowTheDesign(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		rule, ok := longest(mayImport, name)
		if !ok {
			t.Errorf("package %s has no entry in mayImport: decide what it may import", name)
			continue
		}
		for _, imported := range p.Imports {
			if ours, isOurs := strings.CutPrefix(imported, module); isOurs {
				if !matchesAny(mayImport[rule], ours) {
					t.Errorf("%s imports %s; allowed are %v", name, ours, mayImport[rule])
				}
				continue
			}
			for prefix, where := range reach {
				if strings.HasPrefix(imported, prefix) && !matchesAny(where, name) {
					t.Errorf("%s imports %s, which belongs in %v only", name, imported, where)
				}
			}
		}
	}
}

// TestNothingUserImportsNeedsTheBroker guards what a `go test` of a user pulls
// in: no web framework, no ORM, no database driver.
func TestNothingUserImportsNeedsTheBroker(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", module+"dsl/...", module+"verifier/...").Output()
	require.NoError(t, err)
	for _, dep := range strings.Fields(string(out)) {
		for _, heavy := range []string{"gorm.io/", "modernc.org/", "github.com/labstack/echo", "github.com/stretchr/testify", module + "broker"} {
			require.False(t, strings.HasPrefix(dep, heavy), "dsl or verifier depends on %s", dep)
		}
	}
}

func list(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"...").Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatalf("go list: %s", exit.Stderr)
	}
	require.NoError(t, err)
	var pkgs []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); err == io.EOF {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

// longest returns the most specific key of rules that covers name.
func longest(rules map[string][]string, name string) (string, bool) {
	best, found := "", false
	for key := range rules {
		if covers(key, name) && (!found || len(key) > len(best)) {
			best, found = key, true
		}
	}
	return best, found
}

func matchesAny(patterns []string, name string) bool {
	for _, p := range patterns {
		if covers(p, name) {
			return true
		}
	}
	return false
}

// covers tells whether pattern is name itself, or "x/..." and name is below x.
func covers(pattern, name string) bool {
	if folder, ok := strings.CutSuffix(pattern, "/..."); ok {
		return strings.HasPrefix(name, folder+"/")
	}
	return pattern == name
}
