package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	internalBroker = module + "broker/internal/"
	txType         = internalBroker + "kernel.Tx"
)

// updates are the ways to begin a transaction that writes.
var updates = []string{"(" + internalBroker + "kernel.Store).Update", "(*" + internalBroker + "store.Store).Update"}

// notUseCases are packages that only tests use.
var notUseCases = []string{internalBroker + "usecasetest", internalBroker + "store/storetest"}

// TestEveryWritePathStandsInTheTable finds who begins a transaction that writes,
// and looks for it in docs/writes.md: who writes a new one has to say there what it
// reads, what it locks, and why that is enough.
func TestEveryWritePathStandsInTheTable(t *testing.T) {
	t.Parallel()
	var read []source
	for _, p := range shippedCode(t, "broker/") {
		if !slices.Contains(notUseCases, p.PkgPath) {
			read = append(read, source{p.Name, p.Syntax, p.TypesInfo})
		}
	}
	writers := writersOf(read, updates)
	require.Greater(t, len(writers), 30, "the code could not be read")
	page, err := os.ReadFile("../../docs/writes.md")
	require.NoError(t, err)
	listed := listedWriters(string(page))
	for _, name := range writers {
		require.Contains(t, listed, name, "docs/writes.md has no row for this write path: say there what it reads, what it locks and why that is enough")
	}
	for _, name := range listed {
		require.Contains(t, writers, name, "docs/writes.md has a row for what begins no transaction that writes")
	}
}

var codeName = regexp.MustCompile("`([a-z]+\\.\\w+)`")

// listedWriters returns the names in the first column of the page's tables.
func listedWriters(page string) []string {
	var out []string
	for line := range strings.Lines(page) {
		if cells := strings.Split(line, "|"); len(cells) > 2 && cells[0] == "" {
			for _, name := range codeName.FindAllStringSubmatch(cells[1], -1) {
				out = append(out, name[1])
			}
		}
	}
	return out
}

// source is a package that has been read.
type source struct {
	name  string
	files []*ast.File
	info  *types.Info
}

// writersOf returns the functions that begin an update, as package and name. One
// that takes what is done in it from its caller is a way to begin one too: then
// its callers are meant.
func writersOf(read []source, updates []string) []string {
	ways := map[string]bool{}
	for _, name := range updates {
		ways[name] = true
	}
	for grown := true; grown; {
		grown = false
		calls(read, func(_ source, by *types.Func, called string) {
			if ways[called] && !ways[by.FullName()] && takesWork(by) {
				ways[by.FullName()], grown = true, true
			}
		})
	}
	var out []string
	calls(read, func(in source, by *types.Func, called string) {
		if ways[called] && !ways[by.FullName()] {
			out = append(out, in.name+"."+by.Name())
		}
	})
	slices.Sort(out)
	return slices.Compact(out)
}

// calls tells each use of a function or method within another.
func calls(read []source, tell func(in source, by *types.Func, called string)) {
	for _, s := range read {
		for _, file := range s.files {
			for _, declared := range file.Decls {
				function, ok := declared.(*ast.FuncDecl)
				if !ok {
					continue
				}
				by := s.info.Defs[function.Name].(*types.Func)
				ast.Inspect(function, func(n ast.Node) bool {
					if name, ok := n.(*ast.Ident); ok {
						if used, ok := s.info.Uses[name].(*types.Func); ok {
							tell(s, by, used.Origin().FullName())
						}
					}
					return true
				})
			}
		}
	}
}

// takesWork reports whether a parameter is a function on a transaction.
func takesWork(f *types.Func) bool {
	parameters := f.Signature().Params()
	for i := range parameters.Len() {
		work, ok := parameters.At(i).Type().Underlying().(*types.Signature)
		if ok && work.Params().Len() > 0 && work.Params().At(0).Type().String() == txType {
			return true
		}
	}
	return false
}

func TestWritersAreFound(t *testing.T) {
	t.Parallel()
	const port = `package kernel
		type Tx interface{ Find() }
		type Store interface { View(func(Tx) error) error; Update(func(Tx) error) error }
		type Base struct { Store Store }
		`
	for _, tt := range []struct {
		name, code string
		want       []string
	}{
		{"one that only reads", `func (b Base) look() { b.Store.View(nil) }`, nil},
		{"one that writes", `func (b Base) write() { b.Store.Update(func(Tx) error { return nil }) }`, []string{"kernel.write"}},
		{"one that hands it on", `func (b Base) write() func(func(Tx) error) error { return b.Store.Update }`, []string{"kernel.write"}},
		{"who brings the work", `func (b Base) often(work func(Tx) error) { b.Store.Update(work) }
			func (b Base) more(work func(Tx) error) { b.often(work) }
			func (b Base) one() { b.more(nil) }
			func two(b Base) { b.often(nil) }`, []string{"kernel.one", "kernel.two"}},
		{"a method of a type with parameters", `type kind[R any] struct{}
			func (kind[R]) write(b Base) { b.Store.Update(nil) }
			func (kind[R]) with(b Base, work func(Tx, R) error) { b.Store.Update(nil) }
			func one(b Base) { kind[int]{}.with(b, nil) }`, []string{"kernel.one", "kernel.write"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, "code.go", port+tt.code, 0)
			require.NoError(t, err)
			info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
			_, err = (&types.Config{}).Check(internalBroker+"kernel", set, []*ast.File{file}, info)
			require.NoError(t, err)
			require.Equal(t, tt.want, writersOf([]source{{"kernel", []*ast.File{file}, info}}, updates[:1]))
		})
	}
	require.Equal(t, []string{"a.One", "b.two"}, listedWriters("| use case | locks |\n|---|---|\n| `a.One`, `b.two` | `c.Not` |\n`d.Not`\n"))
}
