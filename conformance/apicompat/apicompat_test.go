package apicompat_test

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

const (
	theirs = "github.com/pact-foundation/pact-go/v2/"
	ours   = "github.com/treatyhq/treaty/"

	// held is the version of pact-go whose API stands here. Whoever raises it
	// goes through pact-go's changes first: what its functions do, not only how
	// they are called, and docs/guide/coming-from-pact-go.md.
	held = "v2.7.0"
)

// replaced maps each package of pact-go to ours, and names how much API it has
// at least, so that a package that was not read does not pass for an empty one.
var replaced = map[string]struct {
	by    string
	names int
}{
	"consumer":   {"dsl", 100},
	"message/v3": {"dsl/message/v3", 30},
	"message/v4": {"dsl/message/v4", 60},
	"provider":   {"verifier", 60},
	"version":    {"dsl/version", 1},
}

// What becomes of the other packages of pact-go that a user can import: the
// guide says it of each.
var (
	stay = []string{"matchers", "models", "message", "log", "proxy", "utils"}
	goes = []string{"installer", "command"}
)

// cannotBeCalled are exported names of pact-go that no other module can use,
// because a parameter is of an internal type: a handle of the native library.
var cannotBeCalled = map[string]bool{
	"VerifyRequest.Verify()":            true,
	"VerifyRequest.Verify() on a value": true,
}

func TestTheComparisonIsWithTheVersionInUse(t *testing.T) {
	t.Parallel()
	found, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedModule, Context: t.Context()}, theirs+"matchers")
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.NotNil(t, found[0].Module)
	require.Equal(t, held, found[0].Module.Version,
		"go.mod has moved to another version of pact-go: go through its changes, then name it here and in the guide")
	require.Contains(t, guide(t), "pact-go "+held+"'s", "the guide names the version")
}

// TestEveryPackageOfPactGoHasItsPlace finds packages that are new in pact-go,
// and those that need the native library and are thought not to.
func TestEveryPackageOfPactGoHasItsPlace(t *testing.T) {
	t.Parallel()
	found, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedImports | packages.NeedDeps | packages.NeedFiles, Context: t.Context(),
	}, theirs+"...")
	require.NoError(t, err)
	table := guide(t)
	var seen []string
	for _, p := range found {
		name, ok := strings.CutPrefix(p.PkgPath, theirs)
		if !ok || p.Name == "main" || strings.Contains("/"+name, "/internal/") || strings.HasPrefix(name, "examples/") {
			continue // nobody imports it
		}
		seen = append(seen, name)
		_, known := replaced[name]
		known = known || slices.Contains(stay, name) || slices.Contains(goes, name)
		require.True(t, known, "%s is new in pact-go: replace it, or find out whether it can stay", name)
		require.True(t, strings.Contains(table, theirs+name+`"`) || strings.Contains(table, "`"+name+"`"), "the guide says what becomes of %s", name)
		if slices.Contains(stay, name) {
			require.False(t, needsNative(p, map[*packages.Package]bool{}), "%s cannot stay: it needs the native library", name)
		}
	}
	require.Len(t, seen, len(replaced)+len(stay)+len(goes), "%v", seen)
}

// needsNative reports whether p imports what calls the native library.
func needsNative(p *packages.Package, seen map[*packages.Package]bool) bool {
	if seen[p] {
		return false
	}
	seen[p] = true
	if p.PkgPath == theirs+"internal/native" {
		return true
	}
	for _, imported := range p.Imports {
		if needsNative(imported, seen) {
			return true
		}
	}
	return false
}

// fromNative is the type of what pact-go takes from its native library, which
// cannot be read where cgo is off.
var fromNative = map[string]string{
	"ErrVerificationFailed":  "error",
	"ErrVerifierFailedToRun": "error",
}

