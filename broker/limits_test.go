package broker_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/store"
	"github.com/treatyhq/treaty/broker/store/storetest"
)

func TestWhatIsTooMuchIsRefusedAndSaysTheLimit(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := broker.DefaultSettings()
			settings.CheckSimilarNames = false
			settings.Limits = broker.Limits{Contracts: 2, Tags: 3, Branches: 2, Selectors: 1}
			db := open(t, store.Options{})
			s := broker.New(db, settings)
			publish := func(number, branch string, providers []string, tags ...string) error {
				in := contracts("Foo", number, branch, providers...)
				in.Tags = tags
				_, err := s.PublishContracts(t.Context(), in)
				return err
			}
			putTag := func(tag string) error {
				_, _, err := s.PutTag(t.Context(), "Foo", "1", tag)
				return err
			}
			putBranch := func(branch string) error {
				_, _, err := s.PutBranchVersion(t.Context(), "Foo", branch, "1")
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
					_, _, err := s.UpdateVersion(t.Context(), broker.VersionChange{Pacticipant: "Foo", Number: "3", TagsGiven: true, Tags: []string{"1", "2", "3", "4"}})
					return err
				}()},
				{"consumerVersionSelectors", "1 are the most", func() error {
					_, err := s.PactsForVerification(t.Context(), broker.PactsForVerificationQuery{Provider: "Bar", Selectors: make([]broker.ConsumerVersionSelector, 2)})
					return err
				}()},
				{"providerVersionTags", "3 are the most", func() error {
					_, err := s.PactsForVerification(t.Context(), broker.PactsForVerificationQuery{Provider: "Bar", ProviderTags: make([]string, 4)})
					return err
				}()},
			} {
				var known *broker.Error
				require.ErrorAs(t, refused.err, &known, refused.field)
				require.Equal(t, broker.CodeInvalid, known.Code)
				require.Contains(t, fmt.Sprint(known.Fields[refused.field]), refused.limit)
			}
			for _, number := range []string{"2", "3"} {
				_, err := s.FindVersion(t.Context(), "Foo", number)
				require.True(t, broker.IsNotFound(err), number)
			}
			storetest.Sound(t, db)

			settings.Limits = broker.Limits{}
			s = broker.New(db, settings)
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
			settings := broker.DefaultSettings()
			settings.Limits = broker.Limits{}
			old := broker.New(db, settings)
			many := contracts("Foo", "1", "main", "Bar")
			for i := range 20 {
				many.Tags = append(many.Tags, fmt.Sprint("t", i))
			}
			_, err := old.PublishContracts(t.Context(), many)
			require.NoError(t, err)

			settings.Limits.Tags = 3
			s := broker.New(db, settings)
			_, err = s.PublishContracts(t.Context(), many)
			require.NoError(t, err, "it is published again")
			_, _, err = s.PutTag(t.Context(), "Foo", "1", "t7")
			require.NoError(t, err)
			change := broker.VersionChange{Pacticipant: "Foo", Number: "1", TagsGiven: true, Tags: many.Tags}
			_, _, err = s.UpdateVersion(t.Context(), change)
			require.NoError(t, err)
			change.Tags = many.Tags[:10]
			_, _, err = s.UpdateVersion(t.Context(), change)
			require.NoError(t, err, "it may lose some and still have too many")
			require.NoError(t, s.DeleteTag(t.Context(), "Foo", "1", "t0"))
			_, _, err = s.PutTag(t.Context(), "Foo", "1", "another")
			require.Equal(t, broker.CodeInvalid, broker.CodeOf(err))
			change.Tags = append(change.Tags, "another")
			_, _, err = s.UpdateVersion(t.Context(), change)
			require.Equal(t, broker.CodeInvalid, broker.CodeOf(err))
			v, err := s.FindVersion(t.Context(), "Foo", "1")
			require.NoError(t, err)
			require.Len(t, v.Tags, 9, "what is refused changes nothing")
			require.NoError(t, s.DeleteVersion(t.Context(), "Foo", "1"))
			storetest.Sound(t, db)
		})
	}
}

func TestPactsTimesTagsAreLimited(t *testing.T) {
	t.Parallel()
	s := broker.New(storetest.SQLite(t, store.Options{}), broker.DefaultSettings())
	in := publicationOf("1", "")
	for i := range 300 {
		provider := fmt.Sprint("Bar", i)
		in.Contracts = append(in.Contracts, broker.ContractDocument{Consumer: "Foo", Provider: provider, Content: pactText("Foo", provider, "a")})
	}
	for i := range 101 {
		in.Tags = append(in.Tags, fmt.Sprint("t", i))
	}
	_, err := s.PublishContracts(t.Context(), in)
	var known *broker.Error
	require.ErrorAs(t, err, &known)
	require.Contains(t, fmt.Sprint(known.Fields["tags"]), "in several requests")
	in.Tags = in.Tags[:100]
	_, err = s.PublishContracts(t.Context(), in)
	require.NoError(t, err)
}
