package kernel

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
)

// Base is what every use case works with. All subjects share one, so that they
// see the same clock and the same settings. It is safe for concurrent use. Its
// fields are set before the first call and left alone.
type Base struct {
	Store    Store
	Now      func() time.Time
	NewID    func() string
	Log      *slog.Logger
	Settings Settings
}

// NewBase returns a Base on store with the real clock and random ids.
func NewBase(store Store, settings Settings) *Base {
	return &Base{
		Store:    store,
		Now:      func() time.Time { return time.Now().UTC() },
		NewID:    NewID,
		Log:      slog.Default(),
		Settings: settings,
	}
}

// Ping reports whether the database answers.
func (s *Base) Ping(ctx context.Context) error {
	return s.Store.View(ctx, func(tx Tx) error { return tx.Ping() })
}

// Moment returns the moment of a use case, in the precision that is stored.
func (s *Base) Moment() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// NewID is a random identity.
func NewID() string { return uuid.NewString() }
