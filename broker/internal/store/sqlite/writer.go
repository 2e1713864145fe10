package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
	sqlite3 "modernc.org/sqlite/lib"
)

// A batch ends when nobody waits, or after this many updates or this long: so
// one transaction neither grows without end nor keeps the first caller waiting.
const (
	batchUpdates = 128
	batchTime    = 8 * time.Millisecond
)

// closeGrace is how long updates may still run once the store is closing.
const closeGrace = time.Second

// errLost says that SQLite has rolled back the whole transaction with the
// update that failed: so it does when a statement that writes is interrupted.
var errLost = errors.New("the transaction was rolled back")

// writer runs all updates of a database, one after the other, on one
// connection. Updates that wait together share a transaction, each in its own
// savepoint: the flush to disk is what costs, and they share it.
//
// An update ends with the context of its caller, with the store, and when it
// has kept the others waiting for limit.
type writer struct {
	session  *session
	log      engine.Log
	limit    time.Duration
	requests chan *request
	closing  chan struct{}
	stop     sync.Once
	done     chan struct{}
	commits  atomic.Int64
	// life ends what still runs when closing has taken long enough.
	life context.Context
	end  context.CancelFunc
}

// request is one update. Its function runs on the goroutine of its caller, to
// which the writer lends the transaction: panics and failing tests stay where
// they belong.
type request struct {
	ctx context.Context
	// turn hands the transaction to the caller, ran hands it back.
	turn chan turn
	ran  chan error
	// outcome is answered after the flush to disk.
	outcome chan error
}

// turn is the transaction as it is lent, with the context for its statements.
type turn struct {
	ctx context.Context
	q   engine.Querier
}

// errAborted is what a function that never returned leaves.
var errAborted = errors.New("the update was abandoned")

// run calls fn with the lent transaction and hands it back in any case.
func (r *request) run(t turn, fn func(context.Context, engine.Querier) error) {
	err := errAborted
	defer func() { r.ran <- err }()
	err = fn(t.ctx, t.q)
}

func startWriter(session *session, limit time.Duration, log engine.Log) *writer {
	w := &writer{
		session: session, log: log, limit: limit,
		requests: make(chan *request, batchUpdates),
		closing:  make(chan struct{}),
		done:     make(chan struct{}),
	}
	w.life, w.end = context.WithCancel(context.Background())
	go w.loop()
	return w
}

