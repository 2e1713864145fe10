package guide_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	consumer "github.com/treatyhq/treaty/dsl"
)

type tagged struct {
	ID    int     `json:"id" pact:"example=10"`
	Name  string  `json:"name" pact:"example=lamp"`
	Price float64 `json:"price" pact:"example=12.5"`
}

func TestProductAPIClient(t *testing.T) {
	mockProvider, err := consumer.NewV2Pact(consumer.MockHTTPProviderConfig{
		Consumer: "storefront",
		Provider: "catalog-v2",
		Host:     "127.0.0.1",
	})
	require.NoError(t, err)

	err = mockProvider.
		AddInteraction().
		Given("A product with ID 10 exists").
		UponReceiving("A request for Product 10").
		WithRequest("GET", "/products/10").
		WillRespondWith(200, func(b *consumer.V2ResponseBuilder) {
			b.BodyMatch(&tagged{})
		}).
		ExecuteTest(t, func(config consumer.MockServerConfig) error {
			product, err := at(config).Product(10)
			require.NoError(t, err)
			require.Equal(t, "lamp", product.Name)
			return err
		})
	require.NoError(t, err)
}
