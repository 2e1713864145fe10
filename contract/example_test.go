package contract_test

import (
	"fmt"
	"os"

	"github.com/treatyhq/treaty/contract"
)

// Reading upgrades a file of any version to one model.
func ExampleDecode() {
	pact, err := contract.Decode([]byte(`{
		"consumer": {"name": "storefront"},
		"provider": {"name": "catalog"},
		"interactions": [{
			"description": "a request for tea",
			"providerState": "tea is there",
			"request": {"method": "get", "path": "/products", "query": "kind=tea"},
			"response": {"status": 200, "body": {"stock": 3}, "matchingRules": {"$.body.stock": {"match": "type"}}}
		}],
		"metadata": {"pactSpecification": {"version": "2.0.0"}}
	}`))
	if err != nil {
		fmt.Println(err) // a *contract.FormatError names the place
		return
	}
	fmt.Println(pact.Consumer, "→", pact.Provider, pact.Version)
	for _, interaction := range pact.Interactions {
		fmt.Println(interaction.Kind(), "-", interaction.Base().Description, "-", interaction.Base().States[0].Name)
		if http, ok := interaction.(*contract.HTTP); ok {
			fmt.Println(http.Request.Method, http.Request.Path, http.Request.Query["kind"])
			fmt.Printf("%T\n", http.Response.Rules[contract.CategoryBody]["$.stock"].Rules[0])
		}
	}
	// Output:
	// storefront → catalog 2.0.0
	// Synchronous/HTTP - a request for tea - tea is there
	// GET /products [tea]
	// contract.TypeRule
}

// The identity of a pact is that of its content: names, layout and the order of
// its interactions do not count.
func ExampleDigest() {
	one, err := contract.Digest([]byte(`{"consumer": {"name": "a"}, "interactions": [{"description": "x"}, {"description": "y"}]}`))
	if err != nil {
		panic(err)
	}
	other, err := contract.Digest([]byte(`{"consumer":{"name":"b"},"interactions":[{"description":"y"},{"description":"x"}]}`))
	if err != nil {
		panic(err)
	}
	fmt.Println(one == other)
	// Output: true
}

// Writing takes the version of the file that is wanted: what V4 says around an
// exchange, such as that it is pending, has no place in V3.
func ExampleEncode() {
	pact := &contract.Pact{
		Consumer: "storefront", Provider: "catalog", Version: contract.V4,
		Interactions: []contract.Interaction{&contract.HTTP{
			Common:   contract.Common{Description: "a request for tea", Pending: true},
			Request:  contract.Request{Method: "GET", Path: "/tea"},
			Response: contract.Response{Status: 204},
		}},
	}
	text, err := contract.Encode(pact, contract.V3)
	if err != nil {
		fmt.Println(err) // a *contract.UnsupportedError says what V3 cannot hold
		return
	}
	_, _ = os.Stdout.Write(text)
	// Output:
	// {
	//   "consumer": {
	//     "name": "storefront"
	//   },
	//   "interactions": [
	//     {
	//       "description": "a request for tea",
	//       "request": {
	//         "method": "GET",
	//         "path": "/tea"
	//       },
	//       "response": {
	//         "status": 204
	//       }
	//     }
	//   ],
	//   "metadata": {
	//     "pactSpecification": {
	//       "version": "3.0.0"
	//     }
	//   },
	//   "provider": {
	//     "name": "catalog"
	//   }
	// }
}