// TestTheSourceOfPactGosUsersCompiles compares the whole exported surface.
func TestTheSourceOfPactGosUsersCompiles(t *testing.T) {
	t.Parallel()
	loaded := load(t)
	for from, to := range replaced {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			their, our := describe(loaded[theirs+from]), describe(loaded[ours+to.by])
			require.GreaterOrEqual(t, len(their), to.names, "the API of pact-go could not be read")
			var missing []string
			for name, want := range their {
				if cannotBeCalled[name] {
					continue
				}
				if want == "invalid type" {
					want = fromNative[name]
				}
				if got, ok := our[name]; !ok {
					missing = append(missing, fmt.Sprintf("missing: %s %s", name, want))
				} else if got != want {
					missing = append(missing, fmt.Sprintf("different: %s\n  there %s\n  here  %s", name, want, got))
				}
			}
			sort.Strings(missing)
			require.Empty(t, missing, "%d of %d", len(missing), len(their))
			t.Logf("%d names, signatures and fields are the same", len(their))
		})
	}
}

func load(t *testing.T) map[string]*types.Package {
	t.Helper()
	var patterns []string
	for from, to := range replaced {
		patterns = append(patterns, theirs+from, ours+to.by)
	}
	// pact-go's packages do not build here: what they import needs cgo. Their
	// exported API does not depend on it, so errors are expected and ignored.
	found, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax, Context: t.Context()}, patterns...)
	require.NoError(t, err)
	loaded := map[string]*types.Package{}
	for _, p := range found {
		require.NotNil(t, p.Types, p.PkgPath)
		loaded[p.PkgPath] = p.Types
	}
	return loaded
}

// describe lists what a user of p can write, by name: a sentence each.
func describe(p *types.Package) map[string]string {
	out := map[string]string{}
	for _, name := range p.Scope().Names() {
		object := p.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		switch object := object.(type) {
		case *types.TypeName:
			describeType(out, object)
		default:
			out[name] = text(object.Type())
		}
	}
	return out
}

func describeType(out map[string]string, object *types.TypeName) {
	name := object.Name()
	switch under := object.Type().Underlying().(type) {
	case *types.Struct:
		out[name] = "struct"
		for i := range under.NumFields() {
			if field := under.Field(i); field.Exported() && !field.Embedded() {
				out[name+"."+field.Name()] = fmt.Sprintf("%s %q", text(field.Type()), jsonTag(under.Tag(i)))
			}
		}
	default:
		out[name] = text(under)
	}
	methods := types.NewMethodSet(types.NewPointer(object.Type()))
	for i := range methods.Len() {
		if method := methods.At(i).Obj(); method.Exported() {
			out[name+"."+method.Name()+"()"] = text(method.Type())
		}
	}
	values := types.NewMethodSet(object.Type())
	for i := range values.Len() {
		if method := values.At(i).Obj(); method.Exported() {
			out[name+"."+method.Name()+"() on a value"] = text(method.Type())
		}
	}
}

func jsonTag(tag string) string { return reflect.StructTag(tag).Get("json") }

// text writes a type with the packages that replace each other under one name.
// Where pact-go takes a *testing.T we take the part of it that is needed,
// which accepts a *testing.T.
func text(of types.Type) string {
	qualify := func(p *types.Package) string {
		for from, to := range replaced {
			if p.Path() == theirs+from || p.Path() == ours+to.by {
				return from
			}
		}
		return p.Path()
	}
	s := types.TypeString(withoutNames(of), qualify)
	for _, small := range []string{"consumer.TestingT", "message/v3.TestingT", "message/v4.TestingT"} {
		s = strings.ReplaceAll(s, small, "*testing.T")
	}
	return strings.ReplaceAll(s, "interface{}", "any")
}

// withoutNames drops the names of parameters: callers do not see them.
func withoutNames(of types.Type) types.Type {
	signature, ok := of.(*types.Signature)
	if !ok {
		return of
	}
	return types.NewSignatureType(nil, nil, nil, unnamed(signature.Params()), unnamed(signature.Results()), signature.Variadic())
}

func unnamed(tuple *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for i := range tuple.Len() {
		vars = append(vars, types.NewParam(0, nil, "", withoutNames(tuple.At(i).Type())))
	}
	return types.NewTuple(vars...)
}
