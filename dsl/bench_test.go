package dsl_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/treatyhq/treaty/dsl"
)

// The benchmarks measure a consumer's test of n interactions in the two forms
// that tests have: n tests with one interaction each, which all write the same
// file, and one test with n interactions. Both must grow in step with n.

func BenchmarkManyTests(b *testing.B) {
	for _, n := range []int{1, 50, 200, 500} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				c := benchConfig(b)
				for i := range n {
					pact, err := dsl.NewV4Pact(c)
					if err != nil {
						b.Fatal(err)
					}
					describe(pact, i)
					if err := pact.ExecuteTest(b, func(server dsl.MockServerConfig) error { return ask(server, i) }); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func BenchmarkOneTest(b *testing.B) {
	for _, n := range []int{1, 50, 200, 500} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				pact, err := dsl.NewV4Pact(benchConfig(b))
				if err != nil {
					b.Fatal(err)
				}
				for i := range n {
					describe(pact, i)
				}
				err = pact.ExecuteTest(b, func(server dsl.MockServerConfig) error {
					for i := range n {
						if err := ask(server, i); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func benchConfig(b *testing.B) dsl.MockHTTPProviderConfig {
	return dsl.MockHTTPProviderConfig{Consumer: "storefront", Provider: "catalog", PactDir: b.TempDir()}
}

func describe(pact *dsl.V4HTTPMockProvider, i int) {
	pact.AddInteraction().Given("products exist").UponReceiving(fmt.Sprintf("a change of product %d", i)).
		WithRequest("POST", fmt.Sprintf("/products/%d", i), func(b *dsl.V4RequestBuilder) {
			b.Header("Content-Type", matchers.S("application/json")).
				JSONBody(Map{"id": matchers.Like(i), "name": matchers.Regex("lamp", "[a-z]+")})
		}).
		WillRespondWith(200, func(b *dsl.V4ResponseBuilder) {
			b.JSONBody(Map{"id": matchers.Integer(i), "tags": matchers.EachLike(matchers.Like("new"), 2), "price": matchers.Decimal(1.5)})
		})
}

func ask(server dsl.MockServerConfig, i int) error {
	url := fmt.Sprintf("http://%s:%d/products/%d", server.Host, server.Port, i)
	response, err := http.Post(url, "application/json", strings.NewReader(`{"id":5,"name":"desk"}`))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return response.Body.Close()
}
