package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// drawing is what tests import that draw at random.
const drawing = "github.com/treatyhq/treaty/internal/chance"

// tests is what there is to play, found by reading the code: it stays found
// when it moves to another package.
type tests struct {
	folders map[string][]string // of a test's name
	random  map[string][]string // folder -> tests in files that draw at random
	fuzz    map[string][]string // folder -> fuzz targets
}

func search(root string) (tests, error) {
	found := tests{map[string][]string{}, map[string][]string{}, map[string][]string{}}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != root && (name[0] == '.' || name == "testdata" || name == "node_modules" || name == "bin") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		found.add("./"+filepath.ToSlash(folder), file)
		return nil
	})
	for _, list := range []map[string][]string{found.random, found.fuzz} {
		for folder := range list {
			slices.Sort(list[folder])
		}
	}
	return found, err
}

func (t tests) add(folder string, file *ast.File) {
	draws := slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == strconv.Quote(drawing) })
	for _, declared := range file.Decls {
		function, ok := declared.(*ast.FuncDecl)
		if !ok || function.Recv != nil {
			continue
		}
		switch name := function.Name.Name; {
		case strings.HasPrefix(name, "Fuzz"):
			t.fuzz[folder] = append(t.fuzz[folder], name)
		case strings.HasPrefix(name, "Test") && name != "TestMain":
			t.folders[name] = append(t.folders[name], folder)
			if draws {
				t.random[folder] = append(t.random[folder], name)
			}
		}
	}
}
