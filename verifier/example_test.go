package verifier_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/pact-foundation/pact-go/v2/models"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/verifier"
)

func ExampleVerify() {
	pact, err := contract.Decode([]byte(`{
		"consumer": {"name": "storefront"}, "provider": {"name": "catalog"},
		"interactions": [{
			"description": "a request for tea",
			"request": {"method": "GET", "path": "/tea"},
			"response": {"status": 200, "body": {"price": 12.5}}
		}]
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	catalog := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"price": "12.50"}`)
	})
	report, err := verifier.Verify(context.Background(), verifier.Options{
		Handler: catalog,
		Pacts:   []*contract.Pact{pact},
	})
	if err != nil {
		fmt.Println(err) // it could not be verified at all
		return
	}
	mismatch := report.Pacts[0].Interactions[0].Mismatches[0]
	fmt.Println(report.Summary())
	fmt.Println(mismatch.Path, "expected", mismatch.Expected, "actual", mismatch.Actual)
	fmt.Println("broken contract:", errors.Is(report.Err(), verifier.ErrContractBroken))
	// Output:
	// catalog against 1 pact: 1 interaction, 0 passed, 1 failed
	// $.price expected 12.5 actual "12.50"
	// broken contract: true
}

// catalog is the provider's handler.
var catalog http.Handler

// A provider's test verifies the pacts that a broker has for it, in process: a
// subtest for each interaction.
func ExampleVerifier_VerifyProvider() {
	testPacts := func(t *testing.T) {
		err := verifier.NewVerifier().VerifyProvider(t, verifier.VerifyRequest{
			Provider:        "catalog",
			Handler:         catalog,
			ProviderVersion: "5d1f2c9",
			ProviderBranch:  "main",
			BrokerURL:       "https://broker.example.com",
			StateHandlers: models.StateHandlers{
				"tea is there": func(setup bool, _ models.ProviderState) (models.ProviderStateResponse, error) {
					return nil, nil // make the data that the state speaks of, or remove it
				},
			},
			RequireEveryState:          true,
			PublishVerificationResults: true,
		})
		if errors.Is(err, verifier.ErrVerifierFailedToRun) {
			t.Log("nobody knows whether the pacts are kept")
		}
	}
	_ = testPacts // func TestPacts(t *testing.T)
}
