package glob_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/glob"
)

func TestPatternsFindFilesAndFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a/one.json", "a/two.txt", "a/b/three.json", "c/four.json", ".git/five.json", "c/.six.json", "c/{7}.json"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	for _, tt := range []struct{ pattern, want string }{
		{"*/*.json", "a/one.json c/four.json c/{7}.json"},
		{"**/*.json", "a/b/three.json a/one.json c/four.json c/{7}.json"},
		{"a/**/*", "a/b a/b/three.json a/one.json a/two.txt"},
		{"{a,c}/{one,four}.json", "a/one.json c/four.json"},
		{"{a,a/b}/*.json", "a/b/three.json a/one.json"},
		{`c/\{7\}.json`, "c/{7}.json"},
		{"c/.*.json", "c/.six.json"},
		{"a/one.json", "a/one.json"},
		{"?/t[!x]o.txt", "a/two.txt"},
		{"a/one.json/*", ""},
		{"nowhere/*", ""},
		{"a/{one", ""},
	} {
		found, err := glob.Find(dir, tt.pattern)
		require.NoError(t, err, tt.pattern)
		for i := range found {
			found[i], err = filepath.Rel(dir, found[i])
			require.NoError(t, err)
		}
		require.Equal(t, tt.want, filepath.ToSlash(strings.Join(found, " ")), tt.pattern)
	}
	whole, err := glob.Find("", filepath.Join(dir, "c", "f*.json"))
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(dir, "c", "four.json")}, whole)
	_, err = glob.Find(dir, "a/[z")
	require.Error(t, err, "the bracket is not closed")
}

func TestWhatIsAPattern(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"*", "a?", "[a]", "{a,b}", `\a`} {
		require.True(t, glob.IsPattern(text), text)
	}
	require.False(t, glob.IsPattern("a/b.json"))
}
