package broker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/matrix"
)

// consumersOf publishes a contract of each consumer with P, in another order
// than any list has.
func consumersOf(t *testing.T, s *broker.Service) {
	t.Helper()
	for _, consumer := range []string{"beta", "Zulu", "alpha", "Echo"} {
		in := contracts(consumer, "1", "main", "P")
		in.Contracts[0].Content = pactText(consumer, "P", "of "+consumer)
		_, err := s.PublishContracts(t.Context(), in)
		require.NoError(t, err)
	}
}

// TestSomeListsRegardCase: Pact Broker sorts names as bytes where it sorts rows
// of the matrix and work in progress, and without regard to case elsewhere.
func TestSomeListsRegardCase(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *broker.Service) {
		consumersOf(t, s)
		folded, bytes := []string{"alpha", "beta", "Echo", "Zulu"}, []string{"Echo", "Zulu", "alpha", "beta"}

		for name, q := range map[string]broker.PactListQuery{
			"latest of all": {Heads: true}, "of a provider": {Provider: "P"}, "of a tag": {Provider: "P", Tag: "dev"},
			"of a branch": {Provider: "P", Branch: "main", Heads: true},
		} {
			pacts, err := s.ListPacts(t.Context(), q)
			require.NoError(t, err)
			require.Equal(t, folded, consumerNames(pacts), name)
		}

		since := time.Time{}
		asked := broker.PactsForVerificationQuery{Provider: "P", ProviderBranch: "main", IncludePending: true, WIPSince: &since}
		asked.Selectors = []broker.ConsumerVersionSelector{{Consumer: "none", Branch: "main"}}
		found, err := s.PactsForVerification(t.Context(), asked)
		require.NoError(t, err)
		require.Equal(t, bytes, pickedNames(found), "work in progress")
		asked.Selectors = []broker.ConsumerVersionSelector{{Branch: "main"}}
		found, err = s.PactsForVerification(t.Context(), asked)
		require.NoError(t, err)
		require.Equal(t, folded, pickedNames(found), "asked for")

		var everybody []matrix.Selector
		for _, name := range append(folded, "P") {
			everybody = append(everybody, matrix.Selector{Pacticipant: name})
		}
		answer, err := s.Matrix(t.Context(), broker.MatrixQuery{Selectors: everybody, LatestBy: matrix.ByVersions})
		require.NoError(t, err)
		var rows []string
		for _, row := range answer.Decision.Shown {
			rows = append(rows, row.Publication.Consumer.Name)
		}
		require.Equal(t, bytes, rows, "the matrix")
	})
}

func consumerNames(pacts []broker.Pact) (out []string) {
	for _, p := range pacts {
		out = append(out, p.Consumer.Name)
	}
	return out
}

func pickedNames(pacts []broker.PactForVerification) (out []string) {
	for _, p := range pacts {
		out = append(out, p.Pact.Consumer.Name)
	}
	return out
}

func TestResultsOfAVersionStandByProviderWithoutRegardToCase(t *testing.T) {
	t.Parallel()
	s := newService(t)
	_, err := s.PublishContracts(t.Context(), contracts("Foo", "1", "main", "beta", "Zulu", "alpha"))
	require.NoError(t, err)

	summary, err := s.SummariseVerifications(t.Context(), "Foo", "1")

	require.NoError(t, err)
	require.Equal(t, []string{"alpha", "beta", "Zulu"}, summary.Unknown)
}

// TestABranchIsUpdatedOnceAMinute: a request that only says "again" leaves the
// time of the branch, and so its place in the list.
func TestABranchIsUpdatedOnceAMinute(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *broker.Service) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		aged(s, &now)
		put := func(branch, number string, after time.Duration) broker.Branch {
			now = now.Add(after)
			_, _, err := s.PutBranchVersion(t.Context(), "Foo", branch, number)
			require.NoError(t, err)
			b, err := s.FindBranch(t.Context(), "Foo", branch)
			require.NoError(t, err)
			return b
		}
		first := put("main", "1", 0)
		require.Equal(t, first.CreatedAt, first.UpdatedAt)
		put("feat", "1", time.Second)
		_, _, err := s.UpdateVersion(t.Context(), broker.VersionChange{Pacticipant: "Foo", Number: "elsewhere"})
		require.NoError(t, err)
		for _, number := range []string{"2", "1", "elsewhere"} { // new, known on the branch, new to the branch
			require.Equal(t, first.UpdatedAt, put("main", number, 15*time.Second).UpdatedAt, number)
		}
		list, err := s.ListBranches(t.Context(), broker.BranchQuery{Pacticipant: "Foo"})
		require.NoError(t, err)
		require.Equal(t, "feat", list.Items[0].Name)

		require.Equal(t, now.Add(time.Minute), put("main", "3", time.Minute).UpdatedAt, "a new version")
		require.Equal(t, now.Add(2*time.Minute), put("main", "1", 2*time.Minute).UpdatedAt, "a known version")
		list, err = s.ListBranches(t.Context(), broker.BranchQuery{Pacticipant: "Foo"})
		require.NoError(t, err)
		require.Equal(t, "main", list.Items[0].Name)
	})
}

