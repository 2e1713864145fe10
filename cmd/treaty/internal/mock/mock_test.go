package mock_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
	"github.com/treatyhq/treaty/cmd/treaty/internal/root"
)

// background runs a command that serves until the test ends, and returns what
// it printed up to and with the line that contains last.
func background(t *testing.T, e command.Env, last string, args ...string) string {
	t.Helper()
	reader, writer := io.Pipe()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan int, 1)
	e.Args, e.Stdout, e.Stderr, e.Stdin = args, writer, io.Discard, strings.NewReader("")
	go func() {
		done <- root.Run(ctx, e)
		writer.Close()
	}()
	t.Cleanup(func() {
		cancel()
		require.Equal(t, 0, <-done)
	})
	var printed strings.Builder
	lines := bufio.NewScanner(reader)
	for lines.Scan() {
		printed.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), last) {
			go func() { _, _ = io.Copy(io.Discard, reader) }()
			return printed.String()
		}
	}
	t.Fatalf("%v ended early: %s", args, printed.String())
	return ""
}

func found(t *testing.T, pattern, text string) string {
	t.Helper()
	groups := regexp.MustCompile(pattern).FindStringSubmatch(text)
	require.Len(t, groups, 2, text)
	return groups[1]
}

func statusOf(t *testing.T, url string) int {
	t.Helper()
	response, err := http.Get(url)
	require.NoError(t, err)
	response.Body.Close()
	return response.StatusCode
}

func TestStubAnswersFromPactFiles(t *testing.T) {
	t.Parallel()
	printed := background(t, commandtest.PactFolder(t), "Stop with", "stub", "--dir", ".", "--host", "127.0.0.1")
	base := found(t, `Stub server: (\S+) with 2 interactions`, printed)
	require.Equal(t, 200, statusOf(t, base+"/products/10"))
	require.Equal(t, 404, statusOf(t, base+"/products/12"))
	require.Equal(t, 200, statusOf(t, base+"/_treaty"))
}

func TestAStubSaysWhoReachesIt(t *testing.T) {
	t.Parallel()
	printed := background(t, commandtest.PactFolder(t), "Stop with", "stub", "--dir", ".", "--host", "127.0.0.1")
	require.Contains(t, printed, "It listens on 127.0.0.1: this machine alone reaches it.")
	printed = background(t, commandtest.PactFolder(t), "Stop with", "stub", "--dir", ".")
	require.Contains(t, printed, "Stub server: http://127.0.0.1:")
	require.Contains(t, printed, "It listens on every address of this machine")
}

func TestStubSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ args, want, next string }{
		{"stub", "no pacts are named", "--dir pacts"},
		{"stub --file nothing.json", "nothing.json", ""},
		{"stub --dir . --provider-state (", "--provider-state", ""},
		{"stub --dir . --loglevel loud", `"loud" is not a log level`, "take error"},
		{"stub --url http://127.0.0.1:1/pact", "fetch http://127.0.0.1:1/pact", ""},
		{"stub --broker-url nonsense", "nonsense", "--broker-url http://127.0.0.1:9292"},
		{"stub --dir . --port 70000", "70000", "choose another --port"},
		{`stub --consumer-version-selectors {"branch":"a","branch":"b"}`, `"branch" twice`, "one option for each"},
		{"stub --consumer-version-selectors x", "not a JSON object", "mainBranch"},
	} {
		got := commandtest.RunIn(t, commandtest.PactFolder(t), strings.Fields(tt.args)...)
		require.Equal(t, 1, got.Status, tt.args)
		require.Contains(t, got.Stderr, tt.want)
		require.Contains(t, got.Stderr, tt.next)
	}
}

