package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryPublicNameIsExplained reads what other modules can import, and fails
// for a name that go doc would show without a word about it, or with none but
// its own.
func TestEveryPublicNameIsExplained(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	names := 0
	aliased := map[string]map[string]bool{}
	for _, folder := range publicFolders(t, root) {
		p := newDocPackage(t, root, folder)
		if len(p.files) == 0 {
			continue // tests only
		}
		p.noteAliases(aliased)
		for _, fault := range p.check() {
			t.Error(fault)
		}
		names += p.names
	}
	require.NotEmpty(t, aliased, "no alias was found, such as that of broker.Settings")
	for folder, types := range aliased {
		p := newDocPackage(t, root, folder)
		p.only = types
		for _, fault := range p.check() {
			t.Error(fault)
		}
		names += p.names
	}
	require.Greater(t, names, 1000, "the code could not be read")
}

func newDocPackage(t *testing.T, root, folder string) *docPackage {
	t.Helper()
	set := token.NewFileSet()
	return &docPackage{set: set, name: folder, files: parseFolder(t, set, filepath.Join(root, folder))}
}

func TestNamesWithoutAnExplanationAreFound(t *testing.T) {
	t.Parallel()
	const whole = "// Package p is for tests.\npackage p\n"
	for _, tt := range []struct {
		name, code string
		want       []string
	}{
		{"a package", "package p", []string{"package p has no comment"}},
		{"a package in two files", "// Package p is one.\npackage p // Package p is two.\n", nil},
		{"a function", whole + "func Read() {}", []string{"Read has no comment"}},
		{"a function that is explained", whole + "// Read takes the next line from the terminal.\nfunc Read() {}", nil},
		{"only its own words", whole + "// ReadFile reads the file.\nfunc ReadFile() {}", []string{"the comment of ReadFile says nothing but the name again"}},
		{"a getter in its own words", whole + "type Row struct{}\n// Name returns the name of the row.\nfunc (Row) Name() string { return `` }", []string{"Row has no comment", "the comment of Row.Name says nothing but the name again"}},
		{"another name first", whole + "// Write takes a line.\nfunc Read() {}", []string{"the comment of Read does not begin with the name"}},
		{"a truth that is returned", whole + "// Ready returns true when the server accepts requests.\nfunc Ready() bool { return true }", []string{`the comment of Ready should say "reports whether"`}},
		{"a method", whole + "// T is text in capitals.\ntype T string\nfunc (T) Length() int { return 0 }", []string{"T.Length has no comment"}},
		{"a method that only other types show", whole + "// T is text in capitals.\ntype T struct{ inner[T] }\ntype inner[X any] struct{}\nfunc (*inner[X]) Close() {}", []string{"inner.Close has no comment"}},
		{"a method that nobody sees", whole + "type t string\nfunc (t) Length() int { return 0 }", nil},
		{"a method of an interface", whole + "// Source is where lines come from.\ntype Source interface{ Line() string }", []string{"Source.Line has no comment"}},
		{"a field", whole + "// Point is a place on a screen.\ntype Point struct{ X int }", []string{"Point.X has no comment"}},
		{"a field beside its line", whole + "// Point is a place on a screen.\ntype Point struct{ X int // pixels from the left\n}", nil},
		{"a field that its type tells of", whole + "// Point is a place on a screen, X pixels from the left.\ntype Point struct{ X int }", nil},
		{"fields that one comment names", whole + "// Point is a place on a screen.\ntype Point struct {\n// X and Y are pixels from the upper left.\nX int\nY int\n}", nil},
		{"a field that the comment above does not name", whole + "// Point is a place on a screen.\ntype Point struct {\n// X counts pixels from the left.\nX int\nY int\n}", []string{"Point.Y has no comment"}},
		{"a field apart from the comment that names it", whole + "// Point is a place on a screen.\ntype Point struct {\n// X and Y are pixels.\nX int\n\nY int\n}", []string{"Point.Y has no comment"}},
		{"a field within a field", whole + "// Point is a place on a screen.\ntype Point struct {\n// At is counted in pixels.\nAt []struct{ X int }\n}", []string{"Point.At.X has no comment"}},
		{"a constant", whole + "// Unit is what is counted.\ntype Unit int\n// The units.\nconst (\nPixel Unit = iota\n// Point is a 72nd of an inch.\nPoint\n)", []string{"Pixel has no comment"}},
		{"a constant that says its name", whole + "const Pixel = 1 // Pixel", []string{"the comment of Pixel says nothing but the name again"}},
		{"a variable", whole + "var Default = 1", []string{"Default has no comment"}},
		{"what is not exported", whole + "func read() {}\ntype row struct{ Name string }\nconst one = 1\nvar two = 2", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, "p.go", tt.code, parser.ParseComments|parser.SkipObjectResolution)
			require.NoError(t, err)
			p := docPackage{set: set, name: "p", files: []*ast.File{file}}
			var got []string
			for _, fault := range p.check() {
				got = append(got, strings.SplitN(fault, ": ", 2)[1])
			}
			require.Equal(t, tt.want, got)
		})
	}
}

