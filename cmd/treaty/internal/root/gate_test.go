package root_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// verify stores a result of a provider version for the latest pact of Foo and
// Bar.
func (s *shop) verify(version string, success bool) {
	s.t.Helper()
	c, err := client.New(client.Config{BaseURL: s.url})
	require.NoError(s.t, err)
	require.NoError(s.t, c.AddVersionToBranch(s.t.Context(), "Bar", version, "main"))
	pacts, err := c.PactsForVerification(s.t.Context(), client.VerificationQuery{Provider: "Bar"})
	require.NoError(s.t, err)
	require.NotEmpty(s.t, pacts)
	pact, err := c.FetchPact(s.t.Context(), pacts[0].URL)
	require.NoError(s.t, err)
	_, err = c.PublishVerificationResult(s.t.Context(), pact, client.VerificationResult{Success: success, ProviderVersion: version})
	require.NoError(s.t, err)
}

// stocked is a shop where Foo 1 has a pact with Bar, Bar 5 is in production,
// and nothing is verified.
func stocked(t *testing.T) *shop {
	t.Helper()
	s := openShop(t)
	s.pact("Foo", "Bar", "x")
	s.must("publish Foo-Bar.json -a 1 --branch main")
	s.must("create-or-update-version -a Bar -e 5 --branch main")
	s.must("create-environment --name production --production")
	s.must("record-deployment -a Bar -e 5 --environment production")
	return s
}

func TestTheGateSaysUnknownNoAndYes(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	const ask = "can-i-deploy --pacticipant Foo --version 1 --to-environment production"

	got := s.Run(ask)
	require.Equal(t, 1, got.status)
	require.Contains(t, got.stdout, "Not yet known")
	require.Contains(t, got.stdout, "Foo      | 1         | Bar      |")
	require.Contains(t, got.stdout, "| ???      | ???")
	require.Empty(t, got.stderr)

	s.verify("5", false)
	got = s.Run(ask)
	require.Equal(t, 1, got.status)
	require.Contains(t, got.stdout, "No, it cannot be deployed.")
	require.Contains(t, got.stdout, "| false    | 1")
	require.Contains(t, got.stdout, "VERIFICATION RESULTS\n1. "+s.url)

	s.verify("5", true)
	got = s.Run(ask)
	require.Equal(t, 0, got.status, got.stdout)
	require.Contains(t, got.stdout, "Yes, it can be deployed.")
	require.Contains(t, got.stdout, "| true     | 1")
}

// Each way to name the version leads to the same answer.
func TestAVersionIsNamedInManyWays(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	s.verify("5", true)
	s.must("create-version-tag -a Foo -e 1 -t rc")
	s.must("create-or-update-pacticipant --name Foo --main-branch main")
	for _, how := range []string{
		"-a Foo -e 1", "--pacticipant=Foo --version=1", "-a Foo --pacticipant-version 1", "-a Foo --branch main",
		"-a Foo --main-branch", "-a Foo --latest", "-a Foo -l", "-a Foo -l rc", "-a Foo --latest rc", "-a Foo --latest=rc", "-a Foo --tag rc", "-a Foo --all rc",
	} {
		for _, spelling := range []string{"can-i-deploy ", "broker can-i-deploy "} {
			got := s.Run(spelling + how + " --to-environment production")
			require.Equal(t, 0, got.status, "%s\n%s%s", how, got.stdout, got.stderr)
		}
		got := s.Run("can-i-deploy --to-environment production " + how)
		require.Equal(t, 0, got.status, "%s at the end\n%s%s", how, got.stdout, got.stderr)
	}
	require.Equal(t, 0, s.Run("can-i-deploy -a Foo -e 1 -a Bar -e 5").status, "two versions with each other")
	require.Equal(t, 0, s.Run("can-i-merge -a Foo -e 1").status)
	require.Equal(t, 1, s.Run("can-i-deploy -a Foo -l prod --to-environment production").status, "no such tag")
}

func TestJSONOfTheGateKeepsTheExitStatus(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	got := s.Run("can-i-deploy -a Foo -e 1 --to-environment production --output json")
	require.Equal(t, 1, got.status)
	require.Contains(t, decode(t, got.stdout), "summary")
	s.verify("5", true)
	got = s.Run("can-i-deploy -a Foo -e 1 --to-environment production -o json")
	require.Equal(t, 0, got.status)
	require.Contains(t, decode(t, got.stdout), "matrix")
}

func TestADryRunDecidesNothing(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	dry := func(got outcome) {
		require.Equal(t, 0, got.status)
		for line := range strings.Lines(got.stdout) {
			require.True(t, strings.HasPrefix(line, "[dry-run] "), line)
		}
		require.Contains(t, got.stdout, "Not yet known")
	}
	dry(s.Run("can-i-deploy -a Foo -e 1 --to-environment production --dry-run"))
	s.environ = append(s.environ, "PACT_BROKER_CAN_I_DEPLOY_DRY_RUN=true")
	dry(s.Run("can-i-deploy -a Foo -e 1 --to-environment production --retry-while-unknown 5"))
	got := s.Run("can-i-deploy -a Foo -e 1 --to-environment nowhere")
	require.Equal(t, 0, got.status, "a question that cannot be answered decides nothing either")
	require.Contains(t, got.stderr, "[dry-run] could not ask")
}

