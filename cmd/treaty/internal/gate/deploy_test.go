package gate_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

func TestTheGateSaysUnknownNoAndYes(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	const ask = "can-i-deploy --pacticipant Foo --version 1 --to-environment production"

	got := s.Run(ask)
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stdout, "Not yet known")
	require.Contains(t, got.Stdout, "Foo      | 1         | Bar      |")
	require.Contains(t, got.Stdout, "| ???      | ???")
	require.Empty(t, got.Stderr)

	s.Verify("5", false)
	got = s.Run(ask)
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stdout, "No, it cannot be deployed.")
	require.Contains(t, got.Stdout, "| false    | 1")
	require.Contains(t, got.Stdout, "VERIFICATION RESULTS\n1. "+s.URL)

	s.Verify("5", true)
	got = s.Run(ask)
	require.Equal(t, 0, got.Status, got.Stdout)
	require.Contains(t, got.Stdout, "Yes, it can be deployed.")
	require.Contains(t, got.Stdout, "| true     | 1")
}

// Each way to name the version leads to the same answer.
func TestAVersionIsNamedInManyWays(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	s.Verify("5", true)
	s.Must("create-version-tag -a Foo -e 1 -t rc")
	s.Must("create-or-update-pacticipant --name Foo --main-branch main")
	for _, how := range []string{
		"-a Foo -e 1", "--pacticipant=Foo --version=1", "-a Foo --pacticipant-version 1", "-a Foo --branch main",
		"-a Foo --main-branch", "-a Foo --latest", "-a Foo -l", "-a Foo -l rc", "-a Foo --latest rc", "-a Foo --latest=rc", "-a Foo --tag rc", "-a Foo --all rc",
	} {
		for _, spelling := range []string{"can-i-deploy ", "broker can-i-deploy "} {
			got := s.Run(spelling + how + " --to-environment production")
			require.Equal(t, 0, got.Status, "%s\n%s%s", how, got.Stdout, got.Stderr)
		}
		got := s.Run("can-i-deploy --to-environment production " + how)
		require.Equal(t, 0, got.Status, "%s at the end\n%s%s", how, got.Stdout, got.Stderr)
	}
	require.Equal(t, 0, s.Run("can-i-deploy -a Foo -e 1 -a Bar -e 5").Status, "two versions with each other")
	require.Equal(t, 0, s.Run("can-i-merge -a Foo -e 1").Status)
	require.Equal(t, 1, s.Run("can-i-deploy -a Foo -l prod --to-environment production").Status, "no such tag")
}

func TestJSONOfTheGateKeepsTheExitStatus(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	got := s.Run("can-i-deploy -a Foo -e 1 --to-environment production --output json")
	require.Equal(t, 1, got.Status)
	require.Contains(t, commandtest.Decode(t, got.Stdout), "summary")
	s.Verify("5", true)
	got = s.Run("can-i-deploy -a Foo -e 1 --to-environment production -o json")
	require.Equal(t, 0, got.Status)
	require.Contains(t, commandtest.Decode(t, got.Stdout), "matrix")
}

func TestADryRunDecidesNothing(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	dry := func(got commandtest.Outcome) {
		require.Equal(t, 0, got.Status)
		for line := range strings.Lines(got.Stdout) {
			require.True(t, strings.HasPrefix(line, "[dry-run] "), line)
		}
		require.Contains(t, got.Stdout, "Not yet known")
	}
	dry(s.Run("can-i-deploy -a Foo -e 1 --to-environment production --dry-run"))
	s.Environ = append(s.Environ, "PACT_BROKER_CAN_I_DEPLOY_DRY_RUN=true")
	dry(s.Run("can-i-deploy -a Foo -e 1 --to-environment production --retry-while-unknown 5"))
	got := s.Run("can-i-deploy -a Foo -e 1 --to-environment nowhere")
	require.Equal(t, 0, got.Status, "a question that cannot be answered decides nothing either")
	require.Contains(t, got.Stderr, "[dry-run] could not ask")
}

