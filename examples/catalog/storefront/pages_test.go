package storefront_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/examples/catalog/catalog"
	"github.com/treatyhq/treaty/examples/catalog/storefront"
)

// Closing an httptest server closes the idle connections of Go's default
// transport, even one whose answer another test is just reading.
func init() {
	http.DefaultClient = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
}

// openShop runs both services, the storefront on top of the real catalog.
func openShop(t *testing.T) string {
	t.Helper()
	store, err := catalog.OpenStore("")
	require.NoError(t, err)
	require.NoError(t, store.Put(catalog.Assortment()...))
	provider := httptest.NewServer(catalog.Handler(store, catalog.Compatible))
	t.Cleanup(provider.Close)
	pages := httptest.NewServer(storefront.Handler(storefront.NewCatalog(provider.URL)))
	t.Cleanup(pages.Close)
	return pages.URL
}

func read(t *testing.T, response *http.Response, err error) (int, string) {
	t.Helper()
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	response, err := http.Get(address)
	return read(t, response, err)
}

func buy(t *testing.T, shop, product, quantity string) (int, string) {
	t.Helper()
	response, err := http.PostForm(shop+"/basket", url.Values{"productId": {product}, "quantity": {quantity}})
	return read(t, response, err)
}

func TestACustomerFillsAndEmptiesTheBasket(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	_, page := get(t, shop+"/?category=lamps")
	require.Contains(t, page, "Desk lamp</a> 39.99 EUR")
	require.NotContains(t, page, "Oak desk")
	_, page = get(t, shop+"/products/20")
	require.Contains(t, page, "Oak desk")

	_, page = buy(t, shop, "20", "2")
	require.Contains(t, page, "2 × Oak desk: 698.00 EUR")
	status, page := buy(t, shop, "20", "1")
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, page, "not enough of it left")

	response, err := http.Post(shop+"/basket/empty", "", nil)
	_, page = read(t, response, err)
	require.Contains(t, page, "It is empty.")
	_, page = buy(t, shop, "20", "1")
	require.Contains(t, page, "1 × Oak desk")
}

func TestTheStorefrontApologizes(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	for path, want := range map[string]int{"/products/99": 404, "/products/lamp": 404, "/nothing": 404} {
		status, _ := get(t, shop+path)
		require.Equal(t, want, status, path)
	}
	status, _ := buy(t, shop, "10", "many")
	require.Equal(t, http.StatusBadRequest, status)

	down := httptest.NewServer(storefront.Handler(storefront.NewCatalog("http://127.0.0.1:1")))
	t.Cleanup(down.Close)
	status, page := get(t, down.URL+"/")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, page, "closed for a moment")
}
