package root_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/root"
)

// outcome is what a command left behind.
type outcome struct {
	status         int
	stdout, stderr string
}

// treaty runs the command line in an empty folder with no environment.
func treaty(t *testing.T, args ...string) outcome {
	t.Helper()
	return treatyIn(t, command.Env{Dir: t.TempDir()}, args...)
}

// treatyIn is [treaty] with a working folder, variables or input of its own.
func treatyIn(t *testing.T, e command.Env, args ...string) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	e.Args, e.Stdout, e.Stderr = args, &out, &errs
	if e.Stdin == nil {
		e.Stdin = strings.NewReader("")
	}
	status := root.Run(t.Context(), e)
	return outcome{status: status, stdout: out.String(), stderr: errs.String()}
}

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
			got := treaty(t, tt.args...)
			require.Equal(t, 1, got.status)
			require.Empty(t, got.stdout)
			require.Contains(t, got.stderr, tt.says)
			require.Contains(t, got.stderr, tt.next)
			require.Less(t, len(got.stderr), 1000)
		})
	}
}

func TestVersionAnswersForPeopleAndMachines(t *testing.T) {
	t.Parallel()
	require.Regexp(t, `^treaty \S+ \(.+go1\.\d+`, treaty(t, "version").stdout)
	require.Contains(t, decode(t, treaty(t, "version", "--output", "json").stdout), "version")
}
