package store_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// crowd publishes a version with that many pacts and tags.
func crowd(t *testing.T, s *usecase.All, number string, pacts, tags int) {
	t.Helper()
	for from := 0; from < pacts; from += 300 {
		in := publish.ContractsPublication{Pacticipant: "Shop", VersionNumber: number, Branch: "main"}
		for i := from; i < min(from+300, pacts); i++ {
			provider := fmt.Sprintf("Provider %d", i)
			in.Contracts = append(in.Contracts, publish.ContractDocument{Consumer: "Shop", Provider: provider, Content: fmt.Appendf(nil,
				`{"consumer":{"name":"Shop"},"provider":{"name":%q},"interactions":[{"description":%q,"request":{"method":"GET","path":"/"},"response":{"status":200}}]}`, provider, number)})
		}
		_, err := s.Publish.PublishContracts(t.Context(), in)
		require.NoError(t, err)
	}
	for from := 0; from < tags; from += 10 {
		in := registry.VersionChange{Pacticipant: "Shop", Number: number, TagsGiven: true}
		for i := range min(from+10, tags) {
			in.Tags = append(in.Tags, fmt.Sprintf("tag %d", i))
		}
		_, _, err := s.Registry.UpdateVersion(t.Context(), in)
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
			settings := kernel.DefaultSettings()
			settings.CheckSimilarNames = false
			n := 0
			s := usecase.New(store.Recording(db, func(string, []any) { n++ }), settings)
			for _, number := range []string{"1", "2"} {
				crowd(t, s, number, pacts, 500)
			}
			for _, number := range []string{"2", "1"} {
				n = 0
				started := time.Now()
				err := s.Registry.DeleteVersion(t.Context(), "Shop", number)
				t.Logf("%s: version %s of %d pacts and 500 tags: %v, %d statements, %v", name, number, pacts, time.Since(started), n, err)
			}
		})
	}
}
