package main_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// demo runs treaty demo with a folder of its own for temporary files, which
// must be empty afterwards.
func demo(t *testing.T, args ...string) (*exec.Cmd, *output, string) {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	source, err := filepath.Abs("../..")
	require.NoError(t, err)
	temporary := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, path, append([]string{"demo"}, args...)...)
	cmd.Dir = source
	cmd.Env = append(os.Environ(), "TMPDIR="+temporary, "CI=", "NO_COLOR=1")
	var said output
	cmd.Stderr = &said
	return cmd, &said, temporary
}

func TestTheDemoTellsTheWholeStoryAndLeavesNothing(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it runs the tests of the example, which takes seconds")
	}
	cmd, said, temporary := demo(t, "--ci")
	cmd.Stdout = said
	err := cmd.Run()
	require.NoError(t, err, said.String())
	for _, part := range []string{
		"1. ", "2. ", "3. ", "4. ", "5. ", "6. ", "7. ", "Yes, it can be deployed.", "No, it cannot be deployed.",
		`Expected '39.99 EUR'`, "See it on the dashboard: http://127.0.0.1:", "Try next",
	} {
		require.Contains(t, said.String(), part)
	}
	requireNoDemoIn(t, temporary)
}

// Ctrl-C ends the demo with its broker, wherever it is.
func TestTheDemoClearsUpOnCtrlC(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it runs the tests of the example, which takes seconds")
	}
	cmd, said, temporary := demo(t)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	text := make([]byte, 0, 1<<16)
	for part := make([]byte, 4096); !strings.Contains(string(text), "3. "); {
		n, err := out.Read(part)
		text = append(text, part[:n]...)
		require.NoError(t, err, "%s%s", text, said.String())
	}
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	rest := bytes.NewBuffer(text)
	_, err = rest.ReadFrom(out)
	require.NoError(t, err)
	_ = cmd.Wait() // an interrupted demo has not succeeded
	require.Contains(t, rest.String(), "nothing is left behind")
	requireNoDemoIn(t, temporary)
}

func requireNoDemoIn(t *testing.T, folder string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(folder, "treaty-demo-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
