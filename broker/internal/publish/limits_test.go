package publish_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/picking"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

func TestWhatIsTooMuchIsRefusedAndSaysTheLimit(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := kernel.DefaultSettings()
			settings.CheckSimilarNames = false
			settings.Limits = kernel.Limits{Contracts: 2, Tags: 3, Branches: 2, Selectors: 1}
			db := open(t, store.Options{})
			s := usecase.New(db, settings)
			publish := func(number, branch string, providers []string, tags ...string) error {
				in := usecasetest.Contracts("Foo", number, branch, providers...)
				in.Tags = tags
				_, err := s.Publish.PublishContracts(t.Context(), in)
				return err
			}
			putTag := func(tag string) error {
				_, _, err := s.Registry.PutTag(t.Context(), "Foo", "1", tag)
				return err
			}
			putBranch := func(branch string) error {
				_, _, err := s.Registry.PutBranchVersion(t.Context(), "Foo", branch, "1")
				return err
			}
			bar := []string{"Bar"}
			require.NoError(t, publish("1", "main", []string{"Bar", "Baz"}, "a", "b", "b", "a"))
			require.NoError(t, putTag("c"))
			require.NoError(t, putTag("c"), "what it has already is no more")
			require.NoError(t, putBranch("feature"))
			require.NoError(t, putBranch("main"))
			for _, refused := range []struct {
				field, limit string
				err          error
			}{
				{"contracts", "2 are the most", publish("2", "main", []string{"A", "B", "C"})},
				{"tags", "3 are the most", publish("2", "main", bar, "1", "2", "3", "4")},
				{"tags", "3 are the most", publish("1", "main", bar, "d")},
				{"tags", "3 are the most", putTag("d")},
				{"branch", "2 are the most", publish("1", "third", bar)},
				{"branch", "2 are the most", putBranch("third")},
				{"tags", "3 are the most", func() error {
					_, _, err := s.Registry.UpdateVersion(t.Context(), registry.VersionChange{Pacticipant: "Foo", Number: "3", TagsGiven: true, Tags: []string{"1", "2", "3", "4"}})
					return err
				}()},
				{"consumerVersionSelectors", "1 are the most", func() error {
					_, err := s.Picking.PactsForVerification(t.Context(), picking.PactsForVerificationQuery{Provider: "Bar", Selectors: make([]picking.ConsumerVersionSelector, 2)})
					return err
				}()},
				{"providerVersionTags", "3 are the most", func() error {
					_, err := s.Picking.PactsForVerification(t.Context(), picking.PactsForVerificationQuery{Provider: "Bar", ProviderTags: make([]string, 4)})
					return err
				}()},
			} {
				var known *kernel.Error
				require.ErrorAs(t, refused.err, &known, refused.field)
				require.Equal(t, kernel.CodeUnprocessable, known.Code)
				require.Contains(t, fmt.Sprint(known.Fields[refused.field]), refused.limit)
			}
			for _, number := range []string{"2", "3"} {
				_, err := s.Registry.FindVersion(t.Context(), "Foo", number)
				require.True(t, kernel.IsNotFound(err), number)
			}
			storetest.Sound(t, db)

			settings.Limits = kernel.Limits{}
			s = usecase.New(db, settings)
			require.NoError(t, publish("4", "main", []string{"A", "B", "C"}, "1", "2", "3", "4"), "0 is no limit")
		})
	}
}

// TestAVersionKeepsTheTagsItHas: a limit may come after the tags.
func TestAVersionKeepsTheTagsItHas(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, store.Options{})
			settings := kernel.DefaultSettings()
			settings.Limits = kernel.Limits{}
			old := usecase.New(db, settings)
			many := usecasetest.Contracts("Foo", "1", "main", "Bar")
			for i := range 20 {
				many.Tags = append(many.Tags, fmt.Sprint("t", i))
			}
			_, err := old.Publish.PublishContracts(t.Context(), many)
			require.NoError(t, err)

			settings.Limits.Tags = 3
			s := usecase.New(db, settings)
			_, err = s.Publish.PublishContracts(t.Context(), many)
			require.NoError(t, err, "it is published again")
			_, _, err = s.Registry.PutTag(t.Context(), "Foo", "1", "t7")
			require.NoError(t, err)
			change := registry.VersionChange{Pacticipant: "Foo", Number: "1", TagsGiven: true, Tags: many.Tags}
			_, _, err = s.Registry.UpdateVersion(t.Context(), change)
			require.NoError(t, err)
			change.Tags = many.Tags[:10]
			_, _, err = s.Registry.UpdateVersion(t.Context(), change)
			require.NoError(t, err, "it may lose some and still have too many")
			require.NoError(t, s.Registry.DeleteTag(t.Context(), "Foo", "1", "t0"))
			_, _, err = s.Registry.PutTag(t.Context(), "Foo", "1", "another")
			require.Equal(t, kernel.CodeUnprocessable, kernel.CodeOf(err))
			change.Tags = append(change.Tags, "another")
			_, _, err = s.Registry.UpdateVersion(t.Context(), change)
			require.Equal(t, kernel.CodeUnprocessable, kernel.CodeOf(err))
			v, err := s.Registry.FindVersion(t.Context(), "Foo", "1")
			require.NoError(t, err)
			require.Len(t, v.Tags, 9, "what is refused changes nothing")
			require.NoError(t, s.Registry.DeleteVersion(t.Context(), "Foo", "1"))
			storetest.Sound(t, db)
		})
	}
}

func TestPactsTimesTagsAreLimited(t *testing.T) {
	t.Parallel()
	s := usecase.New(storetest.SQLite(t, store.Options{}), kernel.DefaultSettings())
	in := publicationOf("1", "")
	for i := range 300 {
		provider := fmt.Sprint("Bar", i)
		in.Contracts = append(in.Contracts, publish.ContractDocument{Consumer: "Foo", Provider: provider, Content: usecasetest.PactText("Foo", provider, "a")})
	}
	for i := range 101 {
		in.Tags = append(in.Tags, fmt.Sprint("t", i))
	}
	_, err := s.Publish.PublishContracts(t.Context(), in)
	var known *kernel.Error
	require.ErrorAs(t, err, &known)
	require.Contains(t, fmt.Sprint(known.Fields["tags"]), "in several requests")
	in.Tags = in.Tags[:100]
	_, err = s.Publish.PublishContracts(t.Context(), in)
	require.NoError(t, err)
}