func TestIgnoredApplicationsDoNotCount(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	s.Verify("5", false)
	const ask = "can-i-deploy -a Foo -e 1 --to-environment production"
	require.Equal(t, 1, s.Run(ask).Status)
	got := s.Run(ask + " --ignore Bar")
	require.Equal(t, 0, got.Status, got.Stdout)
	require.Contains(t, got.Stdout, "[ignored]")
	require.Equal(t, 0, s.Run(ask+" --ignore Bar --version 5").Status)
	require.Equal(t, 1, s.Run(ask+" --ignore Bar --version 6").Status)
	s.Environ = append(s.Environ, "PACT_BROKER_CAN_I_DEPLOY_IGNORE=Qux, Bar")
	require.Equal(t, 0, s.Run(ask).Status)
}

func TestWrongQuestionsAreExplained(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	for _, tt := range []struct{ name, line, says string }{
		{"no application", "--to-environment production", "no application is named"},
		{"no version", "-a Foo --to-environment production", "which version of Foo is meant"},
		{"version before application", "-e 1 -a Foo", "it must follow the --pacticipant"},
		{"version and latest", "-a Foo -e 1 --latest --to x", "both a version and the latest"},
		{"two targets", "-a Foo -e 1 --to x --to-environment production", "both --to-environment and --to"},
		{"unknown application", "-a Fool -e 1 --to-environment production", "Pacticipant Fool not found"},
		{"unknown environment", "-a Foo -e 1 --to-environment prod", "Environment with name 'prod' does not exist"},
		{"negative retries", "-a Foo -e 1 --retry-while-unknown -1", "cannot be negative"},
		{"no number", "-a Foo -e 1 --retry-interval soon", "soon"},
		{"too many words", "-a Foo -e 1 please", "please"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := s.Run("can-i-deploy " + tt.line)
			require.Equal(t, 1, got.Status, got.Stdout)
			require.Contains(t, got.Stderr, tt.says)
			got = s.Run("can-i-deploy " + tt.line + " --error-exit-code 2")
			if !strings.Contains(got.Stderr, "flag") && tt.name != "too many words" {
				require.Equal(t, 2, got.Status, "could not ask: %s", got.Stderr)
			}
		})
	}
	require.Equal(t, 1, s.Run("can-i-deploy -a Foo -e 1 --to-environment production --error-exit-code 2").Status, "that is a no")
}

func TestAnOptionTellsNoUnknownAndErrorApart(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	const split = " --unknown-exit-code 3 --error-exit-code 2"
	require.Equal(t, 3, s.Run("can-i-deploy -a Foo -e 1 --to-environment production"+split).Status)
	require.Equal(t, 2, s.Run("can-i-deploy -a Foo -e 1 --to-environment nowhere"+split).Status)
	s.Verify("5", false)
	require.Equal(t, 1, s.Run("can-i-deploy -a Foo -e 1 --to-environment production"+split).Status)
	s.Verify("5", true)
	require.Equal(t, 0, s.Run("can-i-deploy -a Foo -e 1 --to-environment production"+split).Status)
}

func TestTheStatusOfANoCanBeChosenByTheRubyClientsVariable(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	s.Environ = append(s.Environ, "PACT_BROKER_CAN_I_DEPLOY_EXIT_CODE_BETA=7")
	require.Equal(t, 7, s.Run("can-i-deploy -a Foo -e 1 --to-environment production").Status)
}

// A failure is a no, also where another result is missing: in words, in colour,
// in every form, and in the exit status.
func TestAFailureWinsOverWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	s.Verify("5", false)
	s.Pact("Foo", "Baz", "y")
	s.Must("publish Foo-Baz.json -a 1 --branch main")
	const ask = "can-i-deploy -a Foo -e 1 --to-environment production"
	got := s.Run(ask)
	require.Equal(t, 1, got.Status)
	require.True(t, strings.HasPrefix(got.Stdout, "No, it cannot be deployed."), got.Stdout)
	require.NotContains(t, got.Stdout, "Not yet known")
	require.Equal(t, 1, s.Run(ask+" --unknown-exit-code 3").Status, "it is a no, whatever else is missing")
	require.Contains(t, s.Run(ask+" --output github").Stdout, "::error title=can-i-deploy::")
	require.Contains(t, s.Run(ask+" --output gitlab").Stdout, `"severity": "blocker"`)
	require.Contains(t, s.Run(ask+" --output junit").Stdout, `failures="2"`)
	summary := commandtest.Decode(t, s.Run(ask+" --output json").Stdout)["summary"].(map[string]any)
	require.Nil(t, summary["deployable"], "the API keeps to the Pact Broker's answer")
	require.Contains(t, s.Must("gate history -a Foo"), "| no ")
	require.Contains(t, s.Must("gate show 1"), "No, it cannot be deployed.")
}

