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
	for from := 0; from < tags; from += 10 {
		in := broker.VersionChange{Pacticipant: "Shop", Number: number, TagsGiven: true}
		for i := range min(from+10, tags) {
			in.Tags = append(in.Tags, fmt.Sprintf("tag %d", i))
		}
		_, _, err := s.UpdateVersion(t.Context(), in)
		require.NoError(t, err)
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
