package show_test

import (
	"fmt"
	"os"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/show"
)

// A pact as people read it.
func ExampleWrite() {
	pact, err := contract.Decode([]byte(`{
		"consumer": {"name": "storefront"}, "provider": {"name": "catalog"},
		"interactions": [{
			"description": "a request for tea",
			"providerStates": [{"name": "tea is there"}],
			"request": {"method": "GET", "path": "/products", "query": {"kind": ["tea"]}},
			"response": {"status": 200, "body": {"stock": 3}, "matchingRules": {
				"body": {"$.stock": {"matchers": [{"match": "integer"}]}}
			}}
		}],
		"metadata": {"pactSpecification": {"version": "3.0.0"}}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := show.Write(os.Stdout, pact); err != nil {
		fmt.Println(err)
	}
	// Output:
	// storefront -> catalog
	// 1 interaction, specification version 3.0.0
	//
	// 1. a request for tea
	//   given tea is there
	//   GET /products?kind=tea
	//   answers 200
	//     body (application/json, 11 bytes)
	//       {
	//         "stock": 3
	//       }
	//     accepts
	//       $.stock: a whole number
}
