package overview_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// A pact shows what its own content got. What another content of the same pair
// got is told as a change at most, and only if it was a success.
func TestAPactShowsTheResultOfItsOwnContent(t *testing.T) {
	t.Parallel()
	const before = "pact Foo 1 -> Bar content old\n"
	cases := []struct {
		name, history string
		want          overview.VerificationStatus
		by            string // the provider version whose result is shown
		badge         overview.VerificationStatus
	}{
		{"nothing verified", before, overview.StatusNever, "", overview.StatusNever},
		{"verified", before + "verify Bar 7 : Foo 1 ok", overview.StatusSuccess, "7", overview.StatusSuccess},
		{"failed", before + "verify Bar 7 : Foo 1 failed", overview.StatusFailed, "7", overview.StatusFailed},
		{"a new content after a success", before + "verify Bar 7 : Foo 1 ok\npact Foo 2 -> Bar content new", overview.StatusStale, "", overview.StatusStale},
		{"a new content after a failure", before + "verify Bar 7 : Foo 1 failed\npact Foo 2 -> Bar content new", overview.StatusNever, "", overview.StatusFailed},
		{"the version is revised after a success", before + "verify Bar 7 : Foo 1 ok\npact Foo 1 -> Bar content new", overview.StatusNever, "", overview.StatusNever},
		{"the version is revised after a failure", before + "verify Bar 7 : Foo 1 failed\npact Foo 1 -> Bar content new", overview.StatusNever, "", overview.StatusNever},
		{"the same content again", before + "verify Bar 7 : Foo 1 ok\npact Foo 2 -> Bar content old", overview.StatusSuccess, "7", overview.StatusSuccess},
		{"back to a content that failed", before + "verify Bar 7 : Foo 1 failed\npact Foo 2 -> Bar content new\nverify Bar 8 : Foo 2 ok\npact Foo 3 -> Bar content old", overview.StatusFailed, "7", overview.StatusFailed},
		{"its own result after another's failure", before + "verify Bar 7 : Foo 1 failed\npact Foo 2 -> Bar content new\nverify Bar 8 : Foo 2 ok", overview.StatusSuccess, "8", overview.StatusSuccess},
	}
	for name, open := range usecasetest.Databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			for _, tt := range cases {
				t.Run(tt.name, func(t *testing.T) {
					s, err := story.Parse(tt.name, tt.history)
					require.NoError(t, err)
					p := usecasetest.NewPlayer(t, db)
					p.Play(s.Steps)
					service := usecase.New(db, kernel.Settings{})
					shown := func(status overview.VerificationStatus, v *kernel.Verification) {
						require.Equal(t, tt.want, status)
						if tt.by == "" {
							require.Nil(t, v)
							return
						}
						require.Equal(t, tt.by, v.ProviderVersion.Number)
					}
					items, err := service.Overview.Dashboard(t.Context(), overview.DashboardQuery{Consumer: p.Name("Foo"), Provider: p.Name("Bar"), Page: kernel.Page{Number: 1, Size: 10}})
					require.NoError(t, err)
					require.Len(t, items, 1)
					shown(items[0].Status, items[0].Verification)
					badge, err := service.Overview.FindPactStatus(t.Context(), kernel.PactQuery{Consumer: p.Name("Foo"), Provider: p.Name("Bar"), Latest: true})
					require.NoError(t, err)
					shown(badge.Status, badge.Verification)
					require.Equal(t, tt.badge, badge.Line)
				})
			}
		})
	}
}

func TestTheDashboardTellsOfHeadTagsOnly(t *testing.T) {
	t.Parallel()
	s := usecasetest.NewService(t)
	published, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Foo", "1", "main", "Bar"))
	require.NoError(t, err)
	_, err = s.Result.RecordVerification(t.Context(), result.VerificationInput{Consumer: "Foo", Provider: "Bar",
		SHA: published.Contracts[0].SHA, ProviderVersion: "9", Success: true})
	require.NoError(t, err)
	for _, at := range [][2]string{{"9", "zeta"}, {"9", "old"}, {"9", "alpha"}, {"10", "old"}} {
		_, _, err := s.Registry.PutTag(t.Context(), "Bar", at[0], at[1])
		require.NoError(t, err)
	}

	items, err := s.Overview.Dashboard(t.Context(), overview.DashboardQuery{})

	require.NoError(t, err)
	var tags []string
	for _, tag := range items[0].ProviderTags {
		tags = append(tags, tag.Name)
	}
	require.Equal(t, []string{"alpha", "zeta"}, tags)
}

func TestPagesOfTheDashboardFillWithTheNewestVersionsOfAConsumer(t *testing.T) {
	t.Parallel()
	s := usecasetest.NewService(t)
	for _, published := range [][2]string{{"1", "alpha"}, {"2", "Beta"}, {"3", "Zulu"}} {
		_, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("foo", published[0], "main", published[1]))
		require.NoError(t, err)
	}
	_, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Goo", "4", "main", "alpha"))
	require.NoError(t, err)
	for number, want := range []string{"foo 3 Zulu", "foo 2 Beta", "foo 1 alpha", "Goo 4 alpha"} {
		items, err := s.Overview.Dashboard(t.Context(), overview.DashboardQuery{Page: kernel.Page{Number: number + 1, Size: 1}})
		require.NoError(t, err)
		require.Len(t, items, 1)
		p := items[0].Pact
		require.Equal(t, want, p.Consumer.Name+" "+p.ConsumerVersion.Number+" "+p.Provider.Name)
	}
}
