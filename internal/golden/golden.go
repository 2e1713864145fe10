// Package golden compares long outputs of tests with files in testdata/golden.
// It owns the -update flag: `make golden` rewrites the files of every package
// whose tests import it, and the change is reviewed as code.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite golden files instead of comparing with them")

// Equal fails t if got differs from testdata/golden/name, relative to the
// package under test. With -update it writes the file instead.
func Equal(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "no golden file yet: run `make golden` and review what it writes")
	require.Equal(t, string(want), got, "differs from %s: if the change is meant, run `make golden`", path)
}

// Updating reports whether files are to be rewritten, for tests that keep what
// they expect in a form of their own.
func Updating() bool { return *update }