// publicFolders are those that other modules can import and have a reason to:
// what runs, what shows how and what checks this repository is not for them.
func publicFolders(t *testing.T, root string) []string {
	t.Helper()
	return slices.DeleteFunc(foldersWithCode(t, root), func(folder string) bool {
		parts := strings.Split(folder, "/")
		return slices.Contains([]string{"cmd", "conformance", "examples"}, parts[0]) || slices.Contains(parts, "internal") || slices.Contains(parts, "cmd")
	})
}

func parseFolder(t *testing.T, set *token.FileSet, folder string) []*ast.File {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	var files []*ast.File
	for _, entry := range entries {
		if name := entry.Name(); !isShipped(entry) || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, filepath.Join(folder, entry.Name()), nil, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, file)
	}
	return files
}

func isShipped(entry fs.DirEntry) bool {
	return !entry.IsDir() && strings.HasSuffix(entry.Name(), ".go")
}

// docPackage is a package whose comments are checked.
type docPackage struct {
	set   *token.FileSet
	name  string
	files []*ast.File
	// only names the types that are looked at; nil looks at everything.
	only map[string]bool

	names  int
	faults []string
}

// noteAliases adds the types of internal packages that this one shows under a
// name of its own, or as the elements of one, by folder: their fields and methods
// are what users work with.
func (p *docPackage) noteAliases(found map[string]map[string]bool) {
	for _, file := range p.files {
		imports := map[string]string{}
		for _, spec := range file.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			name := path[strings.LastIndexByte(path, '/')+1:]
			if spec.Name != nil {
				name = spec.Name.Name
			}
			imports[name] = path
		}
		for _, decl := range file.Decls {
			gen, isGen := decl.(*ast.GenDecl)
			if !isGen || gen.Tok != token.TYPE {
				continue
			}
			for _, spec := range gen.Specs {
				typ := spec.(*ast.TypeSpec)
				e := typ.Type
				if list, isList := e.(*ast.ArrayType); isList {
					e = list.Elt
				}
				selector, isSelector := e.(*ast.SelectorExpr)
				if !isSelector || !typ.Name.IsExported() {
					continue
				}
				folder, isOurs := strings.CutPrefix(imports[typeName(selector.X)], module)
				if isOurs && strings.Contains(folder, "internal/") {
					if found[folder] == nil {
						found[folder] = map[string]bool{}
					}
					found[folder][selector.Sel.Name] = true
				}
			}
		}
	}
}

func (p *docPackage) check() []string {
	p.checkPackageComment()
	seen := p.typesThatAreSeen()
	for _, file := range p.files {
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				p.checkFunc(decl, seen)
			case *ast.GenDecl:
				p.checkDecl(decl)
			}
		}
	}
	return p.faults
}

