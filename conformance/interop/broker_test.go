package interop_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// peer returns the path of a file below the npm folder of the peers, and skips
// the test where there is none.
func peer(t *testing.T, parts ...string) string {
	t.Helper()
	dir := os.Getenv("TREATY_PEERS_DIR")
	if dir == "" {
		t.Skip("set TREATY_PEERS_DIR to a folder with the official tools from npm, or run `make interop`")
	}
	path := filepath.Join(append([]string{dir, "node_modules"}, parts...)...)
	_, err := os.Stat(path)
	require.NoError(t, err)
	return path
}

func pactBinary(t *testing.T) string {
	t.Helper()
	return peer(t, "@pact-foundation", "pact-cli-linux-x64", "standalone", "pact")
}

// treatyBinary returns the binary that TREATY_BIN names, or builds one.
func treatyBinary(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("TREATY_BIN"); path != "" {
		return path
	}
	path := filepath.Join(t.TempDir(), "treaty")
	out := run(t, "", "go", "build", "-o", path, "github.com/treatyhq/treaty/cmd/treaty")
	require.Equal(t, 0, out.code, "%s", out.text)
	return path
}

// startBroker starts a Treaty broker on an empty SQLite file, with more
// environment variables if given, and returns its base URL. It is stopped when the test ends.
func startBroker(t *testing.T, treaty string, env ...string) string {
	t.Helper()
	return startBrokerOn(t, treaty, "sqlite:"+filepath.Join(t.TempDir(), "treaty.db"), env...)
}

// startBrokerOn is startBroker on a database that is named.
func startBrokerOn(t *testing.T, treaty, database string, env ...string) string {
	t.Helper()
	return startBrokerAt(t, treaty, database, freePort(t), env...)
}

// freePort is one that nobody listened at just now.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return port
}

// startBrokerAt starts a broker at a port, for who has to know its address before.
func startBrokerAt(t *testing.T, treaty, database, port string, env ...string) string {
	t.Helper()
	var logs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), treaty, "serve", "--port", port, "--database", database)
	cmd.Stdout, cmd.Stderr = &logs, &logs
	cmd.Env = append(os.Environ(), env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the broker said:\n%s", logs.String())
		}
	})
	url := "http://127.0.0.1:" + port
	// Across processes there is no channel to wait on, only the readiness URL.
	require.Eventually(t, func() bool {
		response, err := http.Get(url + "/diagnostic/status/heartbeat")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	}, 20*time.Second, 20*time.Millisecond)
	return url
}

type output struct {
	code int
	text string
}

// run runs a program in dir and returns its exit code and all it printed.
func run(t *testing.T, dir, name string, args ...string) output {
	t.Helper()
	return runWith(t, nil, dir, name, args...)
}

// runWith is run with more environment variables.
func runWith(t *testing.T, env []string, dir, name string, args ...string) output {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "PACT_DO_NOT_TRACK=true", "NO_COLOR=1"), env...)
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err, "%s %v", name, args)
	}
	return output{code: cmd.ProcessState.ExitCode(), text: string(text)}
}
