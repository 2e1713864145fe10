package interop_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/dsl"
)

// TestPactJSVerifiesWhatDSLWrote writes a contract with variants and many
// matchers, and lets pact-js verify a provider that keeps it and one that does
// not.
func TestPactJSVerifiesWhatDSLWrote(t *testing.T) {
	t.Parallel()
	peer(t, "@pact-foundation", "pact")
	dir := t.TempDir()
	for version, write := range map[string]func(*testing.T, string){"V3": writeV3, "V4": writeV4} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(dir, version)
			write(t, folder)
			file := filepath.Join(folder, "storefront-catalog.json")
			kept := run(t, "", "node", filepath.Join("testdata", "verify.cjs"), file, catalogOf(t, 12.5))
			require.Equal(t, 0, kept.code, "%s", kept.text)
			broken := run(t, "", "node", filepath.Join("testdata", "verify.cjs"), file, catalogOf(t, "12.50"))
			require.NotEqual(t, 0, broken.code, "a text for a price must not pass")
		})
	}
}

func writeV3(t *testing.T, dir string) {
	pact, err := dsl.NewV3Pact(dsl.MockHTTPProviderConfig{Consumer: "storefront", Provider: "catalog", PactDir: dir})
	require.NoError(t, err)
	err = pact.AddInteraction().Given("product 10 exists").UponReceiving("product 10").
		WithRequestPathMatcher("GET", matchers.Regex("/products/10", `/products/\d+`), func(b *dsl.V3RequestBuilder) {
			b.Query("fields", matchers.S("all")).Header("Accept", matchers.S("application/json"))
		}).
		WillRespondWith(200, func(b *dsl.V3ResponseBuilder) { b.JSONBody(product()) }).
		ExecuteTest(t, askForProduct)
	require.NoError(t, err)
}

func writeV4(t *testing.T, dir string) {
	pact, err := dsl.NewV4Pact(dsl.MockHTTPProviderConfig{Consumer: "storefront", Provider: "catalog", PactDir: dir})
	require.NoError(t, err)
	err = pact.AddInteraction().Given("product 10 exists").UponReceiving("product 10").
		WithRequest("GET", "/products/10", func(b *dsl.V4RequestBuilder) {
			b.Query("fields", matchers.S("all")).Header("Accept", matchers.S("application/json"))
		}).
		WillRespondWith(200, func(b *dsl.V4ResponseBuilder) {
			body := product()
			body["version"] = dsl.Semver("1.2.3")
			body["stock"] = dsl.EachKeyValue(map[string]any{"berlin": 5}, matchers.Regex("berlin", "[a-z]+"), matchers.Integer(5))
			b.StatusClass(dsl.StatusSuccess).JSONBody(body)
		}).
		ExecuteTest(t, askForProduct)
	require.NoError(t, err)
}

func product() matchers.MapMatcher {
	return matchers.MapMatcher{
		"id":    matchers.Integer(10),
		"price": matchers.Decimal(12.5),
		"since": dsl.Date("2020-01-31", "yyyy-MM-dd"),
		"tags":  matchers.EachLike(matchers.Like("new"), 1),
		"note":  dsl.Nullable(matchers.Like("made to order"), "product 10 has no note"),
	}
}

func askForProduct(server dsl.MockServerConfig) error {
	request, err := http.NewRequest(http.MethodGet, fmt.Sprintf("http://%s:%d/products/10?fields=all", server.Host, server.Port), http.NoBody)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// catalogOf is a provider with this price; DELETE /_note takes its note away
// for the next answer.
func catalogOf(t *testing.T, price any) string {
	t.Helper()
	var bare atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			bare.Store(true)
			return
		}
		note := `"one of ten"`
		if bare.Swap(false) {
			note = "null"
		}
		w.Header().Set("Content-Type", "application/json")
		text := fmt.Sprint(price)
		if _, isText := price.(string); isText {
			text = fmt.Sprintf("%q", price)
		}
		fmt.Fprintf(w, `{"id":77,"price":%s,"since":"1999-12-31","tags":["old","sale"],"note":%s,"version":"2.0.0","stock":{"oslo":1},"more":true}`, text, note)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
