package storefront

import (
	"context"
	"errors"
	"sync"
)

// Basket is what one customer is about to buy. It is safe for concurrent use.
type Basket struct {
	catalog *Catalog

	mu    sync.Mutex
	lines []Line
}

// Line is one product of a basket with its reservation.
type Line struct {
	Product     Product
	Quantity    int
	Reservation string
}

// Cents is what the line costs.
func (l Line) Cents() int { return l.Product.Price * l.Quantity }

// NewBasket returns an empty basket.
func NewBasket(catalog *Catalog) *Basket { return &Basket{catalog: catalog} }

// Add reserves a product and puts it into the basket.
func (b *Basket) Add(ctx context.Context, productID, quantity int) error {
	product, err := b.catalog.Product(ctx, productID)
	if err != nil {
		return err
	}
	reservation, err := b.catalog.Reserve(ctx, productID, quantity)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, Line{Product: product, Quantity: quantity, Reservation: reservation.ID})
	return nil
}

// Lines returns what is in the basket.
func (b *Basket) Lines() []Line {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Line(nil), b.lines...)
}

// Cents is what the basket costs.
func (b *Basket) Cents() int {
	sum := 0
	for _, line := range b.Lines() {
		sum += line.Cents()
	}
	return sum
}

// Empty gives all reservations back. Lines whose reservation could not be
// given back stay.
func (b *Basket) Empty(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var kept []Line
	var found []error
	for _, line := range b.lines {
		if err := b.catalog.Cancel(ctx, line.Reservation); err != nil {
			kept = append(kept, line)
			found = append(found, err)
		}
	}
	b.lines = kept
	return errors.Join(found...)
}
