package catalog

import (
	"fmt"
	"slices"
)

// Release is a version of this service. A real one has only its newest code;
// the example keeps three, so that it can show what each does to consumers.
type Release string

// The releases.
const (
	// First sends the price in cents: "price": 1999.
	First Release = "1.0.0"
	// Breaking sends the price as people read it: "price": "19.99 EUR". Who
	// calculates with it breaks.
	Breaking Release = "2.0.0"
	// Compatible keeps the price in cents and adds "priceText": "19.99 EUR".
	Compatible Release = "2.1.0"
)

// Releases lists them in order.
func Releases() []Release { return []Release{First, Breaking, Compatible} }

// ParseRelease returns the release of that number; the newest for "".
func ParseRelease(number string) (Release, error) {
	if number == "" {
		return Compatible, nil
	}
	if !slices.Contains(Releases(), Release(number)) {
		return "", fmt.Errorf("there is no release %q: choose one of %v", number, Releases())
	}
	return Release(number), nil
}

// view is a product as consumers see it.
type view struct {
	ID        int      `json:"id"`
	Name      string   `json:"name"`
	Category  string   `json:"category"`
	Price     any      `json:"price"`
	PriceText string   `json:"priceText,omitempty"`
	Available bool     `json:"available"`
	Tags      []string `json:"tags"`
}

// view shows a product the way this release does.
func (r Release) view(p Product) view {
	v := view{ID: p.ID, Name: p.Name, Category: p.Category, Price: p.Cents, Available: p.Stock > 0, Tags: p.Tags}
	if v.Tags == nil {
		v.Tags = []string{}
	}
	readable := fmt.Sprintf("%d.%02d EUR", p.Cents/100, p.Cents%100)
	switch r {
	case First:
	case Breaking:
		v.Price = readable
	case Compatible:
		v.PriceText = readable
	}
	return v
}
