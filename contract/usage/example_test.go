package usage_test

import (
	"fmt"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/usage"
)

func ExampleOf() {
	pact, err := contract.Decode([]byte(`{
		"consumer": {"name": "storefront"}, "provider": {"name": "catalog"},
		"interactions": [{
			"description": "a product",
			"request": {"method": "GET", "path": "/products/10"},
			"response": {"status": 200, "body": {"id": 10, "price": 3999}}
		}]
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	uses, _ := usage.Of(pact)
	for _, u := range uses {
		if u.Part == usage.ResponseBody {
			fmt.Println(u.Endpoint(), u.Name)
		}
	}
	// Output:
	// GET /products/{} $.id
	// GET /products/{} $.price
}
