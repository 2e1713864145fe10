package delivery_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
	"github.com/treatyhq/treaty/cmd/treaty/internal/root"
)

const in = " -a Foo --environment production"

// stocked is a shop in which Foo 1 and Bar 5 are in production. The pact of Foo 2 says
// something new.
func stocked(t *testing.T) *commandtest.Shop {
	t.Helper()
	s := commandtest.Stocked(t)
	s.Must("record-deployment -a Foo -e 1 --environment production")
	verify(s, "1", true)
	s.Must("publish " + s.Pact("Foo", "Bar", "something new") + " --consumer-app-version 2")
	return s
}

// verify stores a result of Bar 5 for the pact of a version of Foo.
func verify(s *commandtest.Shop, foo string, success bool) {
	s.T.Helper()
	c, err := client.New(client.Config{BaseURL: s.URL})
	require.NoError(s.T, err)
	pact, err := c.FetchPact(s.T.Context(), s.URL+"/pacts/provider/Bar/consumer/Foo/version/"+foo)
	require.NoError(s.T, err)
	_, err = c.PublishVerificationResult(s.T.Context(), pact, client.VerificationResult{Success: success, ProviderVersion: "5"})
	require.NoError(s.T, err)
}

func TestARolloutIsStartedAndPromoted(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	refused := s.Run("rollout start -e 2" + in)
	require.Equal(t, 1, refused.Status)
	require.Contains(t, refused.Stdout, "Not yet known: a verification result is missing.")
	require.Contains(t, refused.Stdout, "treaty verify", "what would change the answer is there")
	require.Equal(t, 7, s.Run("rollout start -e 2 --unknown-exit-code 7"+in).Status)
	require.Contains(t, s.Run("rollout promote"+in).Stderr, "no rollout of Foo is running in production")

	verify(s, "2", true)
	require.Contains(t, s.Must("rollout start -e 2 --strategy canary --share 10 --by anna"+in), "beside version 1. Both are live")
	require.Contains(t, s.Must("rollout share 25%"+in), "Version 2 is at 25 %")
	require.Contains(t, s.Run("rollout share much"+in).Stderr, `"much" is not a number`)
	status := s.Must("rollout status --environment production")
	for _, says := range []string{"\nFoo ", "| 2 ", "| canary ", "| 25 % ", "| running ", "| anna "} {
		require.Contains(t, status, says)
	}
	require.Contains(t, s.Must("rollout promote"+in), "Promoted: the rollout of version 2.")
	require.Contains(t, s.Must("rollout start -e 2"+in), "is current in production already: nothing to roll out")

	s.Must("rollout start -e 1" + in)
	other := s.Run("rollout start -e 3 --record-only" + in)
	require.Equal(t, 1, other.Status)
	s.Must("create-or-update-version -a Foo -e 3")
	other = s.Run("rollout start -e 3 --record-only" + in)
	require.Contains(t, other.Stderr, "A rollout of version 1 of Foo is running in production")
	require.Contains(t, other.Stderr, "treaty rollout abort --pacticipant=Foo --environment=production")
	require.Contains(t, s.Must("rollout abort --cancelled --reason tired"+in), "Aborted")
	require.Contains(t, s.Must("rollout status --environment production"), "aborted, cancelled")
	require.Contains(t, s.Must("rollout start -e 3 --record-only"+in+" -o json"), `"againstGate"`)
}

// The command that an answer of the gate advises works wherever the rollout runs.
func TestAVersionIsPromotedWhereverItIs(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	s.Must("rollout start -e 2 --record-only --application-instance eu" + in)
	elsewhere := s.Run("rollout promote" + in)
	require.Equal(t, 1, elsewhere.Status)
	require.Contains(t, elsewhere.Stderr, "one is running in: eu; name it with --application-instance")
	require.Contains(t, s.Run("rollout promote -e 3"+in).Stderr, "no rollout of version 3 of Foo is running")
	require.Contains(t, s.Run("rollout promote -e 3 --application-instance eu"+in).Stderr, "version 2 is being rolled out there, and not 3")
	require.Contains(t, s.Must("rollout promote -e 2 --record-only"+in), "Promoted: the rollout of version 2.")
}

func TestAPipelineThatDoesNotKnowHowItWentFinishes(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	verify(s, "2", true)
	s.Must("rollout start -e 2" + in)
	require.Contains(t, s.Must("rollout finish -e 2"+in), "Promoted")
	require.Contains(t, s.Must("rollout finish -e 2"+in), "nothing to record")
	s.Must("rollout start -e 1" + in)
	require.Contains(t, s.Must("rollout finish -e 2"+in), "Aborted", "the one before runs again")
	lost := s.Run("rollout finish -e 9" + in)
	require.Equal(t, 1, lost.Status)
	require.Contains(t, lost.Stderr, "treaty record-deployment --version=9")
}