func TestIgnoredApplicationsDoNotCount(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	s.verify("5", false)
	const ask = "can-i-deploy -a Foo -e 1 --to-environment production"
	require.Equal(t, 1, s.Run(ask).status)
	got := s.Run(ask + " --ignore Bar")
	require.Equal(t, 0, got.status, got.stdout)
	require.Contains(t, got.stdout, "[ignored]")
	require.Equal(t, 0, s.Run(ask+" --ignore Bar --version 5").status)
	require.Equal(t, 1, s.Run(ask+" --ignore Bar --version 6").status)
	s.environ = append(s.environ, "PACT_BROKER_CAN_I_DEPLOY_IGNORE=Qux, Bar")
	require.Equal(t, 0, s.Run(ask).status)
}

func TestWrongQuestionsAreExplained(t *testing.T) {
	t.Parallel()
	s := stocked(t)
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
			require.Equal(t, 1, got.status, got.stdout)
			require.Contains(t, got.stderr, tt.says)
			got = s.Run("can-i-deploy " + tt.line + " --error-exit-code 2")
			if !strings.Contains(got.stderr, "flag") && tt.name != "too many words" {
				require.Equal(t, 2, got.status, "could not ask: %s", got.stderr)
			}
		})
	}
	require.Equal(t, 1, s.Run("can-i-deploy -a Foo -e 1 --to-environment production --error-exit-code 2").status, "that is a no")
}

func TestAnOptionTellsNoUnknownAndErrorApart(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	const split = " --unknown-exit-code 3 --error-exit-code 2"
	require.Equal(t, 3, s.Run("can-i-deploy -a Foo -e 1 --to-environment production"+split).status)
	require.Equal(t, 2, s.Run("can-i-deploy -a Foo -e 1 --to-environment nowhere"+split).status)
	s.verify("5", false)
	require.Equal(t, 1, s.Run("can-i-deploy -a Foo -e 1 --to-environment production"+split).status)
	s.verify("5", true)
	require.Equal(t, 0, s.Run("can-i-deploy -a Foo -e 1 --to-environment production"+split).status)
}

func TestTheStatusOfANoCanBeChosenByTheRubyClientsVariable(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	s.environ = append(s.environ, "PACT_BROKER_CAN_I_DEPLOY_EXIT_CODE_BETA=7")
	require.Equal(t, 7, s.Run("can-i-deploy -a Foo -e 1 --to-environment production").status)
}

// A failure is a no, also where another result is missing: in words, in colour,
// in every form, and in the exit status.
func TestAFailureWinsOverWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	s.verify("5", false)
	s.pact("Foo", "Baz", "y")
	s.must("publish Foo-Baz.json -a 1 --branch main")
	const ask = "can-i-deploy -a Foo -e 1 --to-environment production"
	got := s.Run(ask)
	require.Equal(t, 1, got.status)
	require.True(t, strings.HasPrefix(got.stdout, "No, it cannot be deployed."), got.stdout)
	require.NotContains(t, got.stdout, "Not yet known")
	require.Equal(t, 1, s.Run(ask+" --unknown-exit-code 3").status, "it is a no, whatever else is missing")
	require.Contains(t, s.Run(ask+" --output github").stdout, "::error title=can-i-deploy::")
	require.Contains(t, s.Run(ask+" --output gitlab").stdout, `"severity": "blocker"`)
	require.Contains(t, s.Run(ask+" --output junit").stdout, `failures="2"`)
	summary := decode(t, s.Run(ask+" --output json").stdout)["summary"].(map[string]any)
	require.Nil(t, summary["deployable"], "the API keeps to the Pact Broker's answer")
	require.Contains(t, s.must("gate history -a Foo"), "| no ")
	require.Contains(t, s.must("gate show 1"), "No, it cannot be deployed.")
}

// Rows that are not shown are counted: the answer rests on them too.
func TestRowsThatAreNotShownAreCounted(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	s.verify("5", true)
	s.must("create-or-update-version -a Bar -e 6 --branch main")
	s.must("record-deployment -a Bar -e 6 --environment production --application-instance blue")
	s.verify("6", false)
	const ask = "can-i-deploy -a Foo -e 1 --to-environment production"
	require.NotContains(t, s.Run(ask).stdout, "rows;")
	cut := s.Run(ask + " --limit 1")
	require.Equal(t, 1, cut.status)
	require.Contains(t, cut.stdout, "1 of 2 rows; the answer rests on all of them, and --limit 2 shows them")
	require.NotContains(t, s.Run(ask+" --limit 2").stdout, "rows;")
	require.Contains(t, s.Run(ask+" --limit 1 --output junit").stdout, "1 more pairs")
}

