package records_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

func TestEnvironmentsAreKept(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	require.Contains(t, s.Must("list-environments"), "No environment yet")
	uuid := strings.TrimSpace(s.Must("create-environment --name prod --display-name Production --production --contact-name Ops --contact-email-address ops@example.org --output id"))
	described := s.Must("describe-environment --uuid " + uuid)
	for _, line := range []string{"Name          prod", "Display name  Production", "Production    yes", "Contact       Ops <ops@example.org>"} {
		require.Contains(t, described, line)
	}
	s.Must("update-environment --uuid " + uuid + " --display-name Live")
	described = s.Must("describe-environment --uuid " + uuid)
	require.Contains(t, described, "Display name  Live")
	require.Contains(t, described, "Production    yes", "what is not given stays")
	require.Contains(t, described, "Ops")
	s.Must("update-environment --uuid " + uuid + " --no-production")
	require.Contains(t, s.Must("describe-environment --uuid "+uuid), "Production    no")
	require.Contains(t, s.Must("list-environments"), "| prod | Live")
	require.Contains(t, commandtest.Decode(t, s.Must("list-environments -o json")), "_embedded")

	got := s.Run("create-environment --name prod")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "already used")
	require.Contains(t, s.Must("delete-environment --uuid "+uuid), "Deleted the environment prod")
	require.Equal(t, 1, s.Run("describe-environment --uuid "+uuid).Status)
}

func TestDeploymentsComeAndGo(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	require.Contains(t, s.Must("describe-version -a Bar -e 5"), "Deployed to  Production")
	s.Must("record-deployment -a Bar -e 5 --environment production --application-instance blue")

	require.Contains(t, s.Must("describe-version -a Bar -e 5"), "Deployed to  Production\n", "two instances are one place")

	got := s.Run("record-undeployment -a Bar --environment production --target green")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "without an instance")
	require.Contains(t, s.Must("record-undeployment -a Bar --environment production"), "version 5 of Bar is no longer deployed to production")
	got = s.Run("record-undeployment -a Bar --environment production")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "add --application-instance with one of: blue")
	require.Contains(t, s.Must("describe-version -a Bar -e 5"), "Deployed to  Production\n", "once, and it is still there as blue")
	s.Must("record-undeployment -a Bar --environment production --application-instance blue -o json")
	require.NotContains(t, s.Must("describe-version -a Bar -e 5"), "Deployed to", "it was there")
	got = s.Run("record-undeployment -a Bar --environment production")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "check the name")

	for _, line := range []string{
		"record-deployment -a Bar -e 6 --environment production", "record-deployment -a Bar -e 5 --environment prod",
		"record-release -a Bar -e 6 --environment production", "record-undeployment -a Bar --environment prod",
	} {
		got := s.Run(line)
		require.Equal(t, 1, got.Status, line)
		require.Contains(t, got.Stderr, "treaty: ", line)
	}
}

func TestReleasesComeAndGo(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	s.Must("record-release -a Bar -e 5 --environment production")
	require.Contains(t, s.Must("describe-version -a Bar -e 5"), "Released to  Production")
	require.Contains(t, s.Must("record-support-ended -a Bar -e 5 --environment production"), "no longer supported")
	require.NotContains(t, s.Must("describe-version -a Bar -e 5"), "Released to")
	got := s.Run("record-support-ended -a Bar -e 5 --environment production")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "is not released to production")
}

func TestPacticipantsAreKept(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	require.Contains(t, s.Must("create-or-update-pacticipant --name Foo --main-branch main"), "Created the application Foo")
	require.Contains(t, s.Must("create-or-update-pacticipant --name Foo --repository-url https://git.example/foo"), "Updated the application Foo")
	described := s.Must("describe-pacticipant --name Foo")
	require.Contains(t, described, "Main branch   main", "what is not given stays")
	require.Contains(t, described, "Repository    https://git.example/foo")
	require.Contains(t, s.Must("list-pacticipants"), "Foo")
	got := s.Run("describe-pacticipant --name Fool")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "there is no application 'Fool'")
}