// Rows that are not shown are counted: the answer rests on them too.
func TestRowsThatAreNotShownAreCounted(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	s.Verify("5", true)
	s.Must("create-or-update-version -a Bar -e 6 --branch main")
	s.Must("record-deployment -a Bar -e 6 --environment production --application-instance blue")
	s.Verify("6", false)
	const ask = "can-i-deploy -a Foo -e 1 --to-environment production"
	require.NotContains(t, s.Run(ask).Stdout, "rows;")
	cut := s.Run(ask + " --limit 1")
	require.Equal(t, 1, cut.Status)
	require.Contains(t, cut.Stdout, "1 of 2 rows; the answer rests on all of them, and --limit 2 shows them")
	require.NotContains(t, s.Run(ask+" --limit 2").Stdout, "rows;")
	require.Contains(t, s.Run(ask+" --limit 1 --output junit").Stdout, "1 more pairs")
}

// A misspelt name is answered with the names that look like it, and with where
// to find them all.
func TestMisspeltNamesGetAnAnswer(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	for _, tt := range []struct{ line, near, next string }{
		{"-a Fooo -e 1 --to-environment production", "Did you mean 'Foo'?", "treaty list-pacticipants"},
		{"-a foo -e 1 --to-environment production", "Did you mean 'Foo'?", "treaty list-pacticipants"},
		{"-a Foo -e 1 -a Baar -e 5", "Did you mean 'Bar'?", "treaty list-pacticipants"},
		{"-a Foo -e 1 --to-environment prod", "Did you mean 'production'?", "treaty list-environments"},
		{"-a Foo -e 1 --to-environment Production", "Did you mean 'production'?", "treaty list-environments"},
	} {
		got := s.Run("can-i-deploy " + tt.line)
		require.Equal(t, 1, got.Status, tt.line)
		require.Contains(t, got.Stderr, tt.near, tt.line)
		require.Contains(t, got.Stderr, "next: see which", tt.line)
		require.Contains(t, got.Stderr, tt.next, tt.line)
	}
	require.NotContains(t, s.Run("can-i-deploy -a Zzzzzz -e 1 --to-environment production").Stderr, "Did you mean")
}

// The history says which build asked.
// A commit that is written short is no version of its own to be made.
func TestAShortCommitIsNotAVersionToBeMade(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	const commit = "97aebe987f1ec2f0c94ba3b1d1ba1ab0f2a5d0b1"
	s.Must("create-or-update-version -a Foo -e " + commit)
	got := s.Run("can-i-deploy -a Foo -e 97aebe987f --to-environment production")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stdout, "Did you mean '"+commit+"'?")
	require.NotContains(t, got.Stdout, "--version 97aebe987f", "no command makes it")
	require.Contains(t, s.Run("can-i-deploy -a Foo -e nothing-like-it --to-environment production").Stdout, "nothing-like-it --")
}

