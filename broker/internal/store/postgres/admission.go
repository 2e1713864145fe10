package postgres

import (
	"container/list"
	"context"
	"sync"
	"time"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// admission says who may have a connection. Whoever finds none waits in a line,
// for a time. Some connections are kept from updates, so that reads are answered
// where no update ends: all of them may wait for a standby that is lost, or for a
// lock.
type admission struct {
	// most is how many connections there may be; limit is how many at the moment.
	most int
	wait time.Duration

	mu      sync.Mutex
	limit   int
	inUse   int
	updates int
	line    list.List // of *waiter
	// grown is when the limit was changed last.
	grown time.Time
}

// growEvery is how long after a refusal of the server one more connection is tried.
const growEvery = 5 * time.Second

type purpose bool

const (
	toRead   purpose = false
	toUpdate purpose = true
)

type waiter struct {
	purpose purpose
	admits  chan struct{}
}

func newAdmission(most int, wait time.Duration) *admission {
	return &admission{most: most, limit: most, wait: wait}
}

// reserve is how many of the connections updates leave alone.
func reserve(limit int) int { return (limit + 2) / 4 }

// enter waits until there is a connection for the purpose. The caller calls leave.
func (a *admission) enter(ctx context.Context, p purpose) error {
	a.mu.Lock()
	a.grow()
	w := &waiter{p, make(chan struct{})}
	at := a.line.PushBack(w)
	a.admit()
	a.mu.Unlock()
	select {
	case <-w.admits:
		return nil
	default:
	}
	timer := time.NewTimer(a.wait)
	defer timer.Stop()
	var err error
	select {
	case <-w.admits:
		return nil
	case <-timer.C:
		err = engine.ErrBusy
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	select {
	case <-w.admits: // meanwhile
		return nil
	default:
		a.line.Remove(at)
		return err
	}
}

// leave gives back what enter took.
func (a *admission) leave(p purpose) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.inUse--
	if p == toUpdate {
		a.updates--
	}
	a.grow()
	a.admit()
}

// admit lets in whom there is room for, in the order of the line. Who reads does
// not wait for updates that have to.
func (a *admission) admit() {
	for at := a.line.Front(); at != nil && a.inUse < a.limit; {
		w, next := at.Value.(*waiter), at.Next()
		if w.purpose == toRead || a.updates < a.limit-reserve(a.limit) {
			a.line.Remove(at)
			a.inUse++
			if w.purpose == toUpdate {
				a.updates++
			}
			close(w.admits)
		}
		at = next
	}
}

// shrink takes back the limit to what the server gives: open connections, a few
// less of many, so that other brokers get theirs. It returns the limit.
func (a *admission) shrink(open int) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.limit = max(1, min(a.limit, open-open/8))
	a.grown = time.Now()
	return a.limit
}

// grow tries one more connection from time to time.
func (a *admission) grow() {
	if a.limit < a.most && time.Since(a.grown) > growEvery {
		a.limit++
		a.grown = time.Now()
	}
}
