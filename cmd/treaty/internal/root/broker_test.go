package root_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

// brokerCommands are calls of every command that asks a broker, complete
// enough to ask.
func brokerCommands() []string {
	return []string{
		"publish Foo-Bar.json --consumer-app-version 1",
		"can-i-deploy -a Foo -e 1 --to-environment test",
		"can-i-merge -a Foo -e 1",
		"why Foo 1",
		"gate history",
		"create-environment --name test",
		"update-environment --uuid 7 --name test",
		"describe-environment --uuid 7",
		"delete-environment --uuid 7",
		"list-environments",
		"deploy -a Foo -e 1 --environment test -- true",
		"rollout status --environment test",
		"record-deployment -a Foo -e 1 --environment test",
		"record-undeployment -a Foo --environment test",
		"record-release -a Foo -e 1 --environment test",
		"record-support-ended -a Foo -e 1 --environment test",
		"create-or-update-pacticipant --name Foo",
		"describe-pacticipant --name Foo",
		"list-pacticipants",
		"create-or-update-version -a Foo -e 1 --branch main",
		"describe-version -a Foo -e 1",
		"create-version-tag -a Foo -e 1 -t a",
		"delete-version-tag -a Foo -e 1 -t a",
		"delete-branch -a Foo --branch main",
		"list-latest-pact-versions",
		"get-pacts --provider Bar",
		"provider-states list --provider Bar",
		"usage -a Bar",
		"create-webhook https://ci.example --contract-published",
		"create-or-update-webhook https://ci.example --uuid 7 --contract-published",
		"test-webhook --uuid 7",
		"delete-webhook --uuid 7",
	}
}

// Every broker command is in the list above, and under both spellings.
func TestTheListOfBrokerCommandsIsComplete(t *testing.T) {
	t.Parallel()
	help := commandtest.Run(t, "broker", "--help").Stdout
	for _, line := range brokerCommands() {
		require.Contains(t, help, "\n  "+strings.Fields(line)[0]+" ")
	}
	_, list, _ := strings.Cut(help, "Available Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	require.Len(t, strings.Split(list, "\n"), len(brokerCommands())+1, "and generate-uuid:\n%s", list)
}

func TestABrokerThatIsDownIsSaidByEveryCommand(t *testing.T) {
	t.Parallel()
	for _, line := range brokerCommands() {
		t.Run(strings.Fields(line)[0], func(t *testing.T) {
			t.Parallel()
			s := &commandtest.Shop{T: t, Dir: t.TempDir(), Environ: []string{"PACT_BROKER_BASE_URL=http://127.0.0.1:1", "PACT_BROKER_HTTP_RETRIES=1"}}
			s.Pact("Foo", "Bar", "x")
			for _, spelling := range []string{line, "broker " + line} {
				got := s.Run(spelling)
				require.Equal(t, 1, got.Status)
				require.Contains(t, got.Stderr, "no broker answers at http://127.0.0.1:1")
				require.Contains(t, got.Stderr, "next: check that the broker is running")
				require.Empty(t, got.Stdout)
			}
		})
	}
}

func TestNoBrokerNamedIsSaidByEveryCommand(t *testing.T) {
	t.Parallel()
	for _, line := range brokerCommands() {
		t.Run(strings.Fields(line)[0], func(t *testing.T) {
			t.Parallel()
			s := &commandtest.Shop{T: t, Dir: t.TempDir()}
			s.Pact("Foo", "Bar", "x")
			got := s.Run(line)
			require.Equal(t, 1, got.Status)
			require.Contains(t, got.Stderr, "no broker is named")
			require.Contains(t, got.Stderr, "PACT_BROKER_BASE_URL")
		})
	}
}

func TestAWrongPasswordIsSaidByEveryCommand(t *testing.T) {
	t.Parallel()
	// A broker slows down whoever gives many wrong passwords.
	for few := range slices.Chunk(brokerCommands(), 15) {
		s := commandtest.Open(t, brokertest.Password("me", "secret"))
		s.Pact("Foo", "Bar", "x")
		for _, line := range few {
			got := s.Run(line + " --broker-username me --broker-password guess")
			require.Equal(t, 1, got.Status, line)
			require.Contains(t, got.Stderr, "does not accept the credentials", line)
			require.NotContains(t, got.Stderr, "guess", line)
		}
		s.Must("list-environments -u me -p secret")
	}
}

func TestAReaderIsToldThatItMayOnlyRead(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t, brokertest.Password("me", "secret"), brokertest.ReadOnlyPassword("looker", "glass"))
	s.Pact("Foo", "Bar", "x")
	s.Must("list-environments -u looker -p glass")
	for _, line := range []string{"publish Foo-Bar.json --consumer-app-version 1", "create-environment --name test"} {
		got := s.Run(line + " -u looker -p glass")
		require.Equal(t, 1, got.Status, line)
		require.Contains(t, got.Stderr, "may only read", line)
		require.NotContains(t, got.Stderr, "credentials", line)
	}
}