func TestTheHistorySaysWhoAsked(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	const ask = "can-i-deploy -a Foo -e 1 --to-environment production"
	s.Run(ask)
	require.Contains(t, s.Must("gate history"), "| -")
	for _, build := range [][]string{
		{"CI_JOB_URL=https://gitlab.example/jobs/1"},
		{"GITHUB_SERVER_URL=https://github.example", "GITHUB_REPOSITORY=o/r", "GITHUB_RUN_ID=2"},
		{"BUILD_URL=https://jenkins.example/3"},
		{"SYSTEM_COLLECTIONURI=https://azure.example/me/", "SYSTEM_TEAMPROJECTID=p-1", "BUILD_BUILDID=4"},
		{"BITBUCKET_REPO_FULL_NAME=me/foo", "BITBUCKET_BUILD_NUMBER=5"},
		{"BITBUCKET_BUILD_NUMBER=6", "DRONE_BUILD_LINK=https://drone.example/6"},
	} {
		built := &commandtest.Shop{T: t, URL: s.URL, Dir: s.Dir, Environ: append(slices.Clone(s.Environ), build...)}
		built.Run(ask)
	}
	history := s.Must("gate history")
	for _, address := range []string{"https://gitlab.example/jobs/1", "https://github.example/o/r/actions/runs/2", "https://jenkins.example/3",
		"https://azure.example/me/p-1/_build/results?buildId=4", "https://bitbucket.org/me/foo/pipelines/results/5", "https://drone.example/6"} {
		require.Contains(t, history, address)
	}
	require.Contains(t, s.Must("gate show 2"), "asked by https://gitlab.example/jobs/1")
	require.Contains(t, s.Must("gate show 2 --output json"), `"buildUrl": "https://gitlab.example/jobs/1"`)
}

// The question is asked again while a result is missing, and no longer.
func TestTheGateWaitsForMissingResults(t *testing.T) {
	t.Parallel()
	turn := make(chan string, 3)
	turn <- `{"summary":{"deployable":null,"unknown":2}}`
	turn <- `{"summary":{"deployable":null,"unknown":1}}`
	turn <- `{"summary":{"deployable":true,"unknown":0,"reason":"All is well"}}`
	broker := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, <-turn) }))
	t.Cleanup(broker.Close)
	got := commandtest.RunIn(t, command.Env{Dir: t.TempDir(), Environ: []string{"PACT_BROKER_BASE_URL=" + broker.URL}},
		strings.Fields("can-i-deploy -a Foo -e 1 --to-environment production --retry-while-unknown 5 --retry-interval 0")...)
	require.Equal(t, 0, got.Status, got.Stderr)
	require.Contains(t, got.Stderr, "2 verification results are missing; asking again in 0 s (5 left)")
	require.Contains(t, got.Stderr, "1 verification result is missing; asking again in 0 s (4 left)")
	require.Contains(t, got.Stdout, "All is well")
}

// An option whose variable is empty in a pipeline must not widen the question:
// without the target, the branch or the ignored version it may be a yes.
func TestAnEmptyOptionIsNoWiderQuestion(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	s.Verify("5", true)
	run := func(args ...string) commandtest.Outcome {
		return commandtest.RunIn(t, command.Env{Dir: s.Dir, Environ: s.Environ}, args...)
	}
	ask := func(more ...string) []string { return append([]string{"can-i-deploy", "-a", "Foo"}, more...) }
	require.Equal(t, 0, run(ask("-e", "1", "--to-environment", "production")...).Status)
	for _, args := range [][]string{
		ask("-e", "1", "--to-environment", ""), ask("-e", "1", "--to", ""), ask("-e", "1", "--to-environment", "production", "--at", ""),
		ask("--branch", "", "--to-environment", "production"), ask("--tag", " ", "--to-environment", "production"),
		ask("--latest", "", "--to-environment", "production"), ask("--all", "", "--to", "x"), ask("-e", "", "--to-environment", "production"),
		ask("-e", "1", "--to-environment", "production", "--ignore", ""), ask("-e", "1", "--to-environment", "production", "--ignore", "Bar", "--version", ""),
		{"can-i-merge", "-a", "Foo", "--branch", ""}, {"can-i-deploy", "-a", "", "-e", "1"},
		{"describe-version", "-a", "Foo", "-e", ""}, {"describe-version", "-a", "Foo", "--environment", ""},
	} {
		got := run(args...)
		require.Equal(t, 1, got.Status, args)
		require.Contains(t, got.Stderr, "it is empty: check the variable that it comes from", args)
	}
	got := run(ask("--main-branch=false", "--to-environment", "production")...)
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "it is not said which version of Foo is meant")
}
