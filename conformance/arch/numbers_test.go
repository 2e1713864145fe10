package arch_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// roundsNumbers are functions that read JSON into values of type any or float64,
// with the reason why numbers need not keep their text there.
var roundsNumbers = map[string]string{
	"dsl/internal/draft.As":                  "what a test gets is what encoding/json gives, as from pact-go",
	"verifier.plainParams":                   "state handlers written for pact-go expect float64; what does not fit stays json.Number",
	"cmd/treaty/internal/commandtest.Decode": "tests compare with numbers of their own",
	"examples/guide.Storefront.Product":      "a price of its own API",
}

// TestNumbersOfOthersKeepTheirText finds who reads JSON into any or float64 with
// encoding/json alone: it makes one of two long identifiers, and refuses 1e400,
// which is JSON. internal/exact reads without that.
func TestNumbersOfOthersKeepTheirText(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	files := 0
	for _, p := range shippedCode(t, "") {
		path := strings.TrimPrefix(p.PkgPath, module)
		if strings.HasPrefix(path, "conformance") {
			continue
		}
		files += len(p.Syntax)
		for _, found := range rounded(p.Syntax, p.TypesInfo) {
			name := path + "." + found.function
			seen[name] = true
			if roundsNumbers[name] == "" {
				t.Errorf("%s: %s reads numbers into %s and changes some; use internal/exact, or say above why not",
					p.Fset.Position(found.at), name, found.target)
			}
		}
	}
	require.Greater(t, files, 300, "the code could not be read")
	for name := range roundsNumbers {
		require.True(t, seen[name], "%s does not round numbers any more: take it out of the list", name)
	}
}

func TestRoundedNumbersAreFound(t *testing.T) {
	t.Parallel()
	set := token.NewFileSet()
	from := importer.ForCompiler(set, "source", nil)
	for _, tt := range []struct {
		name, code string
		want       int
	}{
		{"any", `var v any; _ = json.Unmarshal(nil, &v)`, 1},
		{"a map", `var v map[string]any; _ = json.Unmarshal(nil, &v)`, 1},
		{"a list in a struct", `var v struct{ A []map[string]any }; _ = json.Unmarshal(nil, &v)`, 1},
		{"float64", `var v *float64; _ = json.Unmarshal(nil, &v)`, 1},
		{"a decoder", `var v any; _ = json.NewDecoder(nil).Decode(&v)`, 1},
		{"a named type", `type m map[string]any; var v m; _ = json.Unmarshal(nil, &v)`, 1},
		{"a type of itself", `type m struct{ A any; Next *m }; var v m; _ = json.Unmarshal(nil, &v)`, 1},
		{"a decoder that keeps them", `var v any; d := json.NewDecoder(nil); d.UseNumber(); _ = d.Decode(&v)`, 0},
		{"raw members", `var v map[string]json.RawMessage; _ = json.Unmarshal(nil, &v)`, 0},
		{"texts and whole numbers", `var v struct{ A string; B *int64; C []bool }; _ = json.Unmarshal(nil, &v)`, 0},
		{"json.Number", `var v []json.Number; _ = json.Unmarshal(nil, &v)`, 0},
		{"a field that is left out", "var v struct{ A any `json:\"-\"` }; _ = json.Unmarshal(nil, &v)", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code := "package x\nimport \"encoding/json\"\nfunc f() {\n" + tt.code + "\n}"
			file, err := parser.ParseFile(set, "x.go", code, 0)
			require.NoError(t, err)
			info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
				Selections: map[*ast.SelectorExpr]*types.Selection{}}
			_, err = (&types.Config{Importer: from}).Check("x", set, []*ast.File{file}, info)
			require.NoError(t, err)
			require.Len(t, rounded([]*ast.File{file}, info), tt.want)
		})
	}
}

// reading is a call that may change a number.
type reading struct {
	at               token.Pos
	function, target string
}

func rounded(files []*ast.File, info *types.Info) []reading {
	var list []reading
	for _, file := range files {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			keeps := false
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "UseNumber" {
					keeps = true
				}
				return true
			})
			ast.Inspect(f.Body, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				target := targetOf(call, info, keeps)
				if target != nil && rounds(target, map[types.Type]bool{}) {
					list = append(list, reading{call.Pos(), functionName(f), target.String()})
				}
				return true
			})
		}
	}
	return list
}

// targetOf returns what encoding/json reads into by a call, nil where numbers are
// kept or nothing is read.
func targetOf(call *ast.CallExpr, info *types.Info, keeps bool) types.Type {
	selected, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	used, ok := info.Uses[selected.Sel].(*types.Func)
	if !ok {
		return nil
	}
	var target ast.Expr
	switch used.FullName() {
	case "encoding/json.Unmarshal":
		target = call.Args[1]
	case "(*encoding/json.Decoder).Decode":
		if keeps {
			return nil
		}
		target = call.Args[0]
	default:
		return nil
	}
	of := info.TypeOf(target)
	if pointer, ok := of.Underlying().(*types.Pointer); ok {
		return pointer.Elem()
	}
	return nil // a target that somebody else chose
}

// rounds reports whether a type takes a number as float64.
func rounds(of types.Type, above map[types.Type]bool) bool {
	if above[of] {
		return false
	}
	above[of] = true
	for _, method := range []string{"UnmarshalJSON", "UnmarshalText"} {
		if m, _, _ := types.LookupFieldOrMethod(types.NewPointer(of), true, nil, method); m != nil {
			if _, ok := m.(*types.Func); ok {
				return false // its own method is looked at by itself
			}
		}
	}
	switch of := of.Underlying().(type) {
	case *types.Interface:
		return of.NumMethods() == 0
	case *types.Basic:
		return of.Info()&types.IsFloat != 0
	case *types.Pointer:
		return rounds(of.Elem(), above)
	case *types.Slice:
		return rounds(of.Elem(), above)
	case *types.Array:
		return rounds(of.Elem(), above)
	case *types.Map:
		return rounds(of.Elem(), above)
	case *types.Struct:
		for i := range of.NumFields() {
			exported := of.Field(i).Exported() || of.Field(i).Embedded()
			if exported && !strings.Contains(of.Tag(i), `json:"-"`) && rounds(of.Field(i).Type(), above) {
				return true
			}
		}
	}
	return false
}

func functionName(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return f.Name.Name
	}
	of := f.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	return fmt.Sprint(of) + "." + f.Name.Name
}
