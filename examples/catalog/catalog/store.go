package catalog

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// reservedFor is how long a reservation lasts.
const reservedFor = 30 * time.Minute

// Store keeps products and reservations in memory and, if it has a file, on
// disk. It is safe for concurrent use.
type Store struct {
	file string
	now  func() time.Time

	mu           sync.Mutex
	products     map[int]Product
	reservations map[string]Reservation
}

// content is the store as it is written.
type content struct {
	Products     []Product     `json:"products"`
	Reservations []Reservation `json:"reservations"`
}

// OpenStore reads the store from file; a missing file is an empty store. With
// an empty name nothing is kept.
func OpenStore(file string) (*Store, error) {
	s := &Store{file: file, now: time.Now}
	s.Reset()
	if file == "" {
		return s, nil
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	var c content
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("read the products from %s: %w", file, err)
	}
	for _, p := range c.Products {
		s.products[p.ID] = p
	}
	for _, r := range c.Reservations {
		s.reservations[r.ID] = r
	}
	return s, nil
}

// Reset empties the store.
func (s *Store) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.products = map[int]Product{}
	s.reservations = map[string]Reservation{}
}

// Put adds products or replaces those with the same ids.
func (s *Store) Put(products ...Product) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range products {
		s.products[p.ID] = p
	}
	return s.save()
}

// Find returns a product, or [ErrNoProduct].
func (s *Store) Find(id int) (Product, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, found := s.products[id]
	if !found {
		return Product{}, fmt.Errorf("product %d: %w", id, ErrNoProduct)
	}
	return p, nil
}

// List returns the products of a category (all if empty) that cost at most
// maxCents (anything if 0), cheapest first.
func (s *Store) List(category string, maxCents int) []Product {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []Product{}
	for _, p := range s.products {
		if (category == "" || p.Category == category) && (maxCents == 0 || p.Cents <= maxCents) {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b Product) int {
		return cmp.Or(cmp.Compare(a.Cents, b.Cents), cmp.Compare(a.ID, b.ID))
	})
	return found
}

// Reserve takes quantity out of the stock, for a while. It returns
// [ErrNoProduct] or [ErrSoldOut].
func (s *Store) Reserve(productID, quantity int) (Reservation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	p, found := s.products[productID]
	if !found {
		return Reservation{}, fmt.Errorf("product %d: %w", productID, ErrNoProduct)
	}
	if p.Stock < quantity {
		return Reservation{}, fmt.Errorf("%d of product %d: %w", quantity, productID, ErrSoldOut)
	}
	p.Stock -= quantity
	s.products[productID] = p
	r := Reservation{ID: rand.Text()[:12], ProductID: productID, Quantity: quantity, Until: s.now().Add(reservedFor)}
	s.reservations[r.ID] = r
	return r, s.save()
}

// PutReservation stores a reservation under an id of the caller's choice.
func (s *Store) PutReservation(r Reservation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reservations[r.ID] = r
	return s.save()
}

// FindReservation returns a reservation that has not run out, or
// [ErrNoReservation].
func (s *Store) FindReservation(id string) (Reservation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	r, found := s.reservations[id]
	if !found {
		return Reservation{}, fmt.Errorf("reservation %s: %w", id, ErrNoReservation)
	}
	return r, nil
}

// Cancel gives the stock of a reservation back. It returns [ErrNoReservation].
func (s *Store) Cancel(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	r, found := s.reservations[id]
	if !found {
		return fmt.Errorf("reservation %s: %w", id, ErrNoReservation)
	}
	s.release(r)
	return s.save()
}

// expire gives back the stock of reservations that have run out.
func (s *Store) expire() {
	for _, r := range s.reservations {
		if r.Until.Before(s.now()) {
			s.release(r)
		}
	}
}

func (s *Store) release(r Reservation) {
	delete(s.reservations, r.ID)
	if p, found := s.products[r.ProductID]; found {
		p.Stock += r.Quantity
		s.products[r.ProductID] = p
	}
}

// save writes the file anew, so that a crash leaves the old or the new one.
func (s *Store) save() error {
	if s.file == "" {
		return nil
	}
	data, err := json.MarshalIndent(content{
		Products:     slices.SortedFunc(maps.Values(s.products), func(a, b Product) int { return cmp.Compare(a.ID, b.ID) }),
		Reservations: slices.SortedFunc(maps.Values(s.reservations), func(a, b Reservation) int { return cmp.Compare(a.ID, b.ID) }),
	}, "", "  ")
	if err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(s.file), ".catalog-*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	if _, err := draft.Write(data); err != nil {
		return errors.Join(err, draft.Close())
	}
	if err := draft.Close(); err != nil {
		return err
	}
	return os.Rename(draft.Name(), s.file)
}