// A misspelt name is answered with the names that look like it, and with where
// to find them all.
func TestMisspeltNamesGetAnAnswer(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	for _, tt := range []struct{ line, near, next string }{
		{"-a Fooo -e 1 --to-environment production", "Did you mean 'Foo'?", "treaty list-pacticipants"},
		{"-a foo -e 1 --to-environment production", "Did you mean 'Foo'?", "treaty list-pacticipants"},
		{"-a Foo -e 1 -a Baar -e 5", "Did you mean 'Bar'?", "treaty list-pacticipants"},
		{"-a Foo -e 1 --to-environment prod", "Did you mean 'production'?", "treaty list-environments"},
		{"-a Foo -e 1 --to-environment Production", "Did you mean 'production'?", "treaty list-environments"},
	} {
		got := s.Run("can-i-deploy " + tt.line)
		require.Equal(t, 1, got.status, tt.line)
		require.Contains(t, got.stderr, tt.near, tt.line)
		require.Contains(t, got.stderr, "next: see which", tt.line)
		require.Contains(t, got.stderr, tt.next, tt.line)
	}
	require.NotContains(t, s.Run("can-i-deploy -a Zzzzzz -e 1 --to-environment production").stderr, "Did you mean")
}

// The history says which build asked.
func TestTheHistorySaysWhoAsked(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	const ask = "can-i-deploy -a Foo -e 1 --to-environment production"
	s.Run(ask)
	require.Contains(t, s.must("gate history"), "| -")
	for _, build := range [][]string{
		{"CI_JOB_URL=https://gitlab.example/jobs/1"},
		{"GITHUB_SERVER_URL=https://github.example", "GITHUB_REPOSITORY=o/r", "GITHUB_RUN_ID=2"},
		{"BUILD_URL=https://jenkins.example/3"},
		{"SYSTEM_COLLECTIONURI=https://azure.example/me/", "SYSTEM_TEAMPROJECTID=p-1", "BUILD_BUILDID=4"},
		{"BITBUCKET_REPO_FULL_NAME=me/foo", "BITBUCKET_BUILD_NUMBER=5"},
		{"BITBUCKET_BUILD_NUMBER=6", "DRONE_BUILD_LINK=https://drone.example/6"},
	} {
		built := &shop{t: t, url: s.url, dir: s.dir, environ: append(slices.Clone(s.environ), build...)}
		built.Run(ask)
	}
	history := s.must("gate history")
	for _, address := range []string{"https://gitlab.example/jobs/1", "https://github.example/o/r/actions/runs/2", "https://jenkins.example/3",
		"https://azure.example/me/p-1/_build/results?buildId=4", "https://bitbucket.org/me/foo/pipelines/results/5", "https://drone.example/6"} {
		require.Contains(t, history, address)
	}
	require.Contains(t, s.must("gate show 2"), "asked by https://gitlab.example/jobs/1")
	require.Contains(t, s.must("gate show 2 --output json"), `"buildUrl": "https://gitlab.example/jobs/1"`)
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
	got := treatyIn(t, command.Env{Dir: t.TempDir(), Environ: []string{"PACT_BROKER_BASE_URL=" + broker.URL}},
		strings.Fields("can-i-deploy -a Foo -e 1 --to-environment production --retry-while-unknown 5 --retry-interval 0")...)
	require.Equal(t, 0, got.status, got.stderr)
	require.Contains(t, got.stderr, "2 verification results are missing; asking again in 0 s (5 left)")
	require.Contains(t, got.stderr, "1 verification result is missing; asking again in 0 s (4 left)")
	require.Contains(t, got.stdout, "All is well")
}

// An option whose variable is empty in a pipeline must not widen the question:
// without the target, the branch or the ignored version it may be a yes.
func TestAnEmptyOptionIsNoWiderQuestion(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	s.verify("5", true)
	run := func(args ...string) outcome {
		return treatyIn(t, command.Env{Dir: s.dir, Environ: s.environ}, args...)
	}
	ask := func(more ...string) []string { return append([]string{"can-i-deploy", "-a", "Foo"}, more...) }
	require.Equal(t, 0, run(ask("-e", "1", "--to-environment", "production")...).status)
	for _, args := range [][]string{
		ask("-e", "1", "--to-environment", ""), ask("-e", "1", "--to", ""), ask("-e", "1", "--to-environment", "production", "--at", ""),
		ask("--branch", "", "--to-environment", "production"), ask("--tag", " ", "--to-environment", "production"),
		ask("--latest", "", "--to-environment", "production"), ask("--all", "", "--to", "x"), ask("-e", "", "--to-environment", "production"),
		ask("-e", "1", "--to-environment", "production", "--ignore", ""), ask("-e", "1", "--to-environment", "production", "--ignore", "Bar", "--version", ""),
		{"can-i-merge", "-a", "Foo", "--branch", ""}, {"can-i-deploy", "-a", "", "-e", "1"},
		{"describe-version", "-a", "Foo", "-e", ""}, {"describe-version", "-a", "Foo", "--environment", ""},
	} {
		got := run(args...)
		require.Equal(t, 1, got.status, args)
		require.Contains(t, got.stderr, "it is empty: check the variable that it comes from", args)
	}
	got := run(ask("--main-branch=false", "--to-environment", "production")...)
	require.Equal(t, 1, got.status)
	require.Contains(t, got.stderr, "it is not said which version of Foo is meant")
}
