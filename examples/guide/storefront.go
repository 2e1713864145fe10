package guide

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// Product is what the storefront shows.
type Product struct {
	ID    int      `json:"id"`
	Name  string   `json:"name"`
	Price float64  `json:"price"`
	Tags  []string `json:"tags"`
	// Note is nil where the catalog has none.
	Note *string `json:"note"`
}

// ErrNoProduct tells that the catalog does not have a product.
var ErrNoProduct = errors.New("there is no such product")

// Storefront asks the catalog at an address.
type Storefront struct {
	Catalog string
	Client  *http.Client
}

// Product returns a product of the catalog.
func (s Storefront) Product(id int) (Product, error) {
	client := s.Client
	if client == nil {
		client = http.DefaultClient
	}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, fmt.Sprintf("%s/products/%d", s.Catalog, id), http.NoBody)
	if err != nil {
		return Product{}, err
	}
	response, err := client.Do(request)
	if err != nil {
		return Product{}, fmt.Errorf("ask the catalog: %w", err)
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
		var p Product
		err := json.NewDecoder(response.Body).Decode(&p)
		return p, err
	case http.StatusNotFound:
		return Product{}, ErrNoProduct
	default:
		return Product{}, fmt.Errorf("the catalog answers %s", response.Status)
	}
}

// PriceChanged is an event of the catalog.
type PriceChanged struct {
	Product int     `json:"product"`
	Price   float64 `json:"price"`
}

// Handle takes an event of the catalog.
func (s *Storefront) Handle(event PriceChanged) error {
	if event.Product == 0 || event.Price <= 0 {
		return fmt.Errorf("the event %+v cannot be right", event)
	}
	return nil
}
