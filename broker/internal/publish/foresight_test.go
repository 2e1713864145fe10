package publish_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
	"github.com/treatyhq/treaty/internal/chance"
)

// TestManyClientsLeaveWhatOneWould lets several clients publish, verify, tag and
// deploy the same few versions in a random order, so that what one of them has
// asked ahead is made by another. In the end everything that was acknowledged is
// there, and every derived row is what history says.
func TestManyClientsLeaveWhatOneWould(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		for _, bySemver := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/by semantic version %t", name, bySemver), func(t *testing.T) {
				t.Parallel()
				manyClients(t, open(t, store.Options{OrderBySemver: bySemver}))
			})
		}
	}
}

func manyClients(t *testing.T, db *store.Store) {
	t.Helper()
	s := usecase.New(db, kernel.DefaultSettings())
	seed := chance.Seed(t, 0)
	var all sync.WaitGroup
	var mu sync.Mutex
	published := map[string]bool{}
	for client := range 6 {
		r := rand.New(rand.NewPCG(seed, uint64(client)))
		all.Go(func() {
			for range 25 {
				number, branch := fmt.Sprint(r.IntN(30)), []string{"main", "dev", "feature"}[r.IntN(3)]
				provider := []string{"A", "B", "C"}[r.IntN(3)]
				var err error
				switch n := r.IntN(10); {
				case n < 5:
					in := usecasetest.Contracts("Foo", number, branch, provider)
					in.Tags = [][]string{nil, {"prod"}, {"test", "prod"}}[r.IntN(3)]
					if _, err = s.Publish.PublishContracts(t.Context(), in); err == nil {
						mu.Lock()
						published[number+" "+provider] = true
						mu.Unlock()
					}
				case n < 8:
					var pact kernel.Pact
					pact, err = s.Publish.FindPact(t.Context(), kernel.PactQuery{Consumer: "Foo", Provider: provider})
					if err == nil {
						_, err = s.Result.RecordVerification(t.Context(), result.VerificationInput{
							Consumer: "Foo", Provider: provider, SHA: pact.SHA, Success: r.IntN(2) == 0, ProviderVersion: number,
						})
					}
					err = kernel.IgnoreNotFound(err)
				case n < 9:
					_, _, err = s.Registry.PutTag(t.Context(), provider, number, "prod")
				default:
					_, _, err = s.Registry.PutBranchVersion(t.Context(), provider, branch, number)
				}
				if err != nil {
					t.Errorf("seed %d: %v", seed, err)
					return
				}
			}
		})
	}
	all.Wait()
	storetest.Sound(t, db)
	for _, provider := range []string{"A", "B", "C"} {
		for number := range 30 {
			_, err := s.Publish.FindPact(t.Context(), kernel.PactQuery{Consumer: "Foo", Provider: provider, Version: fmt.Sprint(number)})
			require.Equal(t, published[fmt.Sprint(number, " ", provider)], err == nil, "the pact of %d with %s: %v", number, provider, err)
		}
	}
}
