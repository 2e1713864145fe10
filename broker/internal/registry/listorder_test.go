package registry_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/picking"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// consumersOf publishes a contract of each consumer with P, in another order
// than any list has.
func consumersOf(t *testing.T, s *usecase.All) {
	t.Helper()
	for _, consumer := range []string{"beta", "Zulu", "alpha", "Echo"} {
		in := usecasetest.Contracts(consumer, "1", "main", "P")
		in.Contracts[0].Content = usecasetest.PactText(consumer, "P", "of "+consumer)
		_, err := s.Publish.PublishContracts(t.Context(), in)
		require.NoError(t, err)
	}
}

// TestSomeListsRegardCase: Pact Broker sorts names as bytes where it sorts rows
// of the matrix and work in progress, and without regard to case elsewhere.
func TestSomeListsRegardCase(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		consumersOf(t, s)
		folded, bytes := []string{"alpha", "beta", "Echo", "Zulu"}, []string{"Echo", "Zulu", "alpha", "beta"}

		for name, q := range map[string]kernel.PactListQuery{
			"latest of all": {Heads: true}, "of a provider": {Provider: "P"}, "of a tag": {Provider: "P", Tag: "dev"},
			"of a branch": {Provider: "P", Branch: "main", Heads: true},
		} {
			pacts, err := s.Publish.ListPacts(t.Context(), q)
			require.NoError(t, err)
			require.Equal(t, folded, consumerNames(pacts), name)
		}

		since := time.Time{}
		asked := picking.PactsForVerificationQuery{Provider: "P", ProviderBranch: "main", IncludePending: true, WIPSince: &since}
		asked.Selectors = []picking.ConsumerVersionSelector{{Consumer: "none", Branch: "main"}}
		found, err := s.Picking.PactsForVerification(t.Context(), asked)
		require.NoError(t, err)
		require.Equal(t, bytes, pickedNames(found), "work in progress")
		asked.Selectors = []picking.ConsumerVersionSelector{{Branch: "main"}}
		found, err = s.Picking.PactsForVerification(t.Context(), asked)
		require.NoError(t, err)
		require.Equal(t, folded, pickedNames(found), "asked for")

		var everybody []matrix.Selector
		for _, name := range append(folded, "P") {
			everybody = append(everybody, matrix.Selector{Pacticipant: name})
		}
		answer, err := s.Gate.Matrix(t.Context(), gate.MatrixQuery{Selectors: everybody, LatestBy: matrix.ByVersions})
		require.NoError(t, err)
		var rows []string
		for _, row := range answer.Decision.Shown {
			rows = append(rows, row.Publication.Consumer.Name)
		}
		require.Equal(t, bytes, rows, "the matrix")
	})
}

func consumerNames(pacts []kernel.Pact) (out []string) {
	for _, p := range pacts {
		out = append(out, p.Consumer.Name)
	}
	return out
}

func pickedNames(pacts []picking.PactForVerification) (out []string) {
	for _, p := range pacts {
		out = append(out, p.Pact.Consumer.Name)
	}
	return out
}

func TestResultsOfAVersionStandByProviderWithoutRegardToCase(t *testing.T) {
	t.Parallel()
	s := usecasetest.NewService(t)
	_, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Foo", "1", "main", "beta", "Zulu", "alpha"))
	require.NoError(t, err)

	summary, err := s.Result.SummariseVerifications(t.Context(), "Foo", "1")

	require.NoError(t, err)
	require.Equal(t, []string{"alpha", "beta", "Zulu"}, summary.Unknown)
}

