package generate_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/generate"
)

// A verifier sends the id that the provider's state made, in place of the example.
func ExampleRequest() {
	pact, err := contract.Decode([]byte(`{
		"consumer": {"name": "storefront"}, "provider": {"name": "catalog"},
		"interactions": [{
			"description": "a request for a product",
			"request": {"method": "GET", "path": "/products/10", "generators": {
				"path": {"type": "ProviderState", "expression": "/products/${id}"}
			}},
			"response": {"status": 200}
		}],
		"metadata": {"pactSpecification": {"version": "3.0.0"}}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	request := pact.Interactions[0].(*contract.HTTP).Request
	filled, err := generate.Request(request, generate.Context{Mode: generate.Provider, StateValues: map[string]any{"id": 4711}})
	if err != nil {
		fmt.Println(err) // a *generate.Error names the place
		return
	}
	fmt.Println(request.Path, "→", filled.Path)
	// Output: /products/10 → /products/4711
}

// A mock server answers with the time of day and random values. Who gives a clock
// and a source gets the same again.
func ExampleResponse() {
	pact, err := contract.Decode([]byte(`{
		"consumer": {"name": "storefront"}, "provider": {"name": "catalog"},
		"interactions": [{
			"description": "a request for a delivery",
			"request": {"method": "GET", "path": "/delivery"},
			"response": {"status": 200, "body": {"on": "2020-01-01", "track": "A1"}, "generators": {"body": {
				"$.on": {"type": "Date", "format": "yyyy-MM-dd", "expression": "tomorrow"},
				"$.track": {"type": "RandomHexadecimal", "digits": 6}
			}}}
		}],
		"metadata": {"pactSpecification": {"version": "3.0.0"}}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	response := pact.Interactions[0].(*contract.HTTP).Response
	for range 2 {
		filled, err := generate.Response(response, generate.Context{
			Now:  func() time.Time { return time.Date(2026, time.February, 28, 12, 0, 0, 0, time.UTC) },
			Rand: rand.New(rand.NewPCG(1, 2)),
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(string(filled.Body.Content))
	}
	// Output:
	// {"on":"2026-03-01","track":"0C8A0C"}
	// {"on":"2026-03-01","track":"0C8A0C"}
}
