package guide_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/dsl"
	"github.com/treatyhq/treaty/examples/guide"
)

func TestStorefrontShowsAProduct(t *testing.T) {
	pact, err := dsl.NewV4Pact(dsl.MockHTTPProviderConfig{Consumer: "storefront", Provider: "catalog"})
	require.NoError(t, err)

	err = pact.AddInteraction().
		Given("product 10 exists").
		UponReceiving("a request for product 10").
		WithRequest("GET", "/products/10").
		WillRespondWith(200, func(b *dsl.V4ResponseBuilder) {
			b.JSONBody(matchers.Map{
				"id":    matchers.Integer(10),
				"name":  matchers.Like("lamp"),
				"price": matchers.Decimal(12.5),
				"tags":  matchers.EachLike("new", 1),
			})
		}).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			shop := guide.Storefront{Catalog: fmt.Sprintf("http://%s:%d", server.Host, server.Port)}
			product, err := shop.Product(10)
			require.NoError(t, err)
			require.Equal(t, "lamp", product.Name)
			return nil
		})
	require.NoError(t, err)
}

func TestStorefrontSaysThatAProductIsMissing(t *testing.T) {
	t.Parallel()
	pact, err := dsl.NewV4Pact(dsl.MockHTTPProviderConfig{Consumer: "storefront", Provider: "catalog"})
	require.NoError(t, err)
	err = pact.AddInteraction().
		GivenWithParameter(models.ProviderState{
			Name:       "product does not exist",
			Parameters: map[string]any{"id": 11},
		}).
		UponReceiving("a request for a product that is missing").
		WithRequest("GET", "/products/11").
		WillRespondWith(404).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			_, err := at(server).Product(11)
			require.ErrorIs(t, err, guide.ErrNoProduct)
			return nil
		})
	require.NoError(t, err)
}

func at(server dsl.MockServerConfig) guide.Storefront {
	return guide.Storefront{Catalog: fmt.Sprintf("http://%s:%d", server.Host, server.Port)}
}

func TestStorefrontLivesWithProductsOfAllForms(t *testing.T) {
	t.Parallel()
	pact, err := dsl.NewV4Pact(dsl.MockHTTPProviderConfig{Consumer: "storefront", Provider: "catalog"})
	require.NoError(t, err)
	err = pact.AddInteraction().
		Given("product 12 exists").
		UponReceiving("a request for product 12").
		WithRequest("GET", "/products/12").
		WillRespondWith(200, func(b *dsl.V4ResponseBuilder) {
			b.JSONBody(matchers.Map{
				"id":   matchers.Integer(12),
				"name": matchers.Like("desk"),
				"tags": dsl.Optional(matchers.EachLike("new", 1), "product 12 has no tags"),
				"note": dsl.Nullable(matchers.Like("made to order"), "product 12 has no note"),
			})
		}).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			product, err := at(server).Product(12)
			require.NoError(t, err)
			require.Equal(t, server.Variant == "$.note is null", product.Note == nil)
			return nil
		})
	require.NoError(t, err)
}

func TestStorefrontAsksOverHTTPS(t *testing.T) {
	t.Parallel()
	pact, err := dsl.NewV4Pact(dsl.MockHTTPProviderConfig{Consumer: "storefront", Provider: "catalog", TLS: true})
	require.NoError(t, err)
	err = pact.AddInteraction().
		Given("product 13 exists").
		UponReceiving("a request for product 13").
		WithKey("product-13").
		Comment("asked for by the checkout").
		WithRequest("GET", "/products/13").
		WillRespondWith(200, func(b *dsl.V4ResponseBuilder) {
			b.Header("Content-Type", matchers.Regex("application/json", `application/.*json`)).
				JSONBody(matchers.Map{"id": matchers.Integer(13), "version": dsl.Semver("1.0.0")})
		}).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			client := &http.Client{Transport: &http.Transport{TLSClientConfig: server.TLSConfig}}
			shop := guide.Storefront{Catalog: fmt.Sprintf("https://localhost:%d", server.Port), Client: client}
			_, err := shop.Product(13)
			return err
		})
	require.NoError(t, err)
}
