package arch_test

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// requireWhole fails unless pkgs have all packages of this repository, from its
// own folders. A module that go.work leaves out would be out of sight, or be
// read as it was released once, and every rule about it would hold.
func requireWhole(t *testing.T, pkgs []pkg) {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	root, err = filepath.EvalSymlinks(root)
	require.NoError(t, err)
	var seen []string
	for _, p := range pkgs {
		if !strings.HasPrefix(p.ImportPath, module) {
			continue
		}
		folder, err := filepath.Rel(root, p.Dir)
		require.NoError(t, err)
		require.Equal(t, strings.TrimPrefix(p.ImportPath, module), filepath.ToSlash(folder), "%s is not read from this repository: is go.work in use?", p.ImportPath)
		seen = append(seen, filepath.ToSlash(folder))
	}
	slices.Sort(seen)
	require.Equal(t, foldersWithCode(t, root), seen, "go list does not see the packages that are there: is a module missing in go.work?")
}

// foldersWithCode walks the repository as go list would if it were one module.
func foldersWithCode(t *testing.T, root string) []string {
	t.Helper()
	var folders []string
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && path != root && (name[0] == '.' || name[0] == '_' || name == "testdata" || name == "node_modules" ||
			name == "bin" || filepath.ToSlash(folder) == "internal/tools") {
			return fs.SkipDir
		}
		if strings.HasSuffix(name, ".go") {
			folders = append(folders, filepath.ToSlash(filepath.Dir(folder)))
		}
		return nil
	}))
	slices.Sort(folders)
	return slices.Compact(folders)
}
