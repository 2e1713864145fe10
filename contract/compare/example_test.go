package compare_test

import (
	"fmt"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/compare"
)

// What does the new pact ask of the provider that the old one did not?
func ExamplePacts() {
	read := func(interactions string) *contract.Pact {
		pact, err := contract.Decode([]byte(`{"consumer": {"name": "storefront"}, "provider": {"name": "catalog"},
			"interactions": [` + interactions + `], "metadata": {"pactSpecification": {"version": "3.0.0"}}}`))
		if err != nil {
			panic(err)
		}
		return pact
	}
	before := read(`
		{"description": "a request for tea", "request": {"method": "GET", "path": "/tea"}, "response": {"status": 200, "body": {"price": 3}}},
		{"description": "a request for coffee", "request": {"method": "GET", "path": "/coffee"}, "response": {"status": 200}}`)
	after := read(`
		{"description": "a request for tea", "request": {"method": "GET", "path": "/tea"}, "response": {"status": 200, "body": {"price": 3, "stock": 12}}},
		{"description": "a request for milk", "request": {"method": "GET", "path": "/milk"}, "response": {"status": 200}}`)

	for _, change := range compare.Pacts(before, after) {
		fmt.Println(change.Breaking(), "-", change)
	}
	// Output:
	// true - tightened: "a request for tea" response body $.stock: 12
	// true - added: "a request for milk": GET /milk answers 200
	// false - removed: "a request for coffee": was GET /coffee answers 200
}
