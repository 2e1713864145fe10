package main_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/client"
)

// A folder that may not be written to is named, whoever runs the test: root
// may write anywhere, so the broker runs as nobody then.
func TestAFolderThatIsReadOnlyIsNamed(t *testing.T) {
	t.Parallel()
	path, err := binary()
	require.NoError(t, err)
	folder, err := os.MkdirTemp("", "treaty-read-only-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	require.NoError(t, os.Chmod(folder, 0o555))
	cmd := exec.CommandContext(t.Context(), path, "serve", "--host", "127.0.0.1", "--port", "0", "--database", "sqlite:"+filepath.Join(folder, "treaty.db"))
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	cmd.Dir = "/"
	out, err := cmd.CombinedOutput()
	if errors.Is(err, os.ErrPermission) {
		t.Skip("nobody may not start programs in this machine's folder for temporary files")
	}
	var ended *exec.ExitError
	require.ErrorAs(t, err, &ended, "%s", out)
	require.Equal(t, 1, ended.ExitCode(), "%s", out)
	require.Contains(t, string(out), "the folder "+folder+" cannot be written to")
	require.Contains(t, string(out), "next: ")
}

// TestAFullDiskLosesNothing lets the database run into the largest size that a
// file may have, which SQLite meets as it meets a full disk: publishing is
// refused, what was answered stays, and reading goes on.
func TestAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	path, err := binary()
	require.NoError(t, err)
	database := filepath.Join(t.TempDir(), "treaty.db")
	startBroker(t, database).kill() // so that the schema is there before space is short

	limited := filepath.Join(t.TempDir(), "limited")
	script := fmt.Sprintf("#!/bin/sh\nulimit -f 6000\nexec %s \"$@\"\n", path) // blocks of 512 bytes: 3 MB
	require.NoError(t, os.WriteFile(limited, []byte(script), 0o700))
	broker := startProgram(t, limited, database)
	c := broker.client(t)
	var kept []client.Publication
	var refused error
	for n := 0; n < 3000 && refused == nil; n++ {
		p := publication("shop", n)
		p.Pacts[0].Content = append(p.Pacts[0].Content, bytes.Repeat([]byte(" "), 100)...)
		if _, refused = c.Publish(t.Context(), p); refused == nil {
			kept = append(kept, p)
		}
	}
	require.Error(t, refused)
	require.NotErrorIs(t, refused, client.ErrUnreachable, "the broker is alive: %s", broker.log.String())
	var answered *client.Error
	require.ErrorAs(t, refused, &answered)
	require.GreaterOrEqual(t, answered.Status, 500)
	require.NotEmpty(t, kept)
	requirePublished(t, broker, kept[len(kept)-1])
	broker.kill()

	again := startBroker(t, database)
	for _, p := range kept {
		requirePublished(t, again, p)
	}
	_, err = again.client(t).Publish(t.Context(), publication("shop", 9999))
	require.NoError(t, err, "with space again, it publishes again")
}
