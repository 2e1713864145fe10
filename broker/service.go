package broker

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
)

// Service is the broker: every use case is one of its methods. It is safe for
// concurrent use. Its fields are set before the first call and left alone.
//
// A method returns an *Error for what the caller can act on; any other error
// is internal. Names that do not exist are CodeNotFound, those of pacticipants
// with ReasonUnknownName where the API names them.
type Service struct {
	Store    Store
	Now      func() time.Time
	NewID    func() string
	Log      *slog.Logger
	Settings Settings
	// Webhooks sends test executions; nil if this process sends none.
	Webhooks WebhookExecutor

	gate  gateMemory
	diffs turns
}

// New returns a Service on store with the real clock and random ids.
func New(store Store, settings Settings) *Service {
	return &Service{
		Store:    store,
		Now:      func() time.Time { return time.Now().UTC() },
		NewID:    uuid.NewString,
		Log:      slog.Default(),
		Settings: settings,
		diffs:    make(turns, 1),
	}
}

// Ping reports whether the database answers.
func (s *Service) Ping(ctx context.Context) error {
	return s.Store.View(ctx, func(tx Tx) error { return tx.Ping() })
}

// now returns the moment of a use case, in the precision that is stored.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }
