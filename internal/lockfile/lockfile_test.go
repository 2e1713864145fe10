package lockfile_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/lockfile"
)

// holder is the file that a process of this test locks instead of testing.
const holder = "TREATY_TEST_LOCK"

func TestMain(m *testing.M) {
	if path := os.Getenv(holder); path != "" {
		if _, err := lockfile.Take(path); err != nil {
			os.Exit(1)
		}
		_, _ = os.Stdout.WriteString("locked\n")
		select {}
	}
	os.Exit(m.Run())
}

func TestALockIsHeldOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file.lock")
	first, err := lockfile.Take(path)
	require.NoError(t, err)
	_, err = lockfile.Take(path)
	require.ErrorIs(t, err, lockfile.ErrTaken)
	require.NoError(t, first.Release())
	second, err := lockfile.Take(path)
	require.NoError(t, err)
	require.NoError(t, second.Release())
	if runtime.GOOS != "windows" {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
}

func TestAProcessThatIsKilledLosesItsLock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file.lock")
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), holder+"="+path)
	output, err := other.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, other.Start())
	line, err := bufio.NewReader(output).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "locked\n", line)

	_, err = lockfile.Take(path)
	require.ErrorIs(t, err, lockfile.ErrTaken)

	require.NoError(t, other.Process.Kill())
	_ = other.Wait() // it was killed
	lock, err := lockfile.Take(path)
	require.NoError(t, err)
	require.NoError(t, lock.Release())
}

func TestWhereNoFileCanBeMadeThereIsNoLock(t *testing.T) {
	t.Parallel()
	_, err := lockfile.Take(filepath.Join(t.TempDir(), "missing", "file.lock"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