// deploy runs the command deploy, with words that have blanks in them.
func deploy(s *commandtest.Shop, words ...string) commandtest.Outcome {
	s.T.Helper()
	words = append([]string{"deploy", "-a", "Foo", "--environment", "production"}, words...)
	return commandtest.RunIn(s.T, command.Env{Dir: s.Dir, Environ: append(s.Environ, "PATH="+os.Getenv("PATH"))}, words...)
}

func TestACommandDeploysBetweenStartAndEnd(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	script := []string{"--", "sh", "-c", "echo $TREATY_ROLLOUT >>ran"}
	refused := deploy(s, append([]string{"-e", "2", "--refused-exit-code", "3"}, script...)...)
	require.Equal(t, 3, refused.Status)
	require.Contains(t, refused.Stderr, "The command is not run.")
	require.NoFileExists(t, filepath.Join(s.Dir, "ran"))

	verify(s, "2", true)
	done := deploy(s, append([]string{"-e", "2"}, script...)...)
	require.Zero(t, done.Status, done.Stderr)
	require.Contains(t, done.Stdout, "Promoted: version 2 of Foo is current in production.")
	text, err := os.ReadFile(filepath.Join(s.Dir, "ran"))
	require.NoError(t, err)
	require.Len(t, strings.TrimSpace(string(text)), 36, "the command knows its rollout")
	require.Contains(t, deploy(s, append([]string{"-e", "2"}, script...)...).Stdout, "nothing is recorded")

	runs := func() bool { return strings.Contains(s.Must("rollout status --environment production"), "| running ") }
	failed := deploy(s, "-e", "1", "--", "sh", "-c", "exit 5")
	require.Equal(t, 5, failed.Status, "the status of the command")
	require.Contains(t, failed.Stderr, "nobody knows what runs")
	require.Contains(t, failed.Stderr, "treaty rollout abort --pacticipant=Foo --environment=production")
	require.True(t, runs())
	failed = deploy(s, "-e", "1", "--undo", "exit 1", "--", "sh", "-c", "exit 6")
	require.Equal(t, 6, failed.Status)
	require.True(t, runs(), "what could not be undone may run")
	failed = deploy(s, "-e", "1", "--undo", "echo undone", "--", "sh", "-c", "exit 6")
	require.Equal(t, 6, failed.Status)
	require.Contains(t, failed.Stdout, "undone\nUndone, and the rollout aborted.")
	require.False(t, runs())
	require.Equal(t, 1, deploy(s, "-e", "1", "--", "no-such-command").Status)
}

// What is deployed and could not be recorded has a status of its own, and the command that
// records it.
func TestADeploymentThatIsNotRecordedSaysSo(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	verify(s, "2", true)
	turned := filepath.Join(s.Dir, "red")
	go func() {
		for range 600 {
			if _, err := os.Stat(turned); err == nil {
				verify(s, "2", false)
				_ = os.WriteFile(filepath.Join(s.Dir, "done"), nil, 0o600)
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	}()
	got := deploy(s, "-e", "2", "--", "sh", "-c", "touch red; while [ ! -f done ]; do sleep 0.05; done")
	require.Equal(t, 4, got.Status, got.Stderr)
	require.Contains(t, got.Stdout, "No, it cannot be deployed.")
	require.Contains(t, got.Stderr, "version 2 is deployed, and that could not be recorded")
	require.Contains(t, got.Stderr, "treaty rollout promote --pacticipant=Foo --environment=production")
}

// A signal is passed on to the command, and ends nothing by itself.
func TestASignalIsTheCommandsToTake(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	verify(s, "2", true)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for range 600 {
			if _, err := os.Stat(filepath.Join(s.Dir, "runs")); err == nil {
				cancel()
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	}()
	var out, errs bytes.Buffer
	status := root.Run(ctx, command.Env{
		Dir: s.Dir, Environ: append(s.Environ, "PATH="+os.Getenv("PATH")), Stdout: &out, Stderr: &errs, Stdin: strings.NewReader(""),
		Args: []string{"deploy", "-a", "Foo", "--environment", "production", "-e", "2", "--", "sh", "-c", "trap 'exit 0' INT; touch runs; while :; do sleep 0.05; done"},
	})
	require.Zero(t, status, errs.String())
	require.Contains(t, out.String(), "Promoted", "the command ended well")
}
