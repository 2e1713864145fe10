package wholefile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/wholefile"
)

func TestAFileIsReplacedWhole(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "report.json")
	require.NoError(t, wholefile.Write(path, []byte("a long first text"), 0o600))
	reader, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = reader.Close() })

	require.NoError(t, wholefile.Write(path, []byte("second"), 0o644))

	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "second", string(text))
	before := make([]byte, 100)
	n, err := reader.Read(before)
	require.NoError(t, err)
	require.Equal(t, "a long first text", string(before[:n]), "who was reading reads on in the file before")
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm(), "it keeps its permissions")
	requireOnly(t, folder, "report.json")
}

func TestALinkStaysALink(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path, link := filepath.Join(folder, "file"), filepath.Join(folder, "link")
	require.NoError(t, os.WriteFile(path, []byte("before"), 0o600))
	require.NoError(t, os.Symlink(path, link))

	require.NoError(t, wholefile.Write(link, []byte("after"), 0o600))

	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "after", string(text))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&fs.ModeSymlink)
}

func TestWhatIsNoFileIsWrittenTo(t *testing.T) {
	t.Parallel()
	require.NoError(t, wholefile.Write(os.DevNull, []byte("x"), 0o600))
	info, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	require.False(t, info.Mode().IsRegular(), "it has not been replaced")
}

func TestAFailureNamesTheFileAndLeavesNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	missing := filepath.Join(folder, "missing", "report.json")
	err := wholefile.Write(missing, []byte("x"), 0o600)
	require.ErrorIs(t, err, fs.ErrNotExist)
	var named *fs.PathError
	require.ErrorAs(t, err, &named)
	require.Equal(t, missing, named.Path)
	require.Error(t, wholefile.Write(folder, []byte("x"), 0o600), "a folder")
	requireOnly(t, folder)
}

func requireOnly(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, len(names), "no draft is left")
	for i, entry := range entries {
		require.Equal(t, names[i], entry.Name())
	}
}
