package apicompat_test

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

// guide is the page for people who come from pact-go.
func guide(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "guide", "coming-from-pact-go.md"))
	require.NoError(t, err)
	return string(text)
}

// move runs the guide's script in dir.
func move(t *testing.T, dir string) {
	t.Helper()
	_, rest, found := strings.Cut(guide(t), "```sh\nfind ")
	require.True(t, found, "the guide has a script")
	script, _, found := strings.Cut(rest, "```")
	require.True(t, found)
	cmd := exec.CommandContext(t.Context(), "sh", "-e", "-c", "find "+script)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Empty(t, out)
}

func TestTheScriptMovesImportsOfEveryForm(t *testing.T) {
	t.Parallel()
	const pactGo, treaty = "github.com/pact-foundation/pact-go/v2/", "github.com/treatyhq/treaty/"
	for _, tt := range []struct {
		name, source string
		want         []string
	}{
		{"alone", `import "` + pactGo + `consumer"`, []string{`consumer "` + treaty + `dsl"`}},
		{"with a name", `import pact "` + pactGo + `consumer"`, []string{`pact "` + treaty + `dsl"`}},
		{"into the file", `import . "` + pactGo + `provider"`, []string{`. "` + treaty + `verifier"`}},
		{"for its effects", `import _ "` + pactGo + `version"`, []string{`_ "` + treaty + `dsl/version"`}},
		{
			"a list", "import (\n\t\"testing\"\n\n\t\"" + pactGo + "consumer\" // the DSL\n\t  \"" + pactGo + "provider\"\n\tp \"" + pactGo + "provider\"\n)",
			[]string{`"testing"`, `consumer "` + treaty + `dsl"`, `provider "` + treaty + `verifier"`, `p "` + treaty + `verifier"`},
		},
		{
			"messages", "import (\n\t\"" + pactGo + "message/v3\"\n\tmessage \"" + pactGo + "message/v4\"\n\t\"" + pactGo + "message\"\n)",
			[]string{`"` + treaty + `dsl/message/v3"`, `message "` + treaty + `dsl/message/v4"`, `"` + pactGo + `message"`},
		},
		{
			"what stays", "import (\n\t\"" + pactGo + "matchers\"\n\t\"" + pactGo + "models\"\n\t\"" + pactGo + "log\"\n\t\"" + pactGo + "consumers\"\n)",
			[]string{`"` + pactGo + `matchers"`, `"` + pactGo + `models"`, `"` + pactGo + `log"`, `"` + pactGo + `consumers"`},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, "below", "a file_test.go")
			source := "package a\n\n" + tt.source + "\n\nfunc f() {}\n"
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
			require.NoError(t, os.WriteFile(file, []byte(source), 0o600))
			vendored := filepath.Join(dir, "vendor", "v.go")
			require.NoError(t, os.MkdirAll(filepath.Dir(vendored), 0o700))
			require.NoError(t, os.WriteFile(vendored, []byte(source), 0o600))
			move(t, dir)
			require.Equal(t, tt.want, importsOf(t, file))
			moved, err := os.ReadFile(file)
			require.NoError(t, err)
			move(t, dir) // a second run changes nothing
			again, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(moved), string(again))
			kept, err := os.ReadFile(vendored)
			require.NoError(t, err)
			require.Equal(t, source, string(kept), "what is vendored is not the user's")
			left, err := filepath.Glob(filepath.Join(dir, "below", "*"))
			require.NoError(t, err)
			require.Len(t, left, 1, "no copies are left behind")
		})
	}
}

func importsOf(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	require.NoError(t, err)
	var imports []string
	for _, i := range file.Imports {
		text := i.Path.Value
		if i.Name != nil {
			text = i.Name.Name + " " + text
		}
		imports = append(imports, text)
	}
	return imports
}

// TestPactGosExamplesCompileAfterTheScript takes the examples that people start
// from. Those of plugins are left out: they import the plugins' code.
func TestPactGosExamplesCompileAfterTheScript(t *testing.T) {
	t.Parallel()
	matchers, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedModule, Context: t.Context()}, theirs+"matchers")
	require.NoError(t, err)
	examples, err := filepath.Glob(filepath.Join(matchers[0].Module.Dir, "examples", "*_test.go"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(examples), 5)
	dir := t.TempDir()
	for _, path := range examples {
		copyFile(t, path, filepath.Join(dir, filepath.Base(path)))
	}
	move(t, dir)

	// They stand in a folder of this module that is nowhere but in memory.
	here, err := filepath.Abs("examples")
	require.NoError(t, err)
	overlay := map[string][]byte{}
	for _, path := range examples {
		text, err := os.ReadFile(filepath.Join(dir, filepath.Base(path)))
		require.NoError(t, err)
		overlay[filepath.Join(here, filepath.Base(path))] = text
	}
	compiled := map[string]bool{}
	for _, tag := range []string{"consumer", "provider"} { // as pact-go runs them
		found, err := packages.Load(&packages.Config{
			Mode: packages.LoadSyntax, Context: t.Context(), Tests: true, Overlay: overlay, BuildFlags: []string{"-tags=" + tag},
		}, here)
		require.NoError(t, err)
		for _, p := range found {
			require.Empty(t, slices.DeleteFunc(p.Errors, aboutLog), p.ID)
			for _, path := range p.GoFiles {
				compiled[filepath.Base(path)] = true
			}
		}
	}
	for _, path := range examples {
		require.True(t, compiled[filepath.Base(path)], "%s was not compiled", path)
	}
}

// aboutLog tells of the one import that stays and cannot be resolved here:
// pact-go's log needs a module that nothing else of ours does.
func aboutLog(err packages.Error) bool {
	return strings.Contains(err.Msg, "could not import "+theirs+"log ")
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, text, 0o600))
}
