package overview

import (
	"context"
	"sync"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// goodFor is how long an answer is shown again while no change is noticed. What the
// store does not notice, such as another program that cleans up, shows after it.
const goodFor = 10 * time.Second

// standing is an answer about much, as it was found last, for all who look: in a large
// system it takes part of a second, and many look at the same moment, when
// something has changed. Nobody changes what is in it.
type standing[T any] struct {
	// turn is held by whoever finds it.
	turn chan struct{}
	last T
	// noticed is what the store had noticed before it was found, at when that was.
	noticed int64
	at      time.Time
}

func newStanding[T any]() *standing[T] { return &standing[T]{turn: make(chan struct{}, 1)} }

// look returns the answer: it is found again after a change that this process knows
// of. Its own changes show at once, those of other replicas when they have told them.
func (a *standing[T]) look(ctx context.Context, store kernel.Store, find func() (T, error)) (T, error) {
	var none T
	// Whoever has waited for another's look has no use for it if something had changed
	// between its beginning and the question; all who wait then share the next one.
	asked := store.Noticed()
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return none, ctx.Err()
	}
	noticed, now := store.Noticed(), time.Now()
	if !a.at.IsZero() && a.noticed >= asked && now.Sub(a.at) < goodFor {
		return a.last, nil
	}
	found, err := find()
	if err != nil {
		return none, err
	}
	a.last, a.noticed, a.at = found, noticed, now
	return found, nil
}

// Everything is [Service.Overview] of everything, kept while nothing changes. Nobody
// changes what it returns. The decisions have no rows.
func (s *Service) Everything(ctx context.Context) (Overview, error) {
	return s.everything.look(ctx, s.Store, func() (Overview, error) {
		out, err := s.Overview(ctx, Query{})
		for i := range out.Environments {
			out.Environments[i].Decision = out.Environments[i].Decision.WithoutRows()
		}
		for _, a := range out.Applications {
			for i := range a.Verdicts {
				a.Verdicts[i] = a.Verdicts[i].WithoutRows()
			}
		}
		return out, err
	})
}

// byEnvironment are the answers about environments that were looked at.
type byEnvironment struct {
	mu    sync.Mutex
	found map[string]*standing[EnvironmentAnswer]
}

// mostEnvironments bounds what is kept; who has more waits more often.
const mostEnvironments = 10

// of returns the place for the answer about an environment.
func (b *byEnvironment) of(name string) *standing[EnvironmentAnswer] {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.found[name] == nil {
		if b.found == nil || len(b.found) >= mostEnvironments {
			b.found = map[string]*standing[EnvironmentAnswer]{}
		}
		b.found[name] = newStanding[EnvironmentAnswer]()
	}
	return b.found[name]
}

// LookAtEnvironment answers whether all that is in an environment fits together. The
// answer is kept while nothing changes, and nobody changes it. It returns
// CodeNotFound for an unknown environment.
func (s *Service) LookAtEnvironment(ctx context.Context, name string) (EnvironmentAnswer, error) {
	return s.environments.of(name).look(ctx, s.Store, func() (EnvironmentAnswer, error) {
		out, err := s.lookAtEnvironment(ctx, name)
		out.Decision = out.Decision.WithoutRows() // they are told in full
		return out, err
	})
}