// TestWebhooksOfAPactAreThoseOfItsResultsToo looks at the runs that a
// publication and a result set off.
func TestWebhooksOfAPactAreThoseOfItsResultsToo(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *broker.Service) {
		for _, event := range []broker.EventName{broker.EventContractPublished, broker.EventVerificationPublished} {
			_, err := s.CreateWebhook(t.Context(), broker.Webhook{Enabled: true, Events: []broker.EventName{event},
				Request: broker.WebhookRequest{Method: "POST", URL: "https://ci.example.org/" + string(event)}})
			require.NoError(t, err)
		}
		published, err := s.PublishContracts(t.Context(), contracts("Foo", "1", "main", "Bar"))
		require.NoError(t, err)
		_, err = s.RecordVerification(t.Context(), broker.VerificationInput{Consumer: "Foo", Provider: "Bar",
			SHA: published.Contracts[0].SHA, ProviderVersion: "9", Success: true})
		require.NoError(t, err)
		_, err = s.PublishContracts(t.Context(), contracts("Foo", "2", "main", "Bar"))
		require.NoError(t, err)

		runs, err := s.ListWebhooksOfPact(t.Context(), "Foo", "Bar", "1")
		require.NoError(t, err)
		require.Equal(t, []broker.EventName{broker.EventVerificationPublished, broker.EventContractPublished}, eventsOf(runs), "newest first")

		status, err := s.FindWebhookStatus(t.Context(), "Foo", "Bar")
		require.NoError(t, err)
		require.Equal(t, []broker.EventName{broker.EventVerificationPublished, broker.EventContractPublished}, eventsOf(status.Triggered), "oldest first")
		require.Equal(t, "1", status.Pact.ConsumerVersion.Number, "the pact of the first run")
	})
}

func eventsOf(runs []broker.TriggeredWebhook) (out []broker.EventName) {
	for _, r := range runs {
		out = append(out, r.Event)
	}
	return out
}

func TestReleasesComeOldestFirstAndDeploymentsNewestFirst(t *testing.T) {
	t.Parallel()
	s := newService(t)
	e, err := s.CreateEnvironment(t.Context(), broker.EnvironmentInput{Name: "test"})
	require.NoError(t, err)
	for _, name := range []string{"A", "B"} {
		_, _, err := s.PutTag(t.Context(), name, "1", "x")
		require.NoError(t, err)
		at := broker.Deployment{Pacticipant: name, Version: "1", EnvironmentUUID: e.UUID}
		_, err = s.RecordDeployment(t.Context(), at)
		require.NoError(t, err)
		_, _, err = s.RecordRelease(t.Context(), at)
		require.NoError(t, err)
	}
	released, _, err := s.ListCurrentlySupported(t.Context(), broker.CurrentQuery{EnvironmentUUID: e.UUID})
	require.NoError(t, err)
	require.Equal(t, "A", released[0].Version.Pacticipant.Name)
	deployed, _, err := s.ListCurrentlyDeployed(t.Context(), broker.CurrentQuery{EnvironmentUUID: e.UUID})
	require.NoError(t, err)
	require.Equal(t, "B", deployed[0].Version.Pacticipant.Name)
}

func TestTheDashboardTellsOfHeadTagsOnly(t *testing.T) {
	t.Parallel()
	s := newService(t)
	published, err := s.PublishContracts(t.Context(), contracts("Foo", "1", "main", "Bar"))
	require.NoError(t, err)
	_, err = s.RecordVerification(t.Context(), broker.VerificationInput{Consumer: "Foo", Provider: "Bar",
		SHA: published.Contracts[0].SHA, ProviderVersion: "9", Success: true})
	require.NoError(t, err)
	for _, at := range [][2]string{{"9", "zeta"}, {"9", "old"}, {"9", "alpha"}, {"10", "old"}} {
		_, _, err := s.PutTag(t.Context(), "Bar", at[0], at[1])
		require.NoError(t, err)
	}

	items, err := s.Dashboard(t.Context(), broker.DashboardQuery{})

	require.NoError(t, err)
	var tags []string
	for _, tag := range items[0].ProviderTags {
		tags = append(tags, tag.Name)
	}
	require.Equal(t, []string{"alpha", "zeta"}, tags)
}

func TestPagesOfTheDashboardFillWithTheNewestVersionsOfAConsumer(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, published := range [][2]string{{"1", "alpha"}, {"2", "Beta"}, {"3", "Zulu"}} {
		_, err := s.PublishContracts(t.Context(), contracts("foo", published[0], "main", published[1]))
		require.NoError(t, err)
	}
	_, err := s.PublishContracts(t.Context(), contracts("Goo", "4", "main", "alpha"))
	require.NoError(t, err)
	for number, want := range []string{"foo 3 Zulu", "foo 2 Beta", "foo 1 alpha", "Goo 4 alpha"} {
		items, err := s.Dashboard(t.Context(), broker.DashboardQuery{Page: broker.Page{Number: number + 1, Size: 1}})
		require.NoError(t, err)
		require.Len(t, items, 1)
		p := items[0].Pact
		require.Equal(t, want, p.Consumer.Name+" "+p.ConsumerVersion.Number+" "+p.Provider.Name)
	}
}
