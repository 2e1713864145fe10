package guide_test

import (
	"encoding/json"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	v3 "github.com/treatyhq/treaty/dsl/message/v3"
	v4 "github.com/treatyhq/treaty/dsl/message/v4"
	"github.com/treatyhq/treaty/examples/guide"
)

func TestStorefrontTakesPriceChanges(t *testing.T) {
	pact, err := v4.NewAsynchronousPact(v4.Config{Consumer: "storefront", Provider: "catalog"})
	require.NoError(t, err)

	var shop guide.Storefront
	err = pact.AddAsynchronousMessage().
		Given("the price of product 10 changes").
		ExpectsToReceive("a change of price").
		WithMetadata(map[string]string{"topic": "prices"}).
		WithJSONContent(matchers.Map{
			"product": matchers.Integer(10),
			"price":   matchers.Decimal(9.99),
		}).
		AsType(&guide.PriceChanged{}).
		ConsumedBy(func(m v4.AsynchronousMessage) error {
			return shop.Handle(*m.Body.(*guide.PriceChanged))
		}).
		Verify(t)
	require.NoError(t, err)
}

func TestStorefrontAsksByMessage(t *testing.T) {
	pact, err := v4.NewSynchronousPact(v4.Config{Consumer: "storefront", Provider: "catalog"})
	require.NoError(t, err)
	err = pact.AddSynchronousMessage("a question for a price").
		Given("product 10 exists").
		WithRequest(func(b *v4.SynchronousMessageWithRequestBuilder) {
			b.WithJSONContent(matchers.Map{"product": matchers.Integer(10)})
		}).
		WithResponse(func(b *v4.SynchronousMessageWithResponseBuilder) {
			b.WithJSONContent(matchers.Map{"product": matchers.Integer(10), "price": matchers.Decimal(9.99)})
		}).
		ExecuteTest(t, func(m v4.SynchronousMessage) error {
			var answer guide.PriceChanged
			return json.Unmarshal(m.Response[0].Contents, &answer)
		})
	require.NoError(t, err)
}

func TestStorefrontTakesPriceChangesOfAnOlderCatalog(t *testing.T) {
	pact, err := v3.NewAsynchronousPact(v3.Config{Consumer: "storefront", Provider: "catalog-events"})
	require.NoError(t, err)
	var shop guide.Storefront
	err = pact.AddAsynchronousMessage().
		ExpectsToReceive("a change of price").
		WithJSONContent(matchers.Map{"product": matchers.Integer(10), "price": matchers.Decimal(9.99)}).
		AsType(&guide.PriceChanged{}).
		ConsumedBy(func(m v3.MessageContents) error {
			return shop.Handle(*m.Content.(*guide.PriceChanged))
		}).
		Verify(t)
	require.NoError(t, err)
}
