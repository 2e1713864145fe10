package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
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
}

// request is one update that waits for its outcome.
type request struct {
	ctx     context.Context
	fn      func(*tx) error
	outcome chan outcome
}

type outcome struct {
	err      error
	panicked any
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

// update queues fn and waits until the flush that covers it. It panics as fn
// panics.
func (w *writer) update(ctx context.Context, fn func(*tx) error) error {
	r := &request{ctx: ctx, fn: fn, outcome: make(chan outcome, 1)}
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
	var out outcome
	select {
	case out = <-r.outcome:
	case <-w.done:
		// The loop answers all it took; what it left behind was queued too late.
		select {
		case out = <-r.outcome:
		default:
			return errClosed
		}
	}
	if out.panicked != nil {
		panic(out.panicked)
	}
	return out.err
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
	raw, err := w.session.conn.BeginTx(context.Background(), nil)
	if err != nil {
		first.outcome <- outcome{err: fmt.Errorf("begin: %w", err)}
		return
	}
	var (
		finished []*request
		outcomes []outcome
		broken   error
		started  = time.Now()
	)
	for r := first; r != nil && broken == nil; {
		var out outcome
		out, broken = w.savepoint(raw, r)
		finished, outcomes = append(finished, r), append(outcomes, out)
		if r = nil; len(finished) < batchUpdates && time.Since(started) < batchTime {
			select {
			case r = <-w.requests:
			default:
			}
		}
		if r != nil && broken != nil {
			// Taken off the queue, not yet run: it shares the failure.
			finished, outcomes = append(finished, r), append(outcomes, outcome{})
		}
	}
	if broken == nil {
		broken = raw.Commit()
	}
	if broken != nil {
		_ = raw.Rollback() // the transaction failed already; that is what is reported
	}
	for i, r := range finished {
		if broken != nil && outcomes[i].err == nil && outcomes[i].panicked == nil {
			outcomes[i].err = fmt.Errorf("commit: %w", broken)
		}
		r.outcome <- outcomes[i]
	}
}

// savepoint runs one update. broken says that the whole transaction is lost.
func (w *writer) savepoint(raw *sql.Tx, r *request) (out outcome, broken error) {
	if err := r.ctx.Err(); err != nil {
		return outcome{err: err}, nil
	}
	ctx := context.WithoutCancel(r.ctx)
	if _, err := w.session.ExecContext(ctx, "SAVEPOINT u"); err != nil {
		return outcome{err: err}, err
	}
	out = guard(func() error {
		t := &tx{ctx: ctx, q: w.session, raw: raw, store: w.store}
		if err := r.fn(t); err != nil {
			return err
		}
		return t.flush()
	})
	if out.err != nil || out.panicked != nil {
		if _, err := w.session.ExecContext(ctx, "ROLLBACK TO u"); err != nil {
			return out, errors.Join(out.err, err)
		}
	}
	if _, err := w.session.ExecContext(ctx, "RELEASE u"); err != nil {
		return out, err
	}
	return out, nil
}

func guard(fn func() error) (out outcome) {
	defer func() { out.panicked = recover() }()
	return outcome{err: fn()}
}
