package verifier_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"

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
