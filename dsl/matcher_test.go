package dsl_test

import (
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl"
	"github.com/treatyhq/treaty/internal/golden"
)

// TestFurtherMatchersAcceptWhatTheySay sends one body that fits each matcher
// and one that does not.
func TestFurtherMatchersAcceptWhatTheySay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		matcher   any
		good, bad string
	}{
		{"not empty", dsl.NotEmpty("x"), `"y"`, `""`},
		{"semver", dsl.Semver("1.2.3"), `"2.0.0-rc.1"`, `"2.0"`},
		{"number", dsl.Number(1.5), `7`, `"7"`},
		{"boolean", dsl.Boolean(true), `false`, `1`},
		{"date", dsl.Date("2020-01-31", "yyyy-MM-dd"), `"1999-12-01"`, `"01.12.1999"`},
		{"time", dsl.Time("08:30:00", "HH:mm:ss"), `"23:59:59"`, `"25:00:00"`},
		{"date and time", dsl.DateTime("2020-01-31T08:30:00Z", "yyyy-MM-dd'T'HH:mm:ssXXX"), `"2021-02-03T04:05:06+01:00"`, `"2021-02-03"`},
		{"each key", dsl.EachKey(map[string]any{"k1": 1}, matchers.Regex("k1", `k\d`)), `{"k2":"anything"}`, `{"x":1}`},
		{"each value", dsl.EachValue(map[string]any{"k1": 1}, matchers.Integer(1)), `{"other":2}`, `{"other":"two"}`},
		{"each value of a list", dsl.EachValue([]any{1}, matchers.Integer(1)), `[5,6,7]`, `[5,"6"]`},
		{"keys and values", dsl.EachKeyValue(map[string]any{"k1": 1}, matchers.Regex("k1", `k\d`), matchers.Integer(1)), `{"k7":7}`, `{"x":"7"}`},
		{"provider state", dsl.ProviderState("${id}", 7), `9`, `"9"`},
		{"link", dsl.MockServerURL("http://localhost/orders/1", `.*(/orders/\d+)$`), `"https://shop/orders/2"`, `"https://shop/x"`},
		{"expression", dsl.Expression(`matching(regex, '\d+', '100')`), `"7"`, `"x"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := config(t)
			send := func(test dsl.TestingT, body string) error {
				pact, err := dsl.NewV4Pact(c)
				require.NoError(t, err)
				return pact.AddInteraction().UponReceiving(tt.name).
					WithRequest("POST", "/", func(b *dsl.V4RequestBuilder) { b.JSONBody(map[string]any{"v": tt.matcher}) }).
					WillRespondWith(200).
					ExecuteTest(test, func(server dsl.MockServerConfig) error {
						_, _, err := fetch(server, "POST", "/", `{"v":`+body+`}`, "Content-Type", "application/json")
						return err
					})
			}
			require.NoError(t, send(t, tt.good))
			var s spy
			require.Error(t, send(&s, tt.bad))
			require.Len(t, s.failures, 1)
		})
	}
}

func TestEverythingThatV4CanSay(t *testing.T) {
	t.Parallel()
	c := config(t)
	pact, err := dsl.NewV4Pact(c)
	require.NoError(t, err)
	err = pact.AddInteraction().
		UponReceiving("the catalogue as XML").
		WithKey("catalogue-xml").Pending().TestName("TestCatalogue").Comment("asked for by the printing shop").Comment("since 2024").
		Reference("openapi", "operationId", "7").
		AddExternalReference("Jira", "SHOP-7", "https://jira.example.com/browse/SHOP-7").
		WithRequest("POST", "/catalogue", func(b *dsl.V4RequestBuilder) {
			b.FormBody(matchers.QueryMatcher{"size": {matchers.Regex("10", `\d+`)}, "sort": {matchers.S("name")}})
		}).
		WillRespondWith(200, func(b *dsl.V4ResponseBuilder) {
			b.StatusClass(dsl.StatusSuccess).XMLBody(
				dsl.XML("catalogue",
					dsl.XML("product").Attr("id", matchers.Integer(7)).Text(matchers.Like("lamp & shade")).Each(2),
					dsl.XML("total").Text(2),
				).Attr("xmlns", "urn:shop"))
		}).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			status, body, err := fetch(server, "POST", "/catalogue", "sort=name&size=25", "Content-Type", "application/x-www-form-urlencoded")
			require.Equal(t, 200, status)
			require.Equal(t, `<?xml version="1.0" encoding="UTF-8"?><catalogue xmlns="urn:shop"><product id="7">lamp &amp; shade</product><product id="7">lamp &amp; shade</product><total>2</total></catalogue>`, body)
			return err
		})
	require.NoError(t, err)
	golden.Equal(t, "everything-v4.json", read(t, c))
	i := readPact(t, file(c)).Interactions[0]
	require.Equal(t, "catalogue-xml", i.Base().Key)
	require.True(t, i.Base().Pending)
}

func TestXMLRequestsAreMatched(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		body string
		ok   bool
	}{
		{`<order xmlns="urn:shop"><item n="5">desk</item><item n="6">lamp</item><item n="7">bed</item></order>`, true},
		{`<order xmlns="urn:shop"><item n="five">desk</item></order>`, false},
		{`<order xmlns="urn:other"><item n="5">desk</item></order>`, false},
	} {
		pact, err := dsl.NewV3Pact(config(t))
		require.NoError(t, err)
		var s spy
		err = pact.AddInteraction().UponReceiving("an order").
			WithRequest("POST", "/orders", func(b *dsl.V3RequestBuilder) {
				b.XMLBody(dsl.XML("order", dsl.XML("item").Attr("n", matchers.Regex("1", `\d+`)).Text(matchers.Like("lamp")).Each(1)).Attr("xmlns", "urn:shop"))
			}).
			WillRespondWith(201).
			ExecuteTest(&s, func(server dsl.MockServerConfig) error {
				_, _, err := fetch(server, "POST", "/orders", tt.body, "Content-Type", "application/xml")
				return err
			})
		require.Equal(t, tt.ok, err == nil, "%s: %v", tt.body, s.failures)
	}
}

func TestPicturesAreComparedByTheirType(t *testing.T) {
	t.Parallel()
	gif := []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;")
	c := config(t)
	pact, err := dsl.NewV4Pact(c)
	require.NoError(t, err)
	err = pact.AddInteraction().UponReceiving("a picture").
		WithRequest("PUT", "/picture", func(b *dsl.V4RequestBuilder) { b.ContentTypeBody("image/gif", gif) }).
		WillRespondWith(204).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			_, _, err := fetch(server, "PUT", "/picture", "GIF87a another picture", "Content-Type", "image/gif")
			return err
		})
	require.NoError(t, err)
	i := readPact(t, file(c)).Interactions[0].(*contract.HTTP)
	require.Equal(t, gif, i.Request.Body.Content)
}
