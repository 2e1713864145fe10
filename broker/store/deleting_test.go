package store_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/store"
	"github.com/treatyhq/treaty/broker/store/storetest"
)

// crowd publishes a version with that many pacts and tags.
func crowd(t *testing.T, s *broker.Service, number string, pacts, tags int) {
	t.Helper()
	for from := 0; from < pacts; from += 300 {
		in := broker.ContractsPublication{Pacticipant: "Shop", VersionNumber: number, Branch: "main"}
		for i := from; i < min(from+300, pacts); i++ {
			provider := fmt.Sprintf("Provider %d", i)
			in.Contracts = append(in.Contracts, broker.ContractDocument{Consumer: "Shop", Provider: provider, Content: fmt.Appendf(nil,
				`{"consumer":{"name":"Shop"},"provider":{"name":%q},"interactions":[{"description":%q,"request":{"method":"GET","path":"/"},"response":{"status":200}}]}`, provider, number)})
		}
		_, err := s.PublishContracts(t.Context(), in)
		require.NoError(t, err)
	}
	step := max(30_000/pacts, 1)
	for from := 0; from < tags; from += step {
		in := broker.VersionChange{Pacticipant: "Shop", Number: number, TagsGiven: true}
		for i := range min(from+step, tags) {
			in.Tags = append(in.Tags, fmt.Sprintf("tag %d", i))
		}
		_, _, err := s.UpdateVersion(t.Context(), in)
		require.NoError(t, err)
	}
}

// TestADeletedVersionTakesSmallTransactions holds that tags do not multiply the
// statements of pacts, that no transaction writes more rows than it should, and
// that the tags are those of the version before afterwards.
func TestADeletedVersionTakesSmallTransactions(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			statements := map[[2]int]int{}
			for _, size := range [][2]int{{2, 3}, {60, 3}, {2, 100}, {60, 400}} {
				db := open(t, store.Options{})
				settings := broker.DefaultSettings()
				settings.CheckSimilarNames = false
				n := 0
				s := broker.New(store.Recording(db, func(string, []any) { n++ }), settings)
				for _, number := range []string{"1", "2"} {
					crowd(t, s, number, size[0], size[1])
				}
				n = 0
				require.NoError(t, s.DeleteVersion(t.Context(), "Shop", "2"))
				statements[size] = n
				storetest.Sound(t, db)
				tagged, err := s.FindPact(t.Context(), broker.PactQuery{Consumer: "Shop", Provider: "Provider 1", Tag: "tag 1"})
				require.NoError(t, err)
				require.Equal(t, "1", tagged.ConsumerVersion.Number)
				require.NoError(t, s.DeleteVersion(t.Context(), "Shop", "1"))
				storetest.Sound(t, db)
				_, err = s.FindPact(t.Context(), broker.PactQuery{Consumer: "Shop", Provider: "Provider 1", Tag: "tag 1"})
				require.True(t, broker.IsNotFound(err))
			}
			small := statements[[2]int{2, 3}]
			require.Less(t, small, 30)
			require.Equal(t, small, statements[[2]int{60, 3}], "pacts")
			require.Equal(t, small, statements[[2]int{2, 100}], "tags")
			require.Greater(t, statements[[2]int{60, 400}], small+5, "24,000 rows are not of one transaction")
			require.Less(t, statements[[2]int{60, 400}], 4*small)
		})
	}
}

func TestHowLongDeletingTakes(t *testing.T) {
	pacts, err := strconv.Atoi(os.Getenv("TREATY_DELETE_PACTS"))
	if err != nil {
		t.Skip("set TREATY_DELETE_PACTS to a number, such as 3000, to measure")
	}
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			db := open(t, store.Options{Synchronous: "NORMAL"})
			settings := broker.DefaultSettings()
			settings.CheckSimilarNames = false
			n := 0
			s := broker.New(store.Recording(db, func(string, []any) { n++ }), settings)
			for _, number := range []string{"1", "2"} {
				crowd(t, s, number, pacts, 500)
			}
			for _, number := range []string{"2", "1"} {
				n = 0
				started := time.Now()
				err := s.DeleteVersion(t.Context(), "Shop", number)
				t.Logf("%s: version %s of %d pacts and 500 tags: %v, %d statements, %v", name, number, pacts, time.Since(started), n, err)
			}
		})
	}
}
