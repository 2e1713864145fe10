package catalog

import (
	"errors"
	"time"
)

// Product is something that the shop sells.
type Product struct {
	ID       int      `json:"id"`
	Name     string   `json:"name"`
	Category string   `json:"category"`
	Cents    int      `json:"cents"`
	Tags     []string `json:"tags,omitempty"`
	Stock    int      `json:"stock"`
}

// Reservation keeps some stock for a customer.
type Reservation struct {
	ID        string    `json:"id"`
	ProductID int       `json:"productId"`
	Quantity  int       `json:"quantity"`
	Until     time.Time `json:"until"`
}

// What can be wrong with a question to the [Store].
var (
	ErrNoProduct     = errors.New("there is no such product")
	ErrNoReservation = errors.New("there is no such reservation")
	ErrSoldOut       = errors.New("there is not enough stock")
)
