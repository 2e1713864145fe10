package catalog_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/pact-foundation/pact-go/v2/models"

	"github.com/treatyhq/treaty/examples/catalog/catalog"
	"github.com/treatyhq/treaty/verifier"
)

// TestCatalogKeepsItsPacts is the catalog's side of the contract: it plays
// every interaction of every consumer against the real service.
//
// With PACT_BROKER_BASE_URL it asks the broker for the pacts of the consumers'
// main branches and of all that is deployed, and publishes the results if
// PACT_PROVIDER_VERSION is set; PACT_PROVIDER_BRANCH is the branch. Without a
// broker it takes the pacts from ../pacts. CATALOG_RELEASE chooses the release
// of the service.
func TestCatalogKeepsItsPacts(t *testing.T) {
	store, err := catalog.OpenStore("")
	if err != nil {
		t.Fatal(err)
	}
	release, err := catalog.ParseRelease(os.Getenv("CATALOG_RELEASE"))
	if err != nil {
		t.Fatal(err)
	}
	request := verifier.VerifyRequest{
		Provider:          "catalog",
		Handler:           catalog.Handler(store, release),
		StateHandlers:     states(store),
		RequireEveryState: true,
	}
	if broker := os.Getenv("PACT_BROKER_BASE_URL"); broker != "" {
		request.BrokerURL = broker
		request.ProviderVersion = os.Getenv("PACT_PROVIDER_VERSION")
		request.ProviderBranch = os.Getenv("PACT_PROVIDER_BRANCH")
		request.BuildURL = os.Getenv("PACT_PROVIDER_BUILD_URL")
		request.PublishVerificationResults = request.ProviderVersion != ""
		request.FailIfNoPactsFound = true
		request.ConsumerVersionSelectors = []verifier.Selector{
			&verifier.ConsumerVersionSelector{MainBranch: true},
			&verifier.ConsumerVersionSelector{DeployedOrReleased: true},
		}
	} else {
		request.PactDirs = []string{"../pacts"}
	}
	// A broken contract has failed a subtest with all there is to say.
	_ = verifier.NewVerifier().VerifyProvider(t, request)
}

// states bring the service into the states that its consumers ask for.
func states(store *catalog.Store) models.StateHandlers {
	// on makes a handler of a function that only sets up, from an empty store.
	on := func(setUp func(models.ProviderState) error) models.StateHandler {
		return func(setup bool, s models.ProviderState) (models.ProviderStateResponse, error) {
			store.Reset()
			if !setup {
				return nil, nil
			}
			return nil, setUp(s)
		}
	}
	return models.StateHandlers{
		"the catalog has lamps": on(func(s models.ProviderState) error {
			for n := range number(s, "count") {
				if err := store.Put(catalog.Product{ID: 10 + n, Name: "Lamp", Category: "lamps", Cents: 3999 + n, Tags: []string{"office"}, Stock: n}); err != nil {
					return err
				}
			}
			return nil
		}),
		"product exists": on(func(s models.ProviderState) error {
			return store.Put(catalog.Product{ID: number(s, "id"), Name: "Desk lamp", Category: "lamps", Cents: 3999, Tags: []string{"office"}, Stock: number(s, "stock")})
		}),
		"product does not exist": on(func(models.ProviderState) error { return nil }),
		"reservation exists": on(func(s models.ProviderState) error {
			return store.PutReservation(catalog.Reservation{ID: fmt.Sprint(s.Parameters["id"]), ProductID: 10, Quantity: 1, Until: time.Now().Add(time.Minute)})
		}),
	}
}

// number reads a parameter of a state, in any of the forms JSON numbers have.
func number(s models.ProviderState, name string) int {
	switch v := s.Parameters[name].(type) {
	case json.Number:
		n, _ := v.Int64()
		return int(n)
	case float64:
		return int(v)
	case int:
		return v
	default:
		return 0
	}
}
