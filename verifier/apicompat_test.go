package verifier_test

import (
	"go/types"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

const (
	pactGoProvider = "github.com/pact-foundation/pact-go/v2/provider"
	thisPackage    = "github.com/treatyhq/treaty/verifier"
)

// cannotBeCalled are exported names of pact-go that no other module can use,
// because their parameters are of an internal type.
var cannotBeCalled = map[string]string{
	"VerifyRequest.Verify()":            "takes a handle of the native library",
	"VerifyRequest.Verify() on a value": "takes a handle of the native library",
}

// TestTestsWrittenForPactGoCompile compares the whole exported API of pact-go
// v2's provider package with ours: names, signatures, fields and their types.
func TestTestsWrittenForPactGoCompile(t *testing.T) {
	t.Parallel()
	// pact-go's package does not build without its native library. Its exported
	// API does not depend on it, so errors are expected and ignored.
	found, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax, Context: t.Context()}, pactGoProvider, thisPackage)
	require.NoError(t, err)
	api := map[string]map[string]string{}
	for _, p := range found {
		api[p.PkgPath] = exported(p.Types)
	}
	their, our := api[pactGoProvider], api[thisPackage]
	require.Greater(t, len(their), 50, "the API of pact-go could not be read")
	var wrong []string
	for name, want := range their {
		if _, excepted := cannotBeCalled[name]; !excepted && our[name] != want {
			wrong = append(wrong, name+": there "+want+", here "+nameOrNone(our[name]))
		}
	}
	sort.Strings(wrong)
	require.Empty(t, wrong)
	t.Logf("%d names, signatures and fields are the same", len(their)-len(cannotBeCalled))
}

func nameOrNone(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// exported describes what a user of p can write, a line for each name.
func exported(p *types.Package) map[string]string {
	out := map[string]string{}
	for _, name := range p.Scope().Names() {
		object := p.Scope().Lookup(name)
		typeName, isType := object.(*types.TypeName)
		switch {
		case !object.Exported():
		case !isType:
			out[name] = spelled(object.Type())
		default:
			members(out, typeName)
		}
	}
	return out
}

func members(out map[string]string, object *types.TypeName) {
	name := object.Name()
	if fields, ok := object.Type().Underlying().(*types.Struct); ok {
		out[name] = "struct"
		for n := range fields.NumFields() {
			if f := fields.Field(n); f.Exported() {
				out[name+"."+f.Name()] = spelled(f.Type()) + " " + reflect.StructTag(fields.Tag(n)).Get("json")
			}
		}
	} else {
		out[name] = spelled(object.Type().Underlying())
	}
	methods(out, types.NewPointer(object.Type()), name, "()")
	methods(out, object.Type(), name, "() on a value")
}

func methods(out map[string]string, of types.Type, name, suffix string) {
	set := types.NewMethodSet(of)
	for n := range set.Len() {
		if m := set.At(n).Obj(); m.Exported() {
			out[name+"."+m.Name()+suffix] = spelled(m.Type())
		}
	}
}

// spelled writes a type with both packages under one name, and without the
// names of parameters, which callers do not see.
func spelled(of types.Type) string {
	if s, ok := of.(*types.Signature); ok {
		of = types.NewSignatureType(nil, nil, nil, nameless(s.Params()), nameless(s.Results()), s.Variadic())
	}
	text := types.TypeString(of, func(p *types.Package) string {
		if p.Path() == pactGoProvider || p.Path() == thisPackage {
			return "provider"
		}
		return p.Path()
	})
	return strings.ReplaceAll(text, "interface{}", "any")
}

func nameless(tuple *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for n := range tuple.Len() {
		vars = append(vars, types.NewParam(0, nil, "", tuple.At(n).Type()))
	}
	return types.NewTuple(vars...)
}
