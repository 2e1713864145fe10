package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store/sqlite"
)

func TestAFileIsForOneEngineThatWantsItAlone(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "broker.db")
	first, err := sqlite.Open(t.Context(), path, sqlite.Options{Sole: true})
	require.NoError(t, err)
	_, err = sqlite.Open(t.Context(), path, sqlite.Options{Sole: true})
	require.ErrorIs(t, err, sqlite.ErrInUse)
	link := filepath.Join(folder, "link.db")
	require.NoError(t, os.Symlink(path, link))
	_, err = sqlite.Open(t.Context(), link, sqlite.Options{Sole: true})
	require.ErrorIs(t, err, sqlite.ErrInUse, "by whichever name")
	beside, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	require.NoError(t, err, "a command of the operator's may work beside")
	require.NoError(t, beside.Close())
	require.NoError(t, first.Close())
	again, err := sqlite.Open(t.Context(), path, sqlite.Options{Sole: true})
	require.NoError(t, err)
	require.NoError(t, again.Close())
}

func TestTheFilesAreForTheirUserAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "broker.db")
	mode := func() os.FileMode {
		info, err := os.Stat(path)
		require.NoError(t, err)
		return info.Mode().Perm()
	}
	for _, tt := range []struct{ had, has os.FileMode }{{0, 0o600}, {0o644, 0o640}, {0o660, 0o660}} {
		if tt.had != 0 {
			require.NoError(t, os.Chmod(path, tt.had))
		}
		e, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		require.NoError(t, err)
		require.NoError(t, e.Close())
		require.Equal(t, tt.has, mode(), "what it gave to everybody it takes back, and what to a group it leaves")
	}
}