func (p *docPackage) fault(at token.Pos, what string) {
	p.faults = append(p.faults, p.set.Position(at).String()+": "+what)
}

func (p *docPackage) checkPackageComment() {
	for _, file := range p.files {
		if file.Doc != nil {
			return
		}
	}
	p.fault(p.files[0].Package, "package "+p.name+" has no comment")
}

// typesThatAreSeen are the exported types, and those that exported structs
// embed: their methods and fields are shown as the struct's own.
func (p *docPackage) typesThatAreSeen() map[string]bool {
	seen := map[string]bool{}
	for _, file := range p.files {
		for _, decl := range file.Decls {
			gen, isGen := decl.(*ast.GenDecl)
			if !isGen {
				continue
			}
			for _, spec := range gen.Specs {
				typ, isType := spec.(*ast.TypeSpec)
				if !isType || !p.shows(typ.Name.Name) {
					continue
				}
				seen[typ.Name.Name] = true
				if structure, isStruct := typ.Type.(*ast.StructType); isStruct {
					for _, field := range structure.Fields.List {
						if len(field.Names) == 0 {
							seen[typeName(field.Type)] = true
						}
					}
				}
			}
		}
	}
	return seen
}

// shows reports whether a type is one that is looked at.
func (p *docPackage) shows(name string) bool {
	return ast.IsExported(name) && (p.only == nil || p.only[name])
}

// typeName is the name in a receiver or an embedded field.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.IndexExpr:
		return typeName(e.X)
	case *ast.IndexListExpr:
		return typeName(e.X)
	case *ast.Ident:
		return e.Name
	default:
		return ""
	}
}

func (p *docPackage) checkFunc(f *ast.FuncDecl, seen map[string]bool) {
	if !f.Name.IsExported() {
		return
	}
	var owner string
	name := f.Name.Name
	if f.Recv != nil {
		owner = typeName(f.Recv.List[0].Type)
		if !seen[owner] {
			return
		}
		name = owner + "." + name
	} else if p.only != nil {
		return
	}
	if !p.checkComment(f.Pos(), name, f.Doc.Text()) {
		return
	}
	words := strings.Fields(f.Doc.Text())
	if words[0] != f.Name.Name {
		p.fault(f.Pos(), "the comment of "+name+" does not begin with the name")
		return
	}
	results := f.Type.Results
	if results == nil || len(results.List) != 1 || typeName(results.List[0].Type) != "bool" {
		return
	}
	if !strings.HasPrefix(strings.Join(words[1:], " "), "reports whether") {
		p.fault(f.Pos(), "the comment of "+name+` should say "reports whether"`)
	}
}

func (p *docPackage) checkDecl(decl *ast.GenDecl) {
	above := above{}
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if !p.shows(spec.Name.Name) {
				continue
			}
			doc := spec.Doc.Text()
			if doc == "" && !decl.Lparen.IsValid() {
				doc = decl.Doc.Text()
			}
			if p.checkComment(spec.Pos(), spec.Name.Name, doc) && strings.Fields(strings.TrimPrefix(strings.TrimPrefix(doc, "A "), "An "))[0] != spec.Name.Name {
				p.fault(spec.Pos(), "the comment of "+spec.Name.Name+" does not begin with the name")
			}
			p.checkType(spec.Name.Name, doc, spec.Type)
		case *ast.ValueSpec:
			if p.only != nil {
				continue
			}
			doc := spec.Doc.Text() + spec.Comment.Text()
			if doc == "" && !decl.Lparen.IsValid() {
				doc = decl.Doc.Text()
			}
			for _, name := range spec.Names {
				if !name.IsExported() {
					continue
				}
				p.checkComment(name.Pos(), name.Name, above.comment(p.set, name, doc))
			}
			above.remember(p.set, spec, spec.Doc, doc)
		}
	}
}

