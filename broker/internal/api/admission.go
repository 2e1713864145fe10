package api

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

const (
	// smallBody is what a document may have without being counted: most have some
	// kilobytes, and those must not wait for the few large ones.
	smallBody = 256 << 10
	// roomBytes is how much text of large documents is worked on at a time. The
	// work takes about ten times as much, and the collector of garbage its share.
	roomBytes = 20 << 20
	// roomQueue is how much text may wait for that; whoever comes then is sent
	// away at once, because what waits takes room too.
	roomQueue = 8 * roomBytes
	// roomPatience is how long a request waits. Clients and load balancers
	// between give up after half a minute or later.
	roomPatience = 25 * time.Second
)

// keyRoom is what a request calls when it needs its room no longer.
const keyRoom = "room"

// room limits how much text is worked on at a time, by its bytes: some large
// documents at once would take all memory. It is safe for concurrent use.
type room struct {
	mu       sync.Mutex
	size     int64
	used     int64
	waiting  int64
	queue    []*guest // first come, first served
	patience time.Duration
}

type guest struct {
	bytes int64
	in    chan struct{} // closed when there is room
}

func newRoom(size int64) *room { return &room{size: size, patience: roomPatience} }

var errNoRoom = kernel.Errorf(kernel.CodeUnavailable,
	"The broker is busy with other large documents. Nothing of this request is stored: try again in a few seconds.")

// enter waits for room. What is larger than all of it has it for itself.
func (r *room) enter(ctx context.Context, bytes int64) (leave func(), err error) {
	bytes = min(bytes, r.size)
	r.mu.Lock()
	if len(r.queue) == 0 && r.used+bytes <= r.size {
		r.used += bytes
		r.mu.Unlock()
		return r.leaving(bytes), nil
	}
	if r.waiting+bytes > roomQueue {
		r.mu.Unlock()
		return nil, errNoRoom
	}
	g := &guest{bytes: bytes, in: make(chan struct{})}
	r.queue, r.waiting = append(r.queue, g), r.waiting+bytes
	r.mu.Unlock()
	patience := time.NewTimer(r.patience)
	defer patience.Stop()
	select {
	case <-g.in:
		return r.leaving(bytes), nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-patience.C:
		err = errNoRoom
	}
	if !r.giveUp(g) { // it was let in meanwhile
		r.leaving(bytes)()
	}
	return nil, err
}

// giveUp takes a guest out of the queue. It reports false if it is in already.
func (r *room) giveUp(g *guest) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := slices.Index(r.queue, g)
	if at < 0 {
		return false
	}
	r.queue, r.waiting = slices.Delete(r.queue, at, at+1), r.waiting-g.bytes
	r.letIn() // those behind it may fit
	return true
}

func (r *room) leaving(bytes int64) func() {
	return sync.OnceFunc(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.used -= bytes
		r.letIn()
	})
}

func (r *room) letIn() {
	for len(r.queue) > 0 && r.used+r.queue[0].bytes <= r.size {
		g := r.queue[0]
		r.queue, r.used, r.waiting = r.queue[1:], r.used+g.bytes, r.waiting-g.bytes
		close(g.in)
	}
}

// admit lets a request go on that works on a document of this length, when there
// is room. A request has its room until its answer is ready.
func (a *API) admit(c echo.Context, length int) error {
	if length <= smallBody || c.Get(keyRoom) != nil {
		return nil
	}
	leave, err := a.room.enter(c.Request().Context(), int64(length))
	if err != nil {
		return err
	}
	c.Set(keyRoom, leave)
	// Who reads its answer slowly keeps nobody waiting.
	c.Response().Before(leave)
	return nil
}

// leaveRoom gives the room of a request back, whatever became of it.
func (a *API) leaveRoom(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		defer func() {
			if leave, has := c.Get(keyRoom).(func()); has {
				leave()
			}
		}()
		return next(c)
	}
}
