//go:build linux || darwin

package pactio_test

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/pactio"
)

const fullEnv = "TREATY_TEST_FULL"

// TestAFullDiskLeavesTheFileAsItWas runs itself with a limit on the size of
// files, which stops a write in the middle as a full disk does.
func TestAFullDiskLeavesTheFileAsItWas(t *testing.T) {
	if limit, err := strconv.ParseUint(os.Getenv(fullEnv), 10, 64); err == nil {
		path := os.Getenv(fullEnv + "_FILE")
		signal.Ignore(syscall.SIGXFSZ)
		var before syscall.Rlimit
		require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before))
		require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: before.Max}))
		patcher := pactio.NewPatcher(path)
		_, err := patcher.Patch([]pactio.Edit{{At: 2998, Text: []byte(strings.Repeat("y", 2000) + "]\n")}})
		require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before)) // what is measured of this run goes to a file too
		require.ErrorIs(t, err, syscall.EFBIG)
		return
	}
	t.Parallel()
	for name, limit := range map[string]int{"in the journal": 1000, "in the file": 4000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			was := "[" + strings.Repeat("x", 2997) + "]\n"
			path := file(t, was)
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAFullDiskLeavesTheFileAsItWas$")
			cmd.Env = append(os.Environ(), fullEnv+"="+strconv.Itoa(limit), fullEnv+"_FILE="+path)
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, string(out))
			require.Equal(t, was, text(t, path))
			require.NoError(t, pactio.NewPatcher(path).Recover())
			require.Equal(t, was, text(t, path))
			entries, err := os.ReadDir(filepath.Dir(path))
			require.NoError(t, err)
			require.Len(t, entries, 1)
		})
	}
}
