package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

// statementsOf counts the statements of publishing contracts with tags, for a
// version that is new and then once more with other content for the next. Webhooks
// wait for the events.
func statementsOf(t *testing.T, open storetest.Opener, contracts, tags, webhooks int) int {
	t.Helper()
	db := open(t, store.Options{})
	n := 0
	settings := kernel.DefaultSettings()
	settings.CheckSimilarNames = false
	s := usecase.New(store.Recording(db, func(string, []any) { n++ }), settings)
	for range webhooks {
		_, err := s.Webhook.CreateWebhook(t.Context(), kernel.Webhook{
			Enabled: true, Events: webhook.EventNames(), Request: kernel.WebhookRequest{Method: "POST", URL: "https://ci.example.org/build"},
		})
		require.NoError(t, err)
	}
	n = 0
	for _, number := range []string{"1", "2"} {
		in := publish.ContractsPublication{Pacticipant: "Shop", VersionNumber: number, Branch: "main"}
		for i := range tags {
			in.Tags = append(in.Tags, fmt.Sprintf("tag %d", i))
		}
		for i := range contracts {
			provider := fmt.Sprintf("Provider %d", i)
			in.Contracts = append(in.Contracts, publish.ContractDocument{Consumer: "Shop", Provider: provider, Content: fmt.Appendf(nil,
				`{"consumer":{"name":"Shop"},"provider":{"name":%q},"interactions":[{"description":%q,"request":{"method":"GET","path":"/"},"response":{"status":200}}]}`, provider, number)})
		}
		_, err := s.Publish.PublishContracts(t.Context(), in)
		require.NoError(t, err)
	}
	storetest.Sound(t, db)
	return n
}

// TestThePublicationOfManyIsNoProduct holds that neither tags nor contracts
// multiply the other's statements.
func TestThePublicationOfManyIsNoProduct(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := statementsOf(t, open, 1, 2, 0) // with two, others are kept from another order
			require.LessOrEqual(t, statementsOf(t, open, 1, 100, 0), one, "a hundred tags take as many statements as two")
			ten := statementsOf(t, open, 10, 2, 0)
			require.LessOrEqual(t, ten, 10*one, "each contract takes no more than alone")
			require.LessOrEqual(t, statementsOf(t, open, 10, 100, 0), ten, "tags do not multiply")
			require.LessOrEqual(t, statementsOf(t, open, 100, 10, 0), 100*one)
		})
	}
}

// TestWebhooksTakeAStatementForEachPact holds that neither the number of webhooks nor
// that of the events that they wait for multiplies statements.
func TestWebhooksTakeAStatementForEachPact(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const versions, pacts = 2, 100
			without, with := statementsOf(t, open, pacts, 0, 0), statementsOf(t, open, pacts, 0, 1)
			require.LessOrEqual(t, with-without, versions*(pacts+1), "a look-up for each pact, and one for all that fires")
			require.Equal(t, with, statementsOf(t, open, pacts, 0, 7))
		})
	}
}

func TestTagsAddedTogetherAreAsThoseAddedOneByOne(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			names := []string{"z", "dev", "a \"quoted\" one", "ünd"}
			var lists [2][]kernel.Tag
			for i := range lists {
				db := open(t, store.Options{})
				s := usecase.New(db, kernel.DefaultSettings())
				for _, number := range []string{"1", "2"} {
					in := registry.VersionChange{Pacticipant: "Foo", Number: number, TagsGiven: true, Tags: names}
					if i == 1 {
						in.Tags = nil
					}
					_, _, err := s.Registry.UpdateVersion(t.Context(), in)
					require.NoError(t, err)
					for _, tag := range names[:len(names)*i] {
						_, _, err := s.Registry.PutTag(t.Context(), "Foo", number, tag)
						require.NoError(t, err)
					}
				}
				v, err := s.Registry.FindVersion(t.Context(), "Foo", "2")
				require.NoError(t, err)
				for _, tag := range v.Tags {
					tag.CreatedAt = v.CreatedAt
					lists[i] = append(lists[i], tag)
				}
				v, err = s.Registry.FindVersion(t.Context(), "Foo", "1")
				require.NoError(t, err)
				require.False(t, v.Tags[0].Latest)
				storetest.Sound(t, db)
			}
			require.Len(t, lists[0], len(names))
			for j, tag := range lists[0] {
				require.Equal(t, names[j], tag.Name, "in the order given")
				require.True(t, tag.Latest)
				require.Equal(t, lists[1][j].Name, tag.Name)
			}
		})
	}
}