// TestABranchIsUpdatedOnceAMinute: a request that only says "again" leaves the
// time of the branch, and so its place in the list.
func TestABranchIsUpdatedOnceAMinute(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		usecasetest.Aged(s, &now)
		put := func(branch, number string, after time.Duration) kernel.Branch {
			now = now.Add(after)
			_, _, err := s.Registry.PutBranchVersion(t.Context(), "Foo", branch, number)
			require.NoError(t, err)
			b, err := s.Registry.FindBranch(t.Context(), "Foo", branch)
			require.NoError(t, err)
			return b
		}
		first := put("main", "1", 0)
		require.Equal(t, first.CreatedAt, first.UpdatedAt)
		put("feat", "1", time.Second)
		_, _, err := s.Registry.UpdateVersion(t.Context(), registry.VersionChange{Pacticipant: "Foo", Number: "elsewhere"})
		require.NoError(t, err)
		for _, number := range []string{"2", "1", "elsewhere"} { // new, known on the branch, new to the branch
			require.Equal(t, first.UpdatedAt, put("main", number, 15*time.Second).UpdatedAt, number)
		}
		list, err := s.Registry.ListBranches(t.Context(), registry.BranchQuery{Pacticipant: "Foo"})
		require.NoError(t, err)
		require.Equal(t, "feat", list.Items[0].Name)

		require.Equal(t, now.Add(time.Minute), put("main", "3", time.Minute).UpdatedAt, "a new version")
		require.Equal(t, now.Add(2*time.Minute), put("main", "1", 2*time.Minute).UpdatedAt, "a known version")
		list, err = s.Registry.ListBranches(t.Context(), registry.BranchQuery{Pacticipant: "Foo"})
		require.NoError(t, err)
		require.Equal(t, "main", list.Items[0].Name)
	})
}

// TestWebhooksOfAPactAreThoseOfItsResultsToo looks at the runs that a
// publication and a result set off.
func TestWebhooksOfAPactAreThoseOfItsResultsToo(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		for _, event := range []kernel.EventName{kernel.EventContractPublished, kernel.EventVerificationPublished} {
			_, err := s.Webhook.CreateWebhook(t.Context(), kernel.Webhook{Enabled: true, Events: []kernel.EventName{event},
				Request: kernel.WebhookRequest{Method: "POST", URL: "https://ci.example.org/" + string(event)}})
			require.NoError(t, err)
		}
		published, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Foo", "1", "main", "Bar"))
		require.NoError(t, err)
		_, err = s.Result.RecordVerification(t.Context(), result.VerificationInput{Consumer: "Foo", Provider: "Bar",
			SHA: published.Contracts[0].SHA, ProviderVersion: "9", Success: true})
		require.NoError(t, err)
		_, err = s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Foo", "2", "main", "Bar"))
		require.NoError(t, err)

		runs, err := s.Webhook.ListWebhooksOfPact(t.Context(), "Foo", "Bar", "1")
		require.NoError(t, err)
		require.Equal(t, []kernel.EventName{kernel.EventVerificationPublished, kernel.EventContractPublished}, eventsOf(runs), "newest first")

		status, err := s.Webhook.FindWebhookStatus(t.Context(), "Foo", "Bar")
		require.NoError(t, err)
		require.Equal(t, []kernel.EventName{kernel.EventVerificationPublished, kernel.EventContractPublished}, eventsOf(status.Triggered), "oldest first")
		require.Equal(t, "1", status.Pact.ConsumerVersion.Number, "the pact of the first run")
	})
}

func eventsOf(runs []kernel.TriggeredWebhook) (out []kernel.EventName) {
	for _, r := range runs {
		out = append(out, r.Event)
	}
	return out
}

func TestReleasesComeOldestFirstAndDeploymentsNewestFirst(t *testing.T) {
	t.Parallel()
	s := usecasetest.NewService(t)
	e, err := s.Registry.CreateEnvironment(t.Context(), registry.EnvironmentInput{Name: "test"})
	require.NoError(t, err)
	for _, name := range []string{"A", "B"} {
		_, _, err := s.Registry.PutTag(t.Context(), name, "1", "x")
		require.NoError(t, err)
		at := registry.Deployment{Pacticipant: name, Version: "1", EnvironmentUUID: e.UUID}
		_, err = s.Registry.RecordDeployment(t.Context(), at)
		require.NoError(t, err)
		_, _, err = s.Registry.RecordRelease(t.Context(), at)
		require.NoError(t, err)
	}
	released, _, err := s.Registry.ListCurrentlySupported(t.Context(), registry.CurrentQuery{EnvironmentUUID: e.UUID})
	require.NoError(t, err)
	require.Equal(t, "A", released[0].Version.Pacticipant.Name)
	deployed, _, err := s.Registry.ListCurrentlyDeployed(t.Context(), registry.CurrentQuery{EnvironmentUUID: e.UUID})
	require.NoError(t, err)
	require.Equal(t, "B", deployed[0].Version.Pacticipant.Name)
}