func TestABrokerThatSaysNothingDoesNotAcceptTheCredentials(t *testing.T) {
	t.Parallel()
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	t.Cleanup(silent.Close)
	got := commandtest.RunIn(t, command.Env{Dir: t.TempDir()}, "list-environments", "--broker-base-url", silent.URL)
	require.Contains(t, got.Stderr, "does not accept the credentials")
}

func TestWhatIsNotGivenIsSaidByEveryCommand(t *testing.T) {
	t.Parallel()
	for _, line := range brokerCommands() {
		name := strings.Fields(line)[0]
		if len(strings.Fields(line)) == 1 || name == "provider-states" || name == "gate" || name == "rollout" {
			continue // it needs nothing, or has commands of its own
		}
		got := commandtest.RunIn(t, command.Env{Dir: t.TempDir(), Environ: []string{"PACT_BROKER_BASE_URL=http://127.0.0.1:1"}}, name)
		require.Equal(t, 1, got.Status, name)
		require.Contains(t, got.Stderr, "next: ", name)
		require.NotContains(t, got.Stderr, "no broker answers", name)
	}
}

// Names of 10,000 characters, and empty ones, end in a short message, and the
// broker goes on.
func TestOddNamesAreRefusedByEveryCommand(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	long := strings.Repeat("x", 10_000)
	for _, line := range brokerCommands() {
		words := strings.Fields(line)
		for i, word := range words {
			if word == "Foo" || word == "Bar" || word == "1" || word == "test" || word == "7" || word == "main" {
				words[i] = long
			}
		}
		if words[0] == "publish" || words[0] == "gate" || len(words) == 1 || strings.HasSuffix(words[0], "webhook") && words[0] != "test-webhook" && words[0] != "delete-webhook" {
			continue // publish has a test of its own; the others name nothing
		}
		got := commandtest.RunIn(t, command.Env{Dir: s.Dir, Environ: s.Environ}, words...)
		require.Equal(t, 1, got.Status, line)
		require.NotEmpty(t, got.Stderr, line)
		require.NotContains(t, got.Stderr, "reference", "%s: that was a failure of the broker", line)
		require.Less(t, len(got.Stderr), 3000, line)
	}
	s.Must("list-environments")
}

func TestVerboseSaysWhatIsAskedWithoutSecrets(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t, brokertest.Password("me", "secret"))
	got := s.Run("list-environments -u me -p secret --verbose")
	require.Equal(t, 0, got.Status)
	require.Contains(t, got.Stderr, "GET "+s.URL+"/: 200 OK")
	require.Contains(t, got.Stderr, "GET "+s.URL+"/environments: 200 OK")
	require.NotContains(t, got.Stderr, "secret")
	require.Empty(t, s.Run("list-environments -u me -p secret").Stderr)
}
