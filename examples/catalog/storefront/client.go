package storefront

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Product is what the storefront needs to know of a product. It names only the
// members it uses, and the contract asks for no others.
type Product struct {
	ID        int      `json:"id"`
	Name      string   `json:"name"`
	Price     int      `json:"price"` // cents
	Available bool     `json:"available"`
	Tags      []string `json:"tags"`
}

// Reservation is stock that the catalog keeps for us.
type Reservation struct {
	ID        string    `json:"id"`
	ProductID int       `json:"productId"`
	Quantity  int       `json:"quantity"`
	Until     time.Time `json:"until"`
}

// How the catalog can disappoint.
var (
	ErrNotFound    = errors.New("the catalog does not have it")
	ErrSoldOut     = errors.New("sold out")
	ErrUnavailable = errors.New("the catalog does not answer")
)

// Catalog asks the catalog service. It is safe for concurrent use.
type Catalog struct {
	base string
	http *http.Client
}

// NewCatalog returns a client of the catalog at an address such as
// http://127.0.0.1:8081.
func NewCatalog(base string) *Catalog {
	return &Catalog{base: base, http: &http.Client{Timeout: 5 * time.Second}}
}

// Products returns the products of a category that cost at most maxPrice
// cents.
func (c *Catalog) Products(ctx context.Context, category string, maxPrice int) ([]Product, error) {
	query := url.Values{}
	if category != "" {
		query.Set("category", category)
	}
	if maxPrice > 0 {
		query.Set("maxPrice", strconv.Itoa(maxPrice))
	}
	address := "/products"
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	var found struct {
		Products []Product `json:"products"`
	}
	err := c.call(ctx, http.MethodGet, address, nil, &found)
	return found.Products, err
}

// Product returns one product, or [ErrNotFound].
func (c *Catalog) Product(ctx context.Context, id int) (Product, error) {
	var p Product
	err := c.call(ctx, http.MethodGet, "/products/"+strconv.Itoa(id), nil, &p)
	return p, err
}

// Reserve keeps some of a product for a while. It returns [ErrSoldOut] if
// there is not enough.
func (c *Catalog) Reserve(ctx context.Context, productID, quantity int) (Reservation, error) {
	var r Reservation
	wanted := map[string]int{"productId": productID, "quantity": quantity}
	err := c.call(ctx, http.MethodPost, "/reservations", wanted, &r)
	return r, err
}

// Cancel gives a reservation back. One that has run out already is fine.
func (c *Catalog) Cancel(ctx context.Context, id string) error {
	err := c.call(ctx, http.MethodDelete, "/reservations/"+url.PathEscape(id), nil, nil)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func (c *Catalog) call(ctx context.Context, method, address string, body, into any) error {
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+address, content)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer response.Body.Close()
	if err := problem(response); err != nil {
		return fmt.Errorf("%s %s: %w", method, address, err)
	}
	if into == nil {
		return nil
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", method, address, err)
	}
	return nil
}

// problem turns a status into an error.
func problem(response *http.Response) error {
	switch status := response.StatusCode; {
	case status < 300:
		return nil
	case status == http.StatusNotFound:
		return ErrNotFound
	case status == http.StatusConflict:
		return ErrSoldOut
	default:
		return fmt.Errorf("%w: status %d", ErrUnavailable, status)
	}
}
