package arch_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/stretchr/testify/require"
)

// buffers are types of the standard library that must not be copied after
// their first use. vet's copylocks knows those that have a Lock method, and
// does not look at lists that grow; the others it does not know: a copy of a
// strings.Builder panics at its next Write, a copy of a bytes.Buffer shares
// the bytes of the first.
var buffers = map[string]bool{
	"sync.Mutex": true, "sync.RWMutex": true, "sync.Once": true, "sync.WaitGroup": true, "sync.Cond": true, "sync.Map": true, "sync.Pool": true,
	"sync/atomic.Bool": true, "sync/atomic.Int32": true, "sync/atomic.Int64": true, "sync/atomic.Uint32": true, "sync/atomic.Uint64": true,
	"sync/atomic.Value": true, "sync/atomic.Pointer": true,
	"strings.Builder": true, "bytes.Buffer": true,
	"bufio.Writer": true, "bufio.Reader": true, "bufio.Scanner": true,
	"strings.Reader": true, "bytes.Reader": true, "hash/maphash.Hash": true,
}

// TestNothingThatMustStayInItsPlaceIsCopied looks through all shipped code for
// what may move a value of such a type, or of a struct that holds one: lists
// and maps of them (a list copies when it grows), parameters, results,
// receivers and assignments.
func TestNothingThatMustStayInItsPlaceIsCopied(t *testing.T) {
	t.Parallel()
	files := 0
	for _, p := range shippedCode(t, "") {
		files += len(p.Syntax)
		for _, c := range copies(p.Fset, p.Syntax, p.TypesInfo) {
			t.Error(c)
		}
	}
	require.Greater(t, files, 300, "the code could not be read")
}

func TestCopiesOfBuffersAreFound(t *testing.T) {
	t.Parallel()
	set := token.NewFileSet()
	from := importer.ForCompiler(set, "source", nil) // reads each package once
	for _, tt := range []struct {
		name, code string
		want       int
	}{
		{"a list of structs that hold one", `type s struct{ b strings.Builder }; var x []s`, 1},
		{"a list inside of a struct", `type s struct{ inner struct{ b bytes.Buffer } }; type x struct{ list []s }`, 1},
		{"a map", `var x map[string]strings.Builder`, 1},
		{"a channel", `var x chan bytes.Buffer`, 1},
		{"a parameter", `func f(b strings.Builder) {}`, 1},
		{"a result", `type s struct{ b strings.Builder }; func f() (x s) { return }`, 1},
		{"a receiver", `type s struct{ b strings.Builder }; func (s) f() {}`, 1},
		{"an assignment", `func f() { var a strings.Builder; b := a; _ = &b }`, 1},
		{"an assignment through a pointer", `func f(p *strings.Builder) { b := *p; _ = &b }`, 1},
		{"a member of a literal", `type s struct{ b strings.Builder }; func f(p *s) *s { return &s{b: p.b} }`, 1},
		{"an argument", `type s struct{ b strings.Builder }; func f(a *s) { g(*a) }; func g(x any) {}`, 1},
		{"a list of locks", `type s struct{ mu sync.Mutex }; var x []s`, 1},
		{"pointers", `type s struct{ b *strings.Builder; list []*bytes.Buffer }; var x []s; func f(b *strings.Builder) {}`, 0},
		{"a new one", `type s struct{ b strings.Builder }; func f() *s { x := s{}; y := &s{}; _ = x; return y }`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Len(t, copiesIn(t, set, from, tt.code), tt.want)
		})
	}
}

// copies lists the places of code where a value may be copied that must not be.
func copies(set *token.FileSet, files []*ast.File, info *types.Info) []string {
	var list []string
	report := func(at ast.Node, what string, of types.Type) {
		list = append(list, fmt.Sprintf("%s: %s copies a %s; use a pointer, or []byte", set.Position(at.Pos()), what, of))
	}
	value := func(e ast.Expr, what string) {
		if of := info.TypeOf(e); of != nil && stays(of) && isPlace(e) {
			report(e, what, of)
		}
	}
	visit := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ArrayType, *ast.MapType, *ast.ChanType:
			if of := moved(info.TypeOf(n.(ast.Expr))); of != nil {
				report(n, "a list, map or channel", of)
			}
		case *ast.FuncDecl:
			if n.Recv != nil {
				fields(info, n.Recv, func(f ast.Node, of types.Type) { report(f, "a receiver", of) })
			}
		case *ast.FuncType:
			for _, part := range []*ast.FieldList{n.Params, n.Results} {
				fields(info, part, func(f ast.Node, of types.Type) { report(f, "a parameter or result", of) })
			}
		case *ast.AssignStmt:
			for i, e := range n.Rhs {
				if len(n.Lhs) != len(n.Rhs) || !isBlank(n.Lhs[i]) {
					value(e, "an assignment")
				}
			}
		case *ast.ValueSpec:
			for _, e := range n.Values {
				value(e, "a declaration")
			}
		case *ast.KeyValueExpr:
			value(n.Value, "a literal")
		case *ast.CallExpr:
			for _, e := range n.Args {
				value(e, "an argument")
			}
		}
		return true
	}
	for _, f := range files {
		ast.Inspect(f, visit)
	}
	return list
}

// moved returns what the elements of a list, map or channel are, if they must stay.
func moved(of types.Type) types.Type {
	var element types.Type
	switch of := of.(type) {
	case *types.Slice:
		element = of.Elem()
	case *types.Map:
		element = of.Elem()
	case *types.Chan:
		element = of.Elem()
	}
	if element == nil || !stays(element) {
		return nil
	}
	return element
}

func fields(info *types.Info, list *ast.FieldList, report func(ast.Node, types.Type)) {
	if list == nil {
		return
	}
	for _, f := range list.List {
		if of := info.TypeOf(f.Type); of != nil && stays(of) {
			report(f, of)
		}
	}
}

// isPlace reports whether an expression names a value that stands somewhere,
// which an assignment would copy; what a call or a literal makes is new.
func isPlace(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr:
		return true
	case *ast.ParenExpr:
		return isPlace(e.X)
	}
	return false
}

func isBlank(e ast.Expr) bool {
	name, ok := e.(*ast.Ident)
	return ok && name.Name == "_"
}

// stays reports whether values of a type hold a buffer by value.
func stays(of types.Type) bool {
	if named, ok := types.Unalias(of).(*types.Named); ok && named.Obj().Pkg() != nil &&
		buffers[named.Obj().Pkg().Path()+"."+named.Obj().Name()] {
		return true
	}
	switch under := of.Underlying().(type) {
	case *types.Struct:
		for field := range under.Fields() {
			if stays(field.Type()) {
				return true
			}
		}
	case *types.Array:
		return stays(under.Elem())
	}
	return false
}

// copiesIn looks through a piece of code that uses strings and bytes.
func copiesIn(t *testing.T, set *token.FileSet, from types.Importer, code string) []string {
	t.Helper()
	file, err := parser.ParseFile(set, "x.go", "package x\nimport (\"bytes\"; \"strings\"; \"sync\")\nvar _ bytes.Reader; var _ strings.Reader; var _ sync.Mutex\n"+code, 0)
	require.NoError(t, err)
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: from}
	_, err = config.Check("x", set, []*ast.File{file}, info)
	require.NoError(t, err)
	return copies(set, []*ast.File{file}, info)
}
