package audit

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/errlog"
)

// Service has the use cases of this subject. It is safe for concurrent use.
type Service struct {
	*kernel.Base
	// Denier records what was not allowed; nil where nobody keeps a record.
	Denier Denier
}

// New returns the use cases on base.
func New(base *kernel.Base) *Service {
	denier, _ := base.Store.(Denier)
	return &Service{Base: base, Denier: denier}
}

// On reports whether this broker keeps a record.
func (s *Service) On() bool { return s.Denier != nil }

// Deny records that the act of a context was not allowed.
func (s *Service) Deny(ctx context.Context) error {
	if s.Denier == nil {
		return nil
	}
	return s.Denier.Deny(ctx)
}

// Query selects events.
type Query struct {
	Since             time.Time
	Principal, Action string
	Outcome           kernel.AuditOutcome
	// From is the UUID of an event after which the list goes on; empty begins with the
	// first. It is CodeInvalid if there is none.
	From      string
	Ascending bool
	// Number counts pages, from 1; Size is how many events at most.
	Number, Size int
}

// List returns events, and whether more follow.
func (s *Service) List(ctx context.Context, q Query) (out []kernel.AuditEvent, more bool, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) error {
		f := kernel.AuditFilter{Since: q.Since, Principal: q.Principal, Action: q.Action, Outcome: q.Outcome, Ascending: q.Ascending, Limit: q.Size + 1, Offset: (max(q.Number, 1) - 1) * q.Size}
		if q.From != "" {
			from, err := tx.FindAuditEvent(q.From)
			if kernel.IsNotFound(err) {
				fields := kernel.Fields{}
				fields.Add("from", "is no uuid of an event that is kept")
				return fields.Err()
			}
			if err != nil {
				return err
			}
			f.From = &from
		}
		out, err = tx.ListAuditEvents(f)
		if more = len(out) > q.Size; more {
			out = out[:q.Size]
		}
		return err
	})
	return out, more, err
}

// Keeping reports whether some broker keeps a record in this database.
func (s *Service) Keeping(ctx context.Context) (on bool, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) error {
		chain, err := tx.AuditChain()
		on = chain.On
		return err
	})
	return on, err
}

// keep notes in the database that a record is kept, so that commands beside the broker
// keep it too.
func (s *Service) keep(ctx context.Context) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		chain, err := tx.LockAuditChain()
		if err != nil || chain.On {
			return err
		}
		chain.On = true
		return tx.SaveAuditChain(chain)
	})
}

const (
	// sealEvery is how often a broker looks for events without a place.
	sealEvery = time.Second
	// cutEvery is how often old ones are deleted.
	cutEvery = time.Hour
)

// Sealer seals what is written, in the background, until it is closed. Each broker has
// one: who holds the end of the chain is the one that seals, and nobody has to know who
// that is.
type Sealer struct {
	service *Service
	keep    time.Duration
	now     func() time.Time
	log     *slog.Logger
	end     context.CancelFunc
	done    sync.WaitGroup
}

// Start returns a sealer that works. Events older than keep are deleted; 0 keeps all.
func (s *Service) Start(keep time.Duration, log *slog.Logger) *Sealer {
	ctx, end := context.WithCancel(context.Background())
	sealer := &Sealer{service: s, keep: keep, now: s.Now, log: log, end: end}
	// At once, if the database is there: what is done beside the broker from now on is
	// recorded too.
	kept := s.keep(ctx) == nil
	sealer.done.Go(func() { sealer.run(ctx, kept) })
	return sealer
}

// Close seals no more.
func (s *Sealer) Close() {
	s.end()
	s.done.Wait()
}

func (s *Sealer) run(ctx context.Context, kept bool) {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	failing, cutAt := false, time.Time{}
	for {
		err := s.once(ctx, &kept, &cutAt)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			s.log.WarnContext(ctx, "events of the audit could not be sealed; tried again each second", errlog.Attr(err))
		case err == nil && failing:
			s.log.InfoContext(ctx, "events of the audit are sealed again")
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// once does what is due.
func (s *Sealer) once(ctx context.Context, kept *bool, cutAt *time.Time) error {
	if !*kept {
		if err := s.service.keep(ctx); err != nil {
			return err
		}
		*kept = true
	}
	left, err := s.service.unsealed(ctx)
	if err == nil && left > 0 {
		_, err = s.service.Seal(ctx)
	}
	if err != nil || s.keep <= 0 || time.Since(*cutAt) < cutEvery {
		return err
	}
	*cutAt = time.Now()
	_, err = s.service.Cut(ctx, s.now().Add(-s.keep))
	return err
}

// unsealed asks without a lock whether there is anything to do.
func (s *Service) unsealed(ctx context.Context) (n int, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) error {
		some, err := tx.UnsealedEvents(1)
		n = len(some)
		return err
	})
	return n, err
}
