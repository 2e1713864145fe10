package cleanup_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/cleanup"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

func numbersOf(t *testing.T, s *usecase.All, pacticipant string) []string {
	t.Helper()
	found, err := s.Registry.ListVersions(t.Context(), registry.VersionQuery{Pacticipant: pacticipant})
	require.NoError(t, err)
	var out []string
	for _, v := range found.Items {
		out = append(out, v.Number)
	}
	return out
}

func TestCleaningKeepsWhatIsOfUse(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		usecasetest.Aged(s, &now)
		e, err := s.Registry.CreateEnvironment(t.Context(), registry.EnvironmentInput{Name: "production"})
		require.NoError(t, err)
		// 1 was deployed and no longer is, 2 is, 3 is released, 4 is the head of a
		// branch, 5 the latest with a tag, 6 nothing, 7 the latest of all.
		for number := 1; number <= 7; number++ {
			in := usecasetest.Contracts("Foo", fmt.Sprint(number), "main", "Bar")
			in.Tags = nil
			in.Contracts[0].Content = usecasetest.PactText("Foo", "Bar", fmt.Sprint("content ", number))
			_, err := s.Publish.PublishContracts(t.Context(), in)
			require.NoError(t, err)
		}
		for _, number := range []string{"1", "2"} {
			_, err = s.Registry.RecordDeployment(t.Context(), registry.Deployment{Pacticipant: "Foo", Version: number, EnvironmentUUID: e.UUID})
			require.NoError(t, err)
		}
		_, _, err = s.Registry.RecordRelease(t.Context(), registry.Deployment{Pacticipant: "Foo", Version: "3", EnvironmentUUID: e.UUID})
		require.NoError(t, err)
		_, _, err = s.Registry.PutBranchVersion(t.Context(), "Foo", "feat", "4")
		require.NoError(t, err)
		_, _, err = s.Registry.PutTag(t.Context(), "Foo", "5", "rc")
		require.NoError(t, err)

		now = now.Add(60 * 24 * time.Hour)
		report, err := s.Cleanup.Clean(t.Context(), cleanup.Options{})
		require.NoError(t, err)
		require.Empty(t, report.Versions, "all are younger than 90 days")

		now = now.Add(60 * 24 * time.Hour)
		preview, err := s.Cleanup.Clean(t.Context(), cleanup.Options{Preview: true})
		require.NoError(t, err)
		require.Equal(t, map[string]int{"Foo": 2}, preview.Versions)
		require.Equal(t, []string{"7", "6", "5", "4", "3", "2", "1"}, numbersOf(t, s, "Foo"), "a preview deletes nothing")

		report, err = s.Cleanup.Clean(t.Context(), cleanup.Options{Limit: 1})
		require.NoError(t, err)
		require.Equal(t, map[string]int{"Foo": 1}, report.Versions)
		require.Equal(t, []string{"7", "6", "5", "4", "3", "2"}, numbersOf(t, s, "Foo"), "oldest first, up to the limit")
		report, err = s.Cleanup.Clean(t.Context(), cleanup.Options{BranchAge: 30 * 24 * time.Hour})
		require.NoError(t, err)
		require.Equal(t, 1, report.Branches, "the main branch stays")
		require.Equal(t, map[string]int{"Foo": 2}, report.Versions, "without its branch nothing keeps 4")
		require.Equal(t, 2, report.Contents)
		require.Equal(t, []string{"7", "5", "3", "2"}, numbersOf(t, s, "Foo"))
	})
}

func TestKeepSelectorsAreReadAsThePactBrokerWritesThem(t *testing.T) {
	t.Parallel()
	keep, err := cleanup.ParseKeep(`[{"pacticipant":"Foo","branch":"main","latest":true},{"tag":true},{"max_age":30},{"deployed":true}]`)
	require.NoError(t, err)
	require.Equal(t, []cleanup.KeepSelector{
		{Pacticipant: "Foo", Branch: "main", Latest: true}, {AnyTag: true}, {MaxAge: 30 * 24 * time.Hour}, {Deployed: true}, {Released: true},
	}, keep, "what is live is always kept")
	for _, bad := range []string{
		``, `{}`, `[{}]`, `[{"tag":1}]`, `[{"max_age":0}]`, `[{"brunch":"x"}]`, `[{"latest":"yes"}]`, `[{"latest":true}] [{"max_age":90}]`, `[{"latest":true}`, `[{"branch":"main","branch":"x"}]`,
	} {
		_, err := cleanup.ParseKeep(bad)
		require.Equal(t, kernel.CodeInvalid, kernel.CodeOf(err), bad)
		require.NotContains(t, err.Error(), "Go ", bad)
	}
}

// An age that does not fit into a duration would come out as a short one, and
// the clean-up would delete what was to be kept for ever.
func TestAnAgeOfManyYearsIsLong(t *testing.T) {
	t.Parallel()
	for _, days := range []string{"36500", "106752", "213504", "999999999"} {
		keep, err := cleanup.ParseKeep(`[{"max_age":` + days + `}]`)
		require.NoError(t, err)
		require.Greater(t, keep[0].MaxAge, 90*365*24*time.Hour, days)
	}
}
