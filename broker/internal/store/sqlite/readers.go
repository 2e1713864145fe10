package sqlite

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// readers are the sessions that read, each for one snapshot at a time. The one that
// was given back last is taken first: what it has read is still near. It is safe for
// concurrent use.
type readers struct {
	// places has one for each snapshot that may be open.
	places chan struct{}
	open   func() (*session, error)

	mu   sync.Mutex
	idle []*session
}

func newReaders(most int, open func() (*session, error)) *readers {
	r := &readers{places: make(chan struct{}, most), open: open}
	for range most {
		r.places <- struct{}{}
	}
	return r
}

// take waits for a place and returns a session, which the caller gives back.
func (r *readers) take(ctx context.Context) (*session, error) {
	select {
	case _, open := <-r.places:
		if !open {
			return nil, engine.ErrClosed
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s := r.last(); s != nil {
		return s, nil
	}
	s, err := r.open()
	if err != nil {
		r.places <- struct{}{}
	}
	return s, err
}

// last is the session that was given back last, nil if none is open.
func (r *readers) last() *session {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.idle) == 0 {
		return nil
	}
	s := r.idle[len(r.idle)-1]
	r.idle = r.idle[:len(r.idle)-1]
	return s
}

// giveBack takes a session back; nil is one that had to be closed.
func (r *readers) giveBack(s *session) {
	if s != nil {
		r.mu.Lock()
		r.idle = append(r.idle, s)
		r.mu.Unlock()
	}
	r.places <- struct{}{}
}

// close waits for the snapshots that are open. One that is read for longer than
// closeGrace is left alone: its reader does not let go of it, and whoever closes the
// store goes on to end the process.
func (r *readers) close() error {
	late := time.After(closeGrace)
	var err error
	for range cap(r.places) {
		select {
		case <-r.places:
			if s := r.last(); s != nil {
				err = errors.Join(err, s.close())
			}
		case <-late:
			return errors.Join(err, errors.New("the database was still being read"))
		}
	}
	close(r.places)
	return err
}
