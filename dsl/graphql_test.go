package dsl_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/dsl"
)

// productQuery is a query as a test has it.
const productQuery = `query Product($id: ID!, $lang: String = "en, us") {
  product(id: $id, filter: {tag: "a { b", max: 1.5}) { # what is sold
    name, price(currency: EUR) @include(if: true)
    ... on Book { author { name } }
    ...Rest
  }
}

fragment Rest on Product { stock }`

// TestAGraphQLRequestIsTakenAsClientsSendIt has bodies as Apollo Client, urql
// and small clients send them, and others that ask for something else.
func TestAGraphQLRequestIsTakenAsClientsSendIt(t *testing.T) {
	t.Parallel()
	plain := dsl.GraphQL{Query: productQuery, Variables: map[string]any{"id": matchers.Like("10")}}
	operation := dsl.GraphQL{Query: productQuery, Operation: "Product", Variables: map[string]any{"id": matchers.Like("10")}}
	bare := dsl.GraphQL{Query: "{ shop { name } }"}
	two := dsl.GraphQL{Query: "query A { a } query B { b }", Operation: "A"}
	const (
		apollo = `query Product($id: ID!, $lang: String = \"en, us\") {\n  product(id: $id, filter: {tag: \"a { b\", max: 1.5}) {\n    name\n    price(currency: EUR) @include(if: true)\n` +
			`    ... on Book {\n      author {\n        name\n        __typename\n      }\n      __typename\n    }\n    ...Rest\n    __typename\n  }\n}\n\nfragment Rest on Product {\n  stock\n  __typename\n}`
		small = `query Product($id:ID!$lang:String=\"en, us\"){product(id:$id filter:{tag:\"a { b\"max:1.5}){name price(currency:EUR)@include(if:true)...on Book{author{name}}...Rest}}fragment Rest on Product{stock}`
		text  = `query Product($id:ID!$lang:String=\"en,  us\"){product(id:$id filter:{tag:\"a { b\"max:1.5}){name price(currency:EUR)@include(if:true)...on Book{author{name}}...Rest}}fragment Rest on Product{stock}`
		field = `query Product($id:ID!$lang:String=\"en, us\"){product(id:$id filter:{tag:\"a { b\"max:1.5}){name price(currency:USD)@include(if:true)...on Book{author{name}}...Rest}}fragment Rest on Product{stock}`
		more  = `query Product($id:ID!$lang:String=\"en, us\"){product(id:$id filter:{tag:\"a { b\"max:1.5}){name size price(currency:EUR)@include(if:true)...on Book{author{name}}...Rest}}fragment Rest on Product{stock}`
		glued = `query Product($id:ID!$lang:String=\"en, us\"){product(id:$id filter:{tag:\"a { b\"max:1.5}){name price(currency:EUR)@include(if:true)...on Book{author{name__typename}}...Rest}}fragment Rest on Product{stock}`
	)
	for name, tt := range map[string]struct {
		expected dsl.GraphQL
		body     string
		ok       bool
	}{
		"Apollo Client 4": {plain, `{"operationName":"Product","variables":{"id":"7"},"extensions":{"clientLibrary":{"name":"@apollo/client","version":"4.0.0"}},"query":"` + apollo + `"}`, true},
		"Apollo Client 3": {plain, `{"operationName":"Product","variables":{"id":"7"},"query":"` + apollo + `"}`, true},
		"a persisted query with its text": {plain, `{"operationName":"Product","variables":{"id":"7"},"query":"` + apollo +
			`","extensions":{"persistedQuery":{"version":1,"sha256Hash":"ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38"}}}`, true},
		"a small client":                     {plain, `{"query":"` + small + `","variables":{"id":"7"}}`, true},
		"a name that is null":                {plain, `{"query":"` + small + `","operationName":null,"variables":{"id":"7"}}`, true},
		"a comment":                          {plain, `{"query":"# hi\n` + small + ` # end\n","variables":{"id":"7"}}`, true},
		"the name, asked for":                {operation, `{"operationName":"Product","variables":{"id":"7"},"query":"` + apollo + `"}`, true},
		"the only operation without a name":  {operation, `{"variables":{"id":"7"},"query":"` + apollo + `"}`, true},
		"no variables":                       {bare, `{"query":"{shop{name}}"}`, true},
		"empty variables and no name":        {bare, `{"query":"{shop{name __typename}}","variables":{},"operationName":null,"extensions":{}}`, true},
		"an operation of two":                {two, `{"query":"query A{a} query B{b}","operationName":"A"}`, true},
		"the other operation of two":         {two, `{"query":"query A{a} query B{b}","operationName":"B"}`, false},
		"no operation of two":                {two, `{"query":"query A{a} query B{b}"}`, false},
		"another name":                       {plain, `{"operationName":"Other","variables":{"id":"7"},"query":"` + apollo + `"}`, false},
		"another field":                      {plain, `{"query":"` + field + `","variables":{"id":"7"}}`, false},
		"one more field":                     {plain, `{"query":"` + more + `","variables":{"id":"7"}}`, false},
		"another text":                       {plain, `{"query":"` + text + `","variables":{"id":"7"}}`, false},
		"two names as one":                   {plain, `{"query":"` + glued + `","variables":{"id":"7"}}`, false},
		"no variables where they are needed": {plain, `{"query":"` + small + `"}`, false},
		"another kind of variable":           {plain, `{"query":"` + small + `","variables":{"id":7}}`, false},
		"one more variable":                  {plain, `{"query":"` + small + `","variables":{"id":"7","lang":"de"}}`, false},
		"variables where none are expected":  {bare, `{"query":"{shop{name}}","variables":{"id":1}}`, false},
		"another member":                     {bare, `{"query":"{shop{name}}","id":1}`, false},
		"only the hash":                      {plain, `{"operationName":"Product","variables":{"id":"7"},"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, body := range []any{tt.expected, tt.expected.Body()} {
				pact, err := dsl.NewV3Pact(config(t))
				require.NoError(t, err)
				var s spy
				err = pact.AddInteraction().UponReceiving("a product").
					WithRequest("POST", "/graphql", func(b *dsl.V3RequestBuilder) { b.JSONBody(body) }).
					WillRespondWith(200).
					ExecuteTest(&s, func(server dsl.MockServerConfig) error {
						_, _, err := fetch(server, "POST", "/graphql", tt.body, "Content-Type", "application/json")
						return err
					})
				require.Equal(t, tt.ok, err == nil, "%v", s.failures)
			}
		})
	}
}

func TestAVeryLongGraphQLDocumentIsSentAsItIs(t *testing.T) {
	t.Parallel()
	long := "{" + strings.Repeat(" shop { name owner { name } } ", 400) + "}"
	for query, ok := range map[string]bool{long: true, strings.Replace(long, "owner", "seller", 1): false} {
		pact, err := dsl.NewV3Pact(config(t))
		require.NoError(t, err)
		body, err := json.Marshal(map[string]any{"query": query})
		require.NoError(t, err)
		err = pact.AddInteraction().WithRequest("POST", "/graphql", func(b *dsl.V3RequestBuilder) { b.JSONBody(dsl.GraphQL{Query: long}) }).
			WillRespondWith(200).ExecuteTest(nil, func(server dsl.MockServerConfig) error {
			_, _, err := fetch(server, "POST", "/graphql", string(body), "Content-Type", "application/json")
			return err
		})
		require.Equal(t, ok, err == nil, "%v", err)
	}
}
