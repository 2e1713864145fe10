package dsl_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl"
)

// printing stands for the *testing.T of a test.
type printing struct{}

func (printing) Helper() {}

func (printing) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// price is the consumer's code: it asks the catalog what a product costs.
func price(base string, product int) (float64, error) {
	response, err := http.Get(fmt.Sprintf("%s/products/%d", base, product))
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var answer struct{ Price float64 }
	err = json.NewDecoder(response.Body).Decode(&answer)
	return answer.Price, err
}

// A consumer's test says what the consumer asks and needs, runs the consumer's
// own code against a mock provider, and leaves a pact file for the provider.
func Example() {
	dir, err := os.MkdirTemp("", "pacts")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	t := printing{} // in a test, its *testing.T

	pact, err := dsl.NewV4Pact(dsl.MockHTTPProviderConfig{Consumer: "storefront", Provider: "catalog", PactDir: dir})
	if err != nil {
		panic(err)
	}
	err = pact.AddInteraction().
		Given("product 10 exists").
		UponReceiving("a request for product 10").
		WithRequest("GET", "/products/10").
		WillRespondWith(200, func(b *dsl.V4ResponseBuilder) {
			b.JSONBody(matchers.Map{"price": matchers.Decimal(12.5)})
		}).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			got, err := price(fmt.Sprintf("http://%s:%d", server.Host, server.Port), 10)
			fmt.Println("price:", got)
			return err
		})
	if err != nil {
		panic(err)
	}

	file, err := os.ReadFile(filepath.Join(dir, "storefront-catalog.json"))
	if err != nil {
		panic(err)
	}
	written, err := contract.Decode(file)
	if err != nil {
		panic(err)
	}
	for _, interaction := range written.Interactions {
		fmt.Println("written:", interaction.Base().Description)
	}
	// Output:
	// price: 12.5
	// written: a request for product 10
}
