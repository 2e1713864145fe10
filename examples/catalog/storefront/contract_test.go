package storefront_test

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/pact-foundation/pact-go/v2/models"

	"github.com/treatyhq/treaty/dsl"
	"github.com/treatyhq/treaty/examples/catalog/storefront"
)

// The tests in this file are the storefront's side of the contract: what it
// asks of the catalog and what it needs of the answers. Each runs the
// storefront's own client against a mock catalog. What is proven goes into
// ../pacts/storefront-catalog.json, or into the folder that PACT_DIR names.

func mockCatalog(t *testing.T) *dsl.V4HTTPMockProvider {
	t.Helper()
	dir := os.Getenv("PACT_DIR")
	if dir == "" {
		dir = "../pacts"
	}
	pact, err := dsl.NewV4Pact(dsl.MockHTTPProviderConfig{Consumer: "storefront", Provider: "catalog", PactDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return pact
}

// catalogAt returns the client under test, pointed at the mock catalog.
func catalogAt(server dsl.MockServerConfig) *storefront.Catalog {
	return storefront.NewCatalog(fmt.Sprintf("http://%s:%d", server.Host, server.Port))
}

// product is what the storefront needs to know of a product, and no more.
func product(id int, name string) matchers.Map {
	return matchers.Map{
		"id":        matchers.Integer(id),
		"name":      matchers.Like(name),
		"price":     matchers.Integer(3999),
		"available": matchers.Like(true),
		"tags":      matchers.EachLike("office", 1),
	}
}

func TestProductsOfACategory(t *testing.T) {
	t.Parallel()
	err := mockCatalog(t).AddInteraction().
		GivenWithParameter(models.ProviderState{Name: "the catalog has lamps", Parameters: map[string]any{"count": 2}}).
		UponReceiving("a search for lamps up to 50 euros").
		WithRequest("GET", "/products", func(b *dsl.V4RequestBuilder) {
			b.Header("Accept", matchers.S("application/json")).
				Query("category", matchers.S("lamps")).
				Query("maxPrice", matchers.Regex("5000", `^\d+$`))
		}).
		WillRespondWith(200, func(b *dsl.V4ResponseBuilder) {
			b.JSONBody(matchers.Map{"products": matchers.EachLike(product(10, "Desk lamp"), 1)})
		}).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			found, err := catalogAt(server).Products(t.Context(), "lamps", 5000)
			if err != nil {
				return err
			}
			if len(found) != 1 || found[0].Price != 3999 {
				return fmt.Errorf("got %+v", found)
			}
			return nil
		})
	check(t, err)
}

func TestAProduct(t *testing.T) {
	t.Parallel()
	err := mockCatalog(t).AddInteraction().
		GivenWithParameter(models.ProviderState{Name: "product exists", Parameters: map[string]any{"id": 10, "stock": 5}}).
		UponReceiving("a request for product 10").
		WithRequest("GET", "/products/10").
		WillRespondWith(200, func(b *dsl.V4ResponseBuilder) {
			b.JSONBody(product(10, "Desk lamp"))
		}).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			found, err := catalogAt(server).Product(t.Context(), 10)
			if err != nil {
				return err
			}
			if found.Price != 3999 || !found.Available {
				return fmt.Errorf("got %+v", found)
			}
			return nil
		})
	check(t, err)
}

func TestAProductThatIsNotThere(t *testing.T) {
	t.Parallel()
	err := mockCatalog(t).AddInteraction().
		GivenWithParameter(models.ProviderState{Name: "product does not exist", Parameters: map[string]any{"id": 99}}).
		UponReceiving("a request for product 99").
		WithRequest("GET", "/products/99").
		WillRespondWith(404).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			if _, err := catalogAt(server).Product(t.Context(), 99); !errors.Is(err, storefront.ErrNotFound) {
				return fmt.Errorf("unexpected outcome: %w", err)
			}
			return nil
		})
	check(t, err)
}

func TestReserving(t *testing.T) {
	t.Parallel()
	err := mockCatalog(t).AddInteraction().
		GivenWithParameter(models.ProviderState{Name: "product exists", Parameters: map[string]any{"id": 10, "stock": 5}}).
		UponReceiving("a reservation of 2 of product 10").
		WithRequest("POST", "/reservations", func(b *dsl.V4RequestBuilder) {
			b.JSONBody(matchers.Map{"productId": matchers.Integer(10), "quantity": matchers.Integer(2)})
		}).
		WillRespondWith(201, func(b *dsl.V4ResponseBuilder) {
			b.JSONBody(matchers.Map{
				"id":        matchers.Like("R7K2M4"),
				"productId": matchers.Integer(10),
				"quantity":  matchers.Integer(2),
				"until":     matchers.Regex("2026-01-31T12:30:00Z", `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*$`),
			})
		}).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			reservation, err := catalogAt(server).Reserve(t.Context(), 10, 2)
			if err != nil {
				return err
			}
			if reservation.ID != "R7K2M4" || reservation.Until.IsZero() {
				return fmt.Errorf("got %+v", reservation)
			}
			return nil
		})
	check(t, err)
}

func TestReservingWhatIsSoldOut(t *testing.T) {
	t.Parallel()
	err := mockCatalog(t).AddInteraction().
		GivenWithParameter(models.ProviderState{Name: "product exists", Parameters: map[string]any{"id": 11, "stock": 0}}).
		UponReceiving("a reservation of product 11, which is sold out").
		WithRequest("POST", "/reservations", func(b *dsl.V4RequestBuilder) {
			b.JSONBody(map[string]any{"productId": 11, "quantity": 1})
		}).
		WillRespondWith(409, func(b *dsl.V4ResponseBuilder) {
			b.JSONBody(matchers.Map{"error": matchers.S("sold_out")})
		}).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			if _, err := catalogAt(server).Reserve(t.Context(), 11, 1); !errors.Is(err, storefront.ErrSoldOut) {
				return fmt.Errorf("unexpected outcome: %w", err)
			}
			return nil
		})
	check(t, err)
}

func TestGivingAReservationBack(t *testing.T) {
	t.Parallel()
	err := mockCatalog(t).AddInteraction().
		GivenWithParameter(models.ProviderState{Name: "reservation exists", Parameters: map[string]any{"id": "R7K2M4"}}).
		UponReceiving("the end of reservation R7K2M4").
		WithRequest("DELETE", "/reservations/R7K2M4").
		WillRespondWith(204).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			return catalogAt(server).Cancel(t.Context(), "R7K2M4")
		})
	check(t, err)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
