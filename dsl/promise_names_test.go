package dsl_test

import (
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryExportedNameKeepsItsPromise asks for each name that a test can
// write, whether what it says is in the file: a provider that breaks it is
// refused by the verifier. A name that is new here has to say what it promises.
func TestEveryExportedNameKeepsItsPromise(t *testing.T) {
	t.Parallel()
	ours := maps.Clone(further)
	maps.Copy(ours, builders)
	for path, promises := range map[string]map[string]promise{
		"github.com/pact-foundation/pact-go/v2/matchers": pactGo,
		"github.com/treatyhq/treaty/dsl":                 ours,
		"github.com/treatyhq/treaty/dsl/message/v3":      messagesV3,
		"github.com/treatyhq/treaty/dsl/message/v4":      messagesV4,
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			names := exported(t, path)
			require.Greater(t, len(names), 5)
			known := slices.Sorted(maps.Keys(promises))
			require.Equal(t, names, known, "each exported name needs a case, or the reason why it promises nothing; and only those")
			for name, p := range promises {
				if p.test == nil {
					require.NotEmpty(t, p.reason, name)
					continue
				}
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					p.test(t)
				})
			}
		})
	}
}

// exported lists the names of a package, and those of the methods of its
// builders as "Builder.Method". What V2, V3 and V4 have in common is one.
func exported(t *testing.T, path string) []string {
	t.Helper()
	names := map[string]bool{}
	scope := compiled(t, path).Scope()
	for _, name := range scope.Names() {
		object := scope.Lookup(name)
		if !object.Exported() {
			continue
		}
		of, isType := object.(*types.TypeName)
		if !isType || !strings.HasPrefix(path, "github.com/treatyhq/") {
			names[name] = true
			continue
		}
		methods := methodsOf(of)
		if len(methods) == 0 {
			names[named(name)] = true
		}
		for _, method := range methods {
			names[named(name+"."+method)] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// compiled reads what the compiler exports of a package. The list of packages
// is all that is needed, so the module does without golang.org/x/tools.
func compiled(t *testing.T, path string) *types.Package {
	t.Helper()
	list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-export", "-f", "{{.ImportPath}}\t{{.Export}}", path).Output()
	require.NoError(t, err)
	files := map[string]string{}
	for line := range strings.Lines(string(list)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		files[name] = file
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }
	p, err := importer.ForCompiler(token.NewFileSet(), "gc", open).Import(path)
	require.NoError(t, err)
	return p
}

func methodsOf(of *types.TypeName) []string {
	var names []string
	methods := types.NewMethodSet(types.NewPointer(of.Type()))
	for i := range methods.Len() {
		if method := methods.At(i).Obj(); method.Exported() && !types.IsInterface(of.Type()) {
			names = append(names, method.Name())
		}
	}
	return names
}

// plugins stands for all that is there for the sake of plugins, which are not
// run: a test that asks for one fails.
const plugins = "plugins"

func named(name string) string {
	if strings.Contains(name, "Plugin") || strings.Contains(name, "Transport") {
		return plugins
	}
	for _, version := range []string{"V2", "V3", "V4"} {
		name = strings.TrimPrefix(name, version)
	}
	return name
}