func TestMockServersAreMadeVerifiedAndStopped(t *testing.T) {
	t.Parallel()
	e := commandtest.PactFolder(t)
	port := freePort(t)
	printed := background(t, e, "Stop with", "mock", "start", "-h", "127.0.0.1", "-p", port, "--output", "out")
	key := found(t, `Server key: (\S+)`, printed)
	master := func(want int, args ...string) commandtest.Outcome {
		t.Helper()
		got := commandtest.RunIn(t, e, append([]string{"mock", args[0], "-h", "127.0.0.1", "-p", port}, args[1:]...)...)
		require.Equal(t, want, got.Status, got.Stdout+got.Stderr)
		return got
	}
	created := master(0, "create", "--file", "p.json")
	mock := found(t, `started on port (\d+)`, created.Stdout)
	require.Contains(t, master(0, "list").Stdout, mock)

	require.Contains(t, master(2, "verify", "-m", mock).Stdout, "GET /products/10 was never received")
	require.NoFileExists(t, filepath.Join(e.Dir, "out", "storefront-catalog.json"))
	statusOf(t, "http://127.0.0.1:"+mock+"/products/10")
	statusOf(t, "http://127.0.0.1:"+mock+"/products/11")
	master(0, "verify", "-m", mock)
	require.FileExists(t, filepath.Join(e.Dir, "out", "storefront-catalog.json"))

	master(3, "verify", "-i", "nobody")
	master(40, "verify")
	master(0, "shutdown", "-m", mock)
	master(1, "shutdown", "-m", mock)
	master(1, "create", "--file", "nothing.json")
	require.NoError(t, os.WriteFile(filepath.Join(e.Dir, "broken.json"), []byte("{"), 0o600))
	require.Contains(t, master(1, "create", "--file", "broken.json").Stderr, "not a pact")
	master(1, "shutdown-master", "-k", "wrong")
	master(0, "shutdown-master", "-k", key, "--period", "0")
}

func TestWithoutAMasterTheNextStepIsNamed(t *testing.T) {
	t.Parallel()
	got := commandtest.RunIn(t, commandtest.PactFolder(t), "mock", "list", "-h", "127.0.0.1", "-p", "1")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "treaty mock start --port 1")
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)
}

func TestStubServesWhatTheBrokerHas(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	for _, one := range []struct{ consumer, version, branch, description string }{
		{"Web", "1", "main", "of the main branch"},
		{"Web", "2", "work", "of the working branch"},
		{"App", "1", "main", "of the app"},
	} {
		s.Must("publish " + s.Pact(one.consumer, "Bar", one.description) + " --consumer-app-version " + one.version + " --branch " + one.branch)
	}
	s.Must("create-environment --name production --production")
	s.Must("record-deployment -a Web -e 1 --environment production")
	for _, tt := range []struct {
		name, args, want string
	}{
		{"the latest of each", "", "with 2 interactions"},
		{"of one consumer", "--consumer-name App", "with 1 interaction"},
		{"of consumers by expression", "--consumer-name /^W/", "with 1 interaction"},
		{"of another provider", "--provider-name Other", "with 0 interactions"},
		{"of a branch", "--branch main --provider-name Bar", "with 2 interactions"},
		{"of an environment", "--environment production --provider-name Bar", "with 1 interaction"},
		{"by selector", `--consumer-version-selectors {"consumer":"Web","branch":"work"} --provider-name Bar`, "with 1 interaction"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			printed := background(t, command.Env{Dir: s.Dir, Environ: s.Environ}, "Stop with", strings.Fields("stub --host 127.0.0.1 "+tt.args)...)
			require.Contains(t, printed, tt.want+"\n")
		})
	}
	got := s.Run("stub --branch main")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "needs the name of a provider")
}

// A variable that cannot be read is told, not passed over: it is the same one for
// every command.
func TestAStubRefusesAWrongNumberOfTries(t *testing.T) {
	t.Parallel()
	e := command.Env{Dir: t.TempDir(), Environ: []string{"PACT_BROKER_HTTP_RETRIES=often"}}
	got := commandtest.RunIn(t, e, "stub", "--broker-url", "http://127.0.0.1:1")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, `PACT_BROKER_HTTP_RETRIES is "often"`)
	e.Environ = []string{"PACT_BROKER_HTTP_RETRIES=2"}
	got = commandtest.RunIn(t, e, "stub", "--broker-url", "http://127.0.0.1:1")
	require.Equal(t, 1, got.Status)
	require.Equal(t, 1, strings.Count(got.Stderr, "trying again in"), "it says why it waits")
}
