package dsl_test

import (
	"encoding/json"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/dsl"
)

func TestTheLayoutOfAGraphQLQueryDoesNotCount(t *testing.T) {
	t.Parallel()
	request := dsl.GraphQL{
		Query:     "query Product($id: ID!) {\n  product(id: $id) { name, price }\n}",
		Operation: "Product",
		Variables: map[string]any{"id": matchers.Like("10")},
	}
	for query, ok := range map[string]bool{
		"query Product($id: ID!) {\n  product(id: $id) { name, price }\n}":  true,
		"query Product($id:ID!){product(id:$id){name price}}":               true,
		"\nquery  Product( $id : ID! ) { product (id:$id) {name\nprice} } ": true,
		"query Product($id:ID!){product(id:$id){nameprice}}":                false,
		"query Product($id:ID!){product(id:$id){name}}":                     false,
	} {
		pact, err := dsl.NewV3Pact(config(t))
		require.NoError(t, err)
		body, err := json.Marshal(map[string]any{"query": query, "operationName": "Product", "variables": map[string]any{"id": "7"}})
		require.NoError(t, err)
		var s spy
		err = pact.AddInteraction().UponReceiving("a product").
			WithRequest("POST", "/graphql", func(b *dsl.V3RequestBuilder) { b.JSONBody(request.Body()) }).
			WillRespondWith(200).
			ExecuteTest(&s, func(server dsl.MockServerConfig) error {
				_, _, err := fetch(server, "POST", "/graphql", string(body), "Content-Type", "application/json")
				return err
			})
		require.Equal(t, ok, err == nil, "%s: %v", query, s.failures)
	}
}