// update queues fn and waits until the flush that covers it.
func (w *writer) update(ctx context.Context, fn func(context.Context, engine.Querier) error) error {
	r := &request{ctx: ctx, turn: make(chan turn), ran: make(chan error, 1), outcome: make(chan error, 1)}
	select {
	case <-w.closing:
		return engine.ErrClosed
	default:
	}
	select {
	case w.requests <- r:
	case <-w.closing:
		return engine.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	left := ctx.Done() // once fn has run, only the writer knows what became of it
	for {
		select {
		case t := <-r.turn:
			left = nil
			r.run(t, fn)
		case err := <-r.outcome:
			return err
		case <-left:
			return ctx.Err()
		case <-w.done:
			// The loop answers all it took; what it left behind came too late.
			select {
			case err := <-r.outcome:
				return err
			default:
				return engine.ErrClosed
			}
		}
	}
}

// close lets queued updates finish and ends the loop. What runs after closeGrace
// is interrupted.
func (w *writer) close() error {
	w.stop.Do(func() { close(w.closing) })
	impatience := time.AfterFunc(closeGrace, w.end)
	defer impatience.Stop()
	<-w.done
	w.end()
	return nil
}

func (w *writer) loop() {
	defer close(w.done)
	for {
		select {
		case r := <-w.requests:
			w.batch(r)
		case <-w.closing:
			for {
				select {
				case r := <-w.requests:
					w.batch(r)
				default:
					return
				}
			}
		}
	}
}

// batch runs first, and whatever else waits, in one transaction. If that is
// lost by the fault of one update, the others are run again in another.
func (w *writer) batch(first *request) {
	for waiting := []*request{first}; len(waiting) > 0; {
		waiting = w.transaction(waiting)
	}
}

// transaction runs the updates that are given and, as long as a batch may take,
// those that come. It answers all of them but the ones that it returns.
func (w *writer) transaction(waiting []*request) (again []*request) {
	if err := w.do("BEGIN IMMEDIATE"); err != nil {
		for _, r := range waiting {
			r.outcome <- fmt.Errorf("begin: %w", err)
		}
		return nil
	}
	var (
		finished []*request // those that succeeded
		broken   error
		started  = time.Now()
	)
	for ran := 0; broken == nil; ran++ {
		var r *request
		switch {
		case len(waiting) > 0:
			r, waiting = waiting[0], waiting[1:]
		case ran < batchUpdates && time.Since(started) < batchTime:
			r = w.next()
		}
		if r == nil {
			break
		}
		var out error
		if ran == 0 {
			if out = w.first(r); out != nil {
				return waiting
			}
			finished = append(finished, r)
			continue
		}
		if out, broken = w.savepoint(r); out != nil {
			r.outcome <- out
		} else {
			finished = append(finished, r)
		}
	}
	if errors.Is(broken, errLost) {
		return append(finished, waiting...)
	}
	if broken == nil {
		broken = w.do("COMMIT")
		w.commits.Add(1)
	}
	if broken != nil {
		_ = w.do("ROLLBACK") // the transaction failed already; that is what is reported
		broken = fmt.Errorf("commit: %w", broken)
	}
	for _, r := range append(finished, waiting...) {
		r.outcome <- broken
	}
	return nil
}

// next returns an update that waits, or nil. Before it gives up it lets others
// run: those that are about to ask share this flush instead of waiting for it.
func (w *writer) next() *request {
	for range 2 {
		select {
		case r := <-w.requests:
			return r
		default:
			runtime.Gosched()
		}
	}
	return nil
}

// do runs a statement that no caller's context may interrupt.
func (w *writer) do(query string) error {
	_, err := w.session.Exec(context.Background(), query, nil)
	return err
}

// first runs the update that a transaction begins with, for which it needs no
// savepoint: where that fails there is nothing else to keep. So SQLite has no copies
// to make of the pages that it changes.
func (w *writer) first(r *request) error {
	err := r.ctx.Err()
	if err == nil {
		err = w.lend(r)
	}
	if err == nil && w.session.conn.AutocommitEnabled() {
		err = errLost
	}
	if err != nil {
		_ = w.do("ROLLBACK") // the update failed already; that is what is reported
		r.outcome <- err
	}
	return err
}

// savepoint runs one update. broken says that the whole transaction is lost.
func (w *writer) savepoint(r *request) (out, broken error) {
	if err := r.ctx.Err(); err != nil {
		return err, nil
	}
	if err := w.do("SAVEPOINT u"); err != nil {
		return err, err
	}
	out = w.lend(r)
	if w.session.conn.AutocommitEnabled() {
		return cmp.Or(out, errLost), errLost
	}
	if out != nil {
		if err := w.do("ROLLBACK TO u"); err != nil {
			return out, errors.Join(out, err)
		}
	}
	if err := w.do("RELEASE u"); err != nil {
		return cmp.Or(out, err), err
	}
	return out, nil
}

// lend lets the caller run its update, for as long as it may.
func (w *writer) lend(r *request) error {
	ctx, cancel := context.WithTimeout(r.ctx, w.limit)
	defer cancel()
	defer context.AfterFunc(w.life, cancel)()
	release := w.session.watch(ctx)
	defer release()
	select {
	case r.turn <- turn{context.WithoutCancel(r.ctx), w.log.Of(w.session)}:
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
	out := <-r.ran
	if out == nil || ctx.Err() == nil || Code(out) != sqlite3.SQLITE_INTERRUPT {
		return out
	}
	switch {
	case r.ctx.Err() != nil:
		return r.ctx.Err()
	case w.life.Err() != nil:
		return engine.ErrClosed
	}
	return &engine.LimitError{Limit: w.limit}
}
