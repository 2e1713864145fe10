// Package arch_test holds the import rules of docs/architecture.md as a test.
package arch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/treatyhq/treaty/"

type pkg struct {
	ImportPath string
	Dir        string
	Imports    []string
	Module     *struct{ Path string }
}

func TestImportsAreThoseThatWereDecidedOn(t *testing.T) {
	t.Parallel()
	all := list(t)
	moduleOf := map[string]string{}
	for _, p := range all {
		if p.Module != nil {
			moduleOf[p.ImportPath] = p.Module.Path
		}
	}
	seen := map[string]bool{}
	for _, p := range all {
		name, isOurs := strings.CutPrefix(p.ImportPath, module)
		if !isOurs {
			continue
		}
		seen[name] = true
		allowed, known := mayImport[name]
		if !known {
			t.Errorf("package %s has no entry in mayImport: decide what it may import", name)
			continue
		}
		imported := map[string]bool{}
		for _, path := range p.Imports {
			if ours, isOurs := strings.CutPrefix(path, module); isOurs {
				imported[ours] = true
			} else if m := moduleOf[path]; m != "" {
				imported[m] = true
			}
		}
		for path := range imported {
			if !slices.Contains(allowed, path) {
				t.Errorf("%s imports %s, which nobody decided on: mayImport allows %v", name, path, allowed)
			}
		}
		for _, path := range allowed {
			if !imported[path] {
				t.Errorf("%s does not import %s any more: take it out of mayImport", name, path)
			}
		}
	}
	for name := range mayImport {
		if !seen[name] {
			t.Errorf("mayImport has an entry for %s, which is not among the packages that `go list` told: is the package gone, or not seen?", name)
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
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Dir,Imports,Module", module+"...").Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatalf("go list: %s", exit.Stderr)
	}
	require.NoError(t, err)
	var pkgs []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); err == io.EOF {
			requireWhole(t, pkgs)
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}
