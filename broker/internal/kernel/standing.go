package kernel

import (
	"context"
	"sync"
	"time"
)

// goodFor is how long an answer is shown again while no change is noticed. What the
// store does not notice, such as another program that cleans up, shows after it.
const goodFor = 10 * time.Second

// Standing is an answer about much, as it was found last, for all who look: in a large
// system it takes part of a second, and many look at the same moment, when
// something has changed. Nobody changes what is in it.
type Standing[T any] struct {
	// turn is held by whoever finds it.
	turn chan struct{}
	last T
	// noticed is what the store had noticed before it was found, at when that was.
	noticed int64
	at      time.Time
}

// NewStanding returns one that has no answer yet.
func NewStanding[T any]() *Standing[T] { return &Standing[T]{turn: make(chan struct{}, 1)} }

// Look returns the answer: it is found again after a change that this process knows
// of. Its own changes show at once, those of other replicas when they have told them.
// What finds it has the turn: there is one at a time.
func (a *Standing[T]) Look(ctx context.Context, store Store, find func() (T, error)) (T, error) {
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

// Kinds are what stands under a few names: those that were asked for last. Its zero
// value is ready, and it is safe for concurrent use.
type Kinds[K comparable, T any] struct {
	mu    sync.Mutex
	found map[K]*T
	// order has the names, the one that was asked for last at the end.
	order []K
}

// mostKinds bounds what is kept; who looks at more waits more often.
const mostKinds = 10

// Of returns what stands under a name, or puts there what fresh returns.
func (k *Kinds[K, T]) Of(name K, fresh func() *T) *T {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, one := range k.order {
		if one == name {
			k.order = append(append(k.order[:i], k.order[i+1:]...), name)
			return k.found[name]
		}
	}
	if k.found == nil {
		k.found = map[K]*T{}
	}
	if len(k.order) == mostKinds {
		delete(k.found, k.order[0])
		k.order = append(k.order[:0], k.order[1:]...)
	}
	k.found[name] = fresh()
	k.order = append(k.order, name)
	return k.found[name]
}