func TestVersionsBranchesAndTagsAreKept(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	s.Must("create-or-update-version -a Foo -e 1 --branch main -t a -t b")
	s.Must("create-or-update-version -a Foo -e 2")
	require.Contains(t, s.Must("describe-version -a Foo"), "Version      2")
	require.Contains(t, s.Must("describe-version -a Foo -l a"), "Version      1")
	require.Equal(t, "1\n", s.Must("describe-version -a Foo --latest b --output id"))

	got := s.Run("create-version-tag -a Foo -e 3 -t c")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "or add --auto-create-version")
	s.Must("create-version-tag -a Foo -e 3 -t c --auto-create-version")
	s.Must("delete-version-tag -a Foo -e 3 -t c")
	s.Must("delete-version-tag -a Foo -e 3 -t c")
	require.Equal(t, 1, s.Run("describe-version -a Foo -l c").Status)

	s.Must("delete-branch -a Foo --branch main")
	require.Equal(t, 1, s.Run("delete-branch -a Foo --branch main").Status)
	s.Must("delete-branch -a Foo --branch main --no-error-when-not-found")
	s.Must("delete-branch -a Foo --branch main --error-when-not-found=false")
}

func TestWebhooksAreKept(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	s.Must("create-or-update-pacticipant --name Bar")
	uuid := strings.TrimSpace(s.Must("generate-uuid"))
	s.File("body.json", `{"pact":"${pactbroker.pactUrl}"}`)
	line := "create-or-update-webhook https://ci.example/start --uuid " + uuid + " --provider Bar --contract-published -X post -H Authorization:x -d @body.json --user me:secret"
	require.Contains(t, s.Must(line), "Created the webhook "+uuid)
	require.Contains(t, s.Must(line), "Updated the webhook "+uuid)
	require.Contains(t, s.Must("create-webhook https://ci.example/start --contract-content-changed --provider-verification-failed"), "Created the webhook ")
	require.Contains(t, s.Must("delete-webhook --uuid "+uuid), "Deleted")
	for _, tt := range []struct{ line, says string }{
		{"create-webhook --contract-published", "one URL must be given"},
		{"create-webhook https://ci.example", "no event is given"},
		{"create-webhook https://ci.example --contract-published -H nothing", "has no name"},
		{"create-webhook https://ci.example --contract-published -d @missing", "missing"},
		{"create-webhook not-a-url --contract-published", "url"},
		{"create-webhook https://ci.example --contract-published --provider Barr", "there is no application 'Barr'. Did you mean 'Bar'?"},
		{"create-webhook https://ci.example --contract-published --consumer Foo --provider Bar", "there is no application 'Foo'"},
		{"create-or-update-webhook https://ci.example --contract-published", "--uuid must be given"},
		{"delete-webhook --uuid " + uuid, "delete the webhook"},
	} {
		got := s.Run(tt.line)
		require.Equal(t, 1, got.Status, tt.line)
		require.Contains(t, got.Stderr, tt.says, tt.line)
		require.NotContains(t, got.Stderr, "secret")
	}
}

// Machines read every answer as JSON.
func TestEveryAnswerCanBeJSON(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	for _, line := range []string{
		"create-environment --name test", "list-environments", "create-or-update-pacticipant --name Qux", "describe-pacticipant --name Foo",
		"list-pacticipants", "create-or-update-version -a Foo -e 9 --branch x", "describe-version -a Foo -e 9", "create-version-tag -a Foo -e 9 -t y",
		"list-latest-pact-versions", "get-pacts --provider Bar --branch main", "provider-states list --provider Bar", "usage -a Bar",
		"record-deployment -a Foo -e 1 --environment production", "record-release -a Foo -e 1 --environment production",
		"create-webhook https://ci.example --contract-published",
	} {
		require.NotEmpty(t, commandtest.Decode(t, s.Must(line+" --output json")), line)
	}
}

func TestVersionsInAnEnvironmentAreDescribed(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	s.Must("create-or-update-version -a Bar -e 6")
	s.Must("record-release -a Bar -e 6 --environment production")
	require.Equal(t, "5\n6\n", s.Must("describe-version -a Bar --environment production -o id"))
	require.Equal(t, "5\n", s.Must("describe-version -a Bar --environment production --deployed -o id"))
	require.Equal(t, "6\n", s.Must("describe-version -a Bar --environment production --released -o id"))
	require.Contains(t, s.Must("describe-version -a Bar --environment production"), "Version      6")
	require.Contains(t, s.Must("describe-version -a Bar --environment production -o json"), `"number": "6"`)
	got := s.Run("describe-version -a Foo --environment production")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "no version of Foo is in production")
}
