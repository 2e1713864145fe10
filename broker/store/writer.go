package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/treatyhq/treaty/broker"
)

// A batch ends when nobody waits, or after this many updates or this long: so
// one transaction neither grows without end nor keeps the first caller waiting.
const (
	batchUpdates = 128
	batchTime    = 8 * time.Millisecond
)

var errClosed = broker.Errorf(broker.CodeUnavailable, "the broker is shutting down")

// writer runs all updates of a SQLite store, one after the other, on one
// connection. Updates that wait together share a transaction, each in its own
// savepoint: the flush to disk is what costs, and they share it.
type writer struct {
	session  *session
	store    *Store
	requests chan *request
	closing  chan struct{}
	stop     sync.Once
	done     chan struct{}
	commits  atomic.Int64
}

// request is one update. Its function runs on the goroutine of its caller, to
// which the writer lends the transaction: panics and failing tests stay where
// they belong.
type request struct {
	ctx context.Context
	// turn hands the transaction to the caller, ran hands it back.
	turn chan *tx
	ran  chan error
	// outcome is answered after the flush to disk.
	outcome chan error
}

// errAborted is what a function that never returned leaves.
var errAborted = errors.New("the update was abandoned")

// run calls fn with the lent transaction and hands it back in any case.
func (r *request) run(t *tx, fn func(*tx) error) {
	err := errAborted
	defer func() { r.ran <- err }()
	err = fn(t)
	if err == nil {
		err = t.flush()
	}
}

func startWriter(s *Store, session *session) *writer {
	w := &writer{
		session: session, store: s,
		requests: make(chan *request, batchUpdates),
		closing:  make(chan struct{}),
		done:     make(chan struct{}),
	}
	go w.loop()
	return w
}

// update queues fn and waits until the flush that covers it.
func (w *writer) update(ctx context.Context, fn func(*tx) error) error {
	r := &request{ctx: ctx, turn: make(chan *tx), ran: make(chan error, 1), outcome: make(chan error, 1)}
	select {
	case <-w.closing:
		return errClosed
	default:
	}
	select {
	case w.requests <- r:
	case <-w.closing:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		select {
		case t := <-r.turn:
			r.run(t, fn)
		case err := <-r.outcome:
			return err
		case <-w.done:
			// The loop answers all it took; what it left behind came too late.
			select {
			case err := <-r.outcome:
				return err
			default:
				return errClosed
			}
		}
	}
}

// close lets queued updates finish and ends the loop.
func (w *writer) close() error {
	w.stop.Do(func() { close(w.closing) })
	<-w.done
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

// batch runs first, and whatever else waits, in one transaction.
func (w *writer) batch(first *request) {
	// Interrupting a statement would roll back the others too, so the callers'
	// contexts do not reach the database.
	if err := w.do("BEGIN IMMEDIATE"); err != nil {
		first.outcome <- fmt.Errorf("begin: %w", err)
		return
	}
	var (
		finished []*request
		outcomes []error
		broken   error
		started  = time.Now()
	)
	for r := first; r != nil && broken == nil; {
		var out error
		out, broken = w.savepoint(r)
		finished, outcomes = append(finished, r), append(outcomes, out)
		if r = nil; len(finished) < batchUpdates && time.Since(started) < batchTime {
			r = w.next()
		}
		if r != nil && broken != nil {
			// Taken off the queue, not yet run: it shares the failure.
			finished, outcomes = append(finished, r), append(outcomes, nil)
		}
	}
	if broken == nil {
		broken = w.do("COMMIT")
		w.commits.Add(1)
	}
	if broken != nil {
		_ = w.do("ROLLBACK") // the transaction failed already; that is what is reported
	}
	for i, r := range finished {
		if broken != nil && outcomes[i] == nil {
			outcomes[i] = fmt.Errorf("commit: %w", broken)
		}
		r.outcome <- outcomes[i]
	}
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
	_, err := w.session.exec(context.Background(), query, nil)
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
	r.turn <- &tx{ctx: context.WithoutCancel(r.ctx), q: w.store.logged(w.session), store: w.store}
	if out = <-r.ran; out != nil {
		if err := w.do("ROLLBACK TO u"); err != nil {
			return out, errors.Join(out, err)
		}
	}
	if err := w.do("RELEASE u"); err != nil {
		return out, err
	}
	return out, nil
}
