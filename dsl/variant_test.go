package dsl_test

import (
	"encoding/json"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl"
)

func customer(pact *dsl.V4HTTPMockProvider) *dsl.V4InteractionWithResponse {
	return pact.AddInteraction().Given("customer 1 exists").UponReceiving("customer 1").
		WithRequest("GET", "/customers/1").
		WillRespondWith(200, func(b *dsl.V4ResponseBuilder) {
			b.JSONBody(Map{
				"name":     matchers.Like("Ada"),
				"nickname": dsl.Optional(matchers.Like("Countess"), "customer 1 has no nickname"),
				"born":     dsl.Nullable(matchers.Integer(1815)),
				"payment": dsl.OneOf(
					Map{"card": matchers.Like("1234")},
					dsl.Form{State: "customer 1 pays by transfer", Value: Map{"iban": matchers.Like("DE02")}},
				),
				"orders": matchers.EachLike(Map{"id": matchers.Integer(1), "note": dsl.Optional(matchers.Like("gift"))}, 2),
			})
		})
}

func TestVariantsBecomeInteractionsThatTheConsumerProves(t *testing.T) {
	t.Parallel()
	c := config(t)
	pact, err := dsl.NewV4Pact(c)
	require.NoError(t, err)
	bodies := map[string]map[string]any{}
	err = customer(pact).ExecuteTest(t, func(server dsl.MockServerConfig) error {
		_, body, err := fetch(server, "GET", "/customers/1", "")
		var decoded map[string]any
		require.NoError(t, json.Unmarshal([]byte(body), &decoded))
		bodies[server.Variant] = decoded
		return err
	})
	require.NoError(t, err)
	require.Len(t, bodies, 5)
	require.Equal(t, "Countess", bodies[""]["nickname"])
	require.NotContains(t, bodies["$.nickname is absent"], "nickname")
	require.Nil(t, bodies["$.born is null"]["born"])
	require.Contains(t, bodies["$.born is null"], "born")
	require.Equal(t, map[string]any{"iban": "DE02"}, bodies["$.payment in form 2"]["payment"])
	require.Equal(t, []any{map[string]any{"id": 1.0}, map[string]any{"id": 1.0}}, bodies["$.orders[*].note is absent"]["orders"])

	states := map[string]string{}
	for _, i := range readPact(t, file(c)).Interactions {
		last := i.Base().States[len(i.Base().States)-1]
		states[i.Base().Description] = last.Name
		for path := range i.(*contract.HTTP).Response.Rules[contract.CategoryBody] {
			if i.Base().Description == "customer 1 ($.nickname is absent)" {
				require.NotEqual(t, "$.nickname", path)
			}
		}
	}
	require.Equal(t, map[string]string{
		"customer 1":                              "customer 1 exists",
		"customer 1 ($.nickname is absent)":       "customer 1 has no nickname",
		"customer 1 ($.born is null)":             "$.born is null",
		"customer 1 ($.payment in form 2)":        "customer 1 pays by transfer",
		"customer 1 ($.orders[*].note is absent)": "$.orders[*].note is absent",
	}, states)
}

func TestAConsumerThatCannotLiveWithAVariantFails(t *testing.T) {
	t.Parallel()
	c := config(t)
	pact, err := dsl.NewV4Pact(c)
	require.NoError(t, err)
	var s spy
	err = customer(pact).ExecuteTest(&s, func(server dsl.MockServerConfig) error {
		if server.Variant == "$.born is null" {
			return nil // as if the consumer had crashed before it asked
		}
		_, _, err := fetch(server, "GET", "/customers/1", "")
		return err
	})
	require.ErrorContains(t, err, "where $.born is null: the contract does not hold")
	require.Len(t, s.failures, 1)
	require.Contains(t, s.failures[0], "Where $.born is null: storefront did not use catalog")
	require.NoFileExists(t, file(c))
}

func TestVariantsHaveTheirPlace(t *testing.T) {
	t.Parallel()
	for want, describe := range map[string]func(*dsl.V3HTTPMockProvider){
		"variants belong in the response": func(p *dsl.V3HTTPMockProvider) {
			p.AddInteraction().WithRequest("POST", "/", func(b *dsl.V3RequestBuilder) {
				b.JSONBody(Map{"a": dsl.Nullable(1)})
			}).WillRespondWith(200)
		},
		"the whole body cannot be absent": func(p *dsl.V3HTTPMockProvider) {
			p.AddInteraction().WithRequest("GET", "/").WillRespondWith(200, func(b *dsl.V3ResponseBuilder) { b.JSONBody(dsl.Optional(1)) })
		},
		"needs at least one": func(p *dsl.V3HTTPMockProvider) {
			p.AddInteraction().WithRequest("GET", "/").WillRespondWith(200, func(b *dsl.V3ResponseBuilder) { b.JSONBody(Map{"a": dsl.OneOf()}) })
		},
		"form 2 has variants inside of it": func(p *dsl.V3HTTPMockProvider) {
			p.AddInteraction().WithRequest("GET", "/").WillRespondWith(200, func(b *dsl.V3ResponseBuilder) {
				b.JSONBody(Map{"a": dsl.OneOf("x", Map{"b": dsl.Nullable(1)})})
			})
		},
		"variants stand inside a matcher inside of variants": func(p *dsl.V3HTTPMockProvider) {
			p.AddInteraction().WithRequest("GET", "/").WillRespondWith(200, func(b *dsl.V3ResponseBuilder) {
				b.JSONBody(Map{"a": dsl.Nullable(matchers.Like(dsl.OneOf("x", "y")))})
			})
		},
	} {
		pact, err := dsl.NewV3Pact(config(t))
		require.NoError(t, err)
		describe(pact)
		var s spy
		require.ErrorContains(t, pact.ExecuteTest(&s, nil), want)
	}
	pact, err := dsl.NewV2Pact(config(t))
	require.NoError(t, err)
	var s spy
	err = pact.AddInteraction().WithRequest("GET", "/").
		WillRespondWith(200, func(b *dsl.V2ResponseBuilder) { b.JSONBody(Map{"a": dsl.Nullable(matchers.Like(1))}) }).
		ExecuteTest(&s, nil)
	require.ErrorContains(t, err, "variants need a pact of version 3.0.0 or later")
}

func TestVariantsDirectlyInsideOfVariantsAreAllPlayed(t *testing.T) {
	t.Parallel()
	c := config(t)
	pact, err := dsl.NewV3Pact(c)
	require.NoError(t, err)
	var met []string
	err = pact.AddInteraction().UponReceiving("a thing").WithRequest("GET", "/").
		WillRespondWith(200, func(b *dsl.V3ResponseBuilder) {
			b.JSONBody(Map{"a": dsl.Optional(dsl.Nullable(dsl.OneOf(dsl.Form{State: "x", Value: "x"}, "y"), "a is nothing"))})
		}).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			_, body, err := fetch(server, "GET", "/", "")
			met = append(met, server.Variant+" "+body)
			return err
		})
	require.NoError(t, err)
	require.Equal(t, []string{` {"a":"x"}`, `$.a in form 2 {"a":"y"}`, `$.a is null {"a":null}`, `$.a is absent {}`}, met)
	var states []string
	for _, i := range readPact(t, file(c)).Interactions {
		for _, state := range i.Base().States {
			states = append(states, state.Name)
		}
	}
	require.ElementsMatch(t, []string{"$.a in form 2", "a is nothing", "$.a is absent"}, states)
}
