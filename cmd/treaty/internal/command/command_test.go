package command_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// greeting is a command with one option that it needs.
type greeting struct{ name string }

func (o *greeting) Bind(f *pflag.FlagSet) {
	f.StringVar(&o.name, "name", "", "whom to greet")
	f.String("nom", "", "an old name")
	_ = f.MarkHidden("nom")
}

func (o *greeting) Run(_ context.Context, e command.Env) error {
	if err := command.Insist(command.Needed{"name", o.name}); err != nil {
		return err
	}
	_, err := fmt.Fprintf(e.Stdout, "Hello %s\n", o.name)
	return err
}

// call runs "tool" with a group "polite" that holds two commands.
func call(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	e := command.Env{Stdout: &out}
	tool := &cobra.Command{Use: "tool", SilenceErrors: true, SilenceUsage: true}
	tool.SetFlagErrorFunc(command.WrongFlag)
	tool.AddCommand(command.Group("polite", "Be polite",
		command.New(e, "greet", "Greet somebody", "tool polite greet --name Ann", &greeting{}),
		command.New(e, "leave", "Say goodbye", "", &greeting{})))
	tool.SetOut(&out)
	tool.SetArgs(args)
	err := tool.ExecuteContext(t.Context())
	return out.String(), err
}

func TestACommandGetsItsOptions(t *testing.T) {
	t.Parallel()
	out, err := call(t, "polite", "greet", "--name", "Ann")
	require.NoError(t, err)
	require.Equal(t, "Hello Ann\n", out)
}

func TestAGroupSaysWhatItHolds(t *testing.T) {
	t.Parallel()
	out, err := call(t, "polite")
	require.NoError(t, err)
	require.Contains(t, out, "Greet somebody")
}

func TestAWrongCallLeadsToARightOne(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		args       []string
		says, next string
	}{
		{"a blank option", []string{"polite", "greet", "--name", " "}, "--name must be given", "tool polite greet --help"},
		{"a missing option", []string{"polite", "leave"}, "--name must be given", "tool polite leave --help"},
		{"a slip in an option", []string{"polite", "greet", "--nam", "x"}, "--nam", "did you mean --name? All options: tool polite greet --help"},
		{"an option like none", []string{"polite", "greet", "--colour", "x"}, "--colour", "see the options with tool polite greet --help"},
		{"a slip in a command", []string{"polite", "gret"}, `no command "gret"`, "did you mean greet?"},
		{"a command like none", []string{"polite", "frobnicate"}, `no command "frobnicate"`, "its commands are: greet, leave; see tool polite --help"},
	} {
		_, err := call(t, tt.args...)
		require.ErrorContains(t, err, tt.says, tt.name)
		require.Contains(t, command.StepOf(err), tt.next, tt.name)
		require.NotContains(t, command.StepOf(err), "--nom", "%s: it is hidden", tt.name)
	}
}

func TestAllOptionsThatAreMissingAreNamedAtOnce(t *testing.T) {
	t.Parallel()
	require.NoError(t, command.Insist(command.Needed{"a", "x"}))
	err := command.Insist(command.Needed{"a", ""}, command.Needed{"b", "x"}, command.Needed{"c", "\t"})
	require.EqualError(t, err, "--a and --c must be given and not be empty")
}

func TestTheInnermostStepWins(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	err := command.Next(fmt.Errorf("outer: %w", command.Next(cause, "turn %s", "left")), "turn right")
	require.Equal(t, "turn left", command.StepOf(err))
	require.ErrorIs(t, err, cause)
	require.NoError(t, command.Next(nil, "x"))
	require.Empty(t, command.StepOf(cause))
}

func TestAStatusGoesWithItsError(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	status, given := command.StatusOf(fmt.Errorf("outer: %w", command.WithStatus(7, cause)))
	require.True(t, given)
	require.Equal(t, 7, status)
	status, given = command.StatusOf(cause)
	require.False(t, given)
	require.Equal(t, command.ExitNo, status)
	require.NoError(t, command.WithStatus(7, nil))
	require.ErrorIs(t, command.WithStatus(7, cause), cause)
}

func TestAnOptionThatIsGivenHasAValue(t *testing.T) {
	t.Parallel()
	var branch string
	f := pflag.NewFlagSet("x", pflag.ContinueOnError)
	f.Var(command.Filled(&branch), "branch", "")
	require.NoError(t, f.Parse([]string{"--branch", "main"}))
	require.Equal(t, "main", branch)
	require.ErrorContains(t, f.Parse([]string{"--branch", " "}), command.ErrEmpty.Error())
	require.Equal(t, "main", f.Lookup("branch").Value.String())
	require.Equal(t, "string", f.Lookup("branch").Value.Type())

	var names []string
	f.Var(command.FilledEach(&names), "name", "")
	require.NoError(t, f.Parse([]string{"--name", "a,b", "--name", "c"}))
	require.Equal(t, []string{"a,b", "c"}, names, "a comma parts nothing")
	require.ErrorContains(t, f.Parse([]string{"--name", ""}), command.ErrEmpty.Error())
	require.Equal(t, "a,b, c", f.Lookup("name").Value.String())
}

func TestTheTagAfterLatestBelongsToIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ args, want []string }{
		{[]string{"can-i-deploy", "-l", "prod", "-a", "x"}, []string{"can-i-deploy", "--latest=prod", "-a", "x"}},
		{[]string{"broker", "describe-version", "--latest", "prod"}, []string{"broker", "describe-version", "--latest=prod"}},
		{[]string{"can-i-merge", "--latest", "--dry-run"}, []string{"can-i-merge", "--latest", "--dry-run"}},
		{[]string{"can-i-deploy", "--latest"}, []string{"can-i-deploy", "--latest"}},
		{[]string{"get-pacts", "--latest", "x"}, []string{"get-pacts", "--latest", "x"}},
		{nil, nil},
	} {
		require.Equal(t, tt.want, command.JoinLatest(tt.args))
	}
}

func TestTheEnvironmentIsReadAsAProcessReadsIt(t *testing.T) {
	t.Parallel()
	e := command.Env{Dir: "/folder", Environ: []string{"A=1", "A=2", "EMPTY=", "BLANK= ", "YES=TRUE", "NO=1", "EQ=a=b"}}
	require.Equal(t, "2", e.Getenv("A"), "the last entry wins")
	require.Equal(t, "a=b", e.Getenv("EQ"))
	_, set := e.LookupEnv("EMPTY")
	require.True(t, set)
	_, set = e.LookupEnv("MISSING")
	require.False(t, set)
	require.Equal(t, "given", e.Or("given", "A"))
	require.Equal(t, "2", e.Or(" ", "MISSING", "BLANK", "A"))
	require.Empty(t, e.Or("", "MISSING"))
	require.True(t, e.IsTrue("YES"))
	require.False(t, e.IsTrue("NO"))
	require.Equal(t, filepath.FromSlash("/folder/x"), e.Path("x"))
	require.Equal(t, "/x", e.Path("/x"))
}

func TestTheVersionThatWasLinkedWins(t *testing.T) {
	t.Parallel()
	require.Equal(t, "1.2.3", command.Env{Version: "1.2.3"}.Build().Version)
	require.NotEmpty(t, command.Env{}.Build().Version)
	require.Contains(t, command.Env{}.Build().Go, "go1.")
	require.Equal(t, "9", command.ProcessEnv("9").Version)
}
