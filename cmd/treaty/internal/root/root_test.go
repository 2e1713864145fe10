package root_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

func TestWrongCallNamesTheNextStep(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		args []string
		says string
		next string
	}{
		{name: "unknown command", args: []string{"frobnicate"}, says: `no command "frobnicate"`, next: "treaty --help"},
		{name: "mistyped command", args: []string{"verion"}, says: `no command "verion"`, next: "did you mean verify or version?"},
		{name: "unknown broker command", args: []string{"broker", "frobnicate"}, says: `no command "frobnicate"`, next: "treaty broker --help"},
		{name: "very long command", args: []string{strings.Repeat("x", 10_000)}, says: "…", next: "treaty --help"},
		{name: "unknown flag", args: []string{"version", "--frob"}, says: "--frob", next: "treaty version --help"},
		{name: "unknown form", args: []string{"version", "--output", "xml"}, says: `"xml" is none of text, json`, next: "treaty version --help"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := commandtest.Run(t, tt.args...)
			require.Equal(t, 1, got.Status)
			require.Empty(t, got.Stdout)
			require.Contains(t, got.Stderr, tt.says)
			require.Contains(t, got.Stderr, tt.next)
			require.Less(t, len(got.Stderr), 1000)
		})
	}
}

// No two options of a command say the same of themselves: who reads the help must
// see what to choose.
func TestOptionsOfACommandHaveWordsOfTheirOwn(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"create-webhook", "create-or-update-webhook", "publish", "can-i-deploy", "verify", "stub"} {
		said := map[string]string{}
		for line := range strings.Lines(commandtest.Run(t, name, "--help").Stdout) {
			_, option, found := strings.Cut(line, "--")
			if !found || strings.Contains(option, "$") {
				continue
			}
			option, words, found := strings.Cut(strings.TrimSpace(option), "   ")
			if words = strings.TrimSpace(words); !found || words == "" {
				continue
			}
			require.Empty(t, said[words], "%s: --%s says what another says: %s", name, option, words)
			said[words] = option
		}
		require.NotEmpty(t, said, name)
	}
}

func TestCompletionsAreInTheHelp(t *testing.T) {
	t.Parallel()
	require.Contains(t, commandtest.Run(t, "--help").Stdout, "\n  completion ")
	require.Contains(t, commandtest.Run(t, "completion", "bash").Stdout, "bash completion")
}

func TestVersionAnswersForPeopleAndMachines(t *testing.T) {
	t.Parallel()
	require.Regexp(t, `^treaty \S+ \(.+go1\.\d+`, commandtest.Run(t, "version").Stdout)
	require.Contains(t, commandtest.Decode(t, commandtest.Run(t, "version", "--output", "json").Stdout), "version")
}

func TestADashOfAWordProcessorIsExplained(t *testing.T) {
	t.Parallel()
	got := commandtest.RunIn(t, command.Env{Dir: t.TempDir()}, "publish", "pacts", "—branch", "main")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "—branch")
	require.Contains(t, got.Stderr, "type two hyphens")
}