// checkType goes through the fields and methods that a type shows.
func (p *docPackage) checkType(name, doc string, e ast.Expr) {
	switch e := e.(type) {
	case *ast.StarExpr:
		p.checkType(name, doc, e.X)
	case *ast.ArrayType:
		p.checkType(name, doc, e.Elt)
	case *ast.MapType:
		p.checkType(name, doc, e.Value)
	case *ast.StructType:
		p.checkFields(name, doc, e.Fields.List)
	case *ast.InterfaceType:
		p.checkFields(name, doc, e.Methods.List)
	}
}

func (p *docPackage) checkFields(owner, ownerDoc string, fields []*ast.Field) {
	above := above{}
	for _, field := range fields {
		doc := field.Doc.Text() + field.Comment.Text()
		for _, name := range field.Names { // an embedded type is told where it is declared
			if !name.IsExported() {
				continue
			}
			said := above.comment(p.set, name, doc)
			if said == "" && names(ownerDoc, name.Name) {
				said = ownerDoc // the comment of what it belongs to tells of it
			}
			p.checkComment(name.Pos(), owner+"."+name.Name, said)
			p.checkType(owner+"."+name.Name, said, field.Type)
		}
		above.remember(p.set, field, field.Doc, doc)
	}
}

// above is the comment that stands above what has none of its own.
type above struct {
	doc      string
	lastLine int
}

// comment is doc or, without one, what stands above in the same paragraph and
// names it.
func (a *above) comment(set *token.FileSet, name *ast.Ident, doc string) string {
	if doc == "" && names(a.doc, name.Name) && set.Position(name.Pos()).Line == a.lastLine+1 {
		return a.doc
	}
	return doc
}

func (a *above) remember(set *token.FileSet, node ast.Node, group *ast.CommentGroup, doc string) {
	begin := node.Pos()
	if group != nil {
		begin = group.Pos()
	}
	if doc != "" || set.Position(begin).Line != a.lastLine+1 {
		a.doc = doc
	}
	a.lastLine = set.Position(node.End()).Line
}

// names reports whether text has name as a word of its own.
func names(text, name string) bool {
	return regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`).MatchString(text)
}

// checkComment reports whether there is a comment that says something.
func (p *docPackage) checkComment(at token.Pos, name, doc string) bool {
	p.names++
	if strings.TrimSpace(doc) == "" {
		p.fault(at, name+" has no comment")
		return false
	}
	if saysOnly(doc, name) {
		p.fault(at, "the comment of "+name+" says nothing but the name again")
		return false
	}
	return true
}

// fillers are words that tell nothing about what a name stands for.
var fillers = strings.Fields(`a an the this that these those it its is are was be as of for to in on at by with from and or which what whose one
	return returns give gives get gets set sets hold holds has have say says tell tells mean means represent represents provide provides
	contain contains define defines describe describes specify specifies value type struct function method field constant name called`)

var (
	camel = regexp.MustCompile(`[A-Z]+[a-z]*|[a-z]+|[0-9]+`)
	word  = regexp.MustCompile(`[\pL\pN]+`)
)

// saysOnly reports whether doc has no word but those of the name, of the type
// that the name belongs to, and fillers.
func saysOnly(doc, name string) bool {
	known := map[string]bool{}
	for _, w := range fillers {
		known[stem(w)] = true
	}
	for part := range strings.SplitSeq(name, ".") {
		known[stem(part)] = true
		for _, w := range camel.FindAllString(part, -1) {
			known[stem(w)] = true
		}
	}
	for _, w := range word.FindAllString(doc, -1) {
		if !known[stem(w)] {
			return false
		}
	}
	return true
}

// stem brings the forms of a word together, roughly.
func stem(w string) string {
	w = strings.ToLower(w)
	for _, ending := range []string{"ing", "ed", "es", "s", "e"} {
		if len(w) > len(ending)+2 && strings.HasSuffix(w, ending) {
			return strings.TrimSuffix(w, ending)
		}
	}
	return w
}
