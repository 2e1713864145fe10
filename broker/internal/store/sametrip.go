package store

import (
	"cmp"
	"errors"
	"iter"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// Where a server is between, a way to it costs as much as a statement or far more.
// Look-ups that do not need each other's answers run as if each were alone: each
// goes on until it has to wait for an answer, and when all of them wait, what they
// ask goes to the server together.

// turns are the look-ups that take turns, and what they wait for.
type turns struct {
	// pause lets the others go on until there is an answer; nil outside of
	// look-ups that take turns.
	pause func() error
	asked []*question
}

// question is a statement that waits for the others.
type question struct {
	query string
	args  []any
	each  func(engine.Row) (bool, error)
	err   error
}

// query runs a statement that reads.
func (t *tx) query(query string, args []any, each func(engine.Row) (bool, error)) error {
	if t.turns.pause == nil {
		return t.q.Query(t.ctx, query, args, each)
	}
	q := &question{query: query, args: args, each: each}
	t.turns.asked = append(t.turns.asked, q)
	if err := t.turns.pause(); err != nil {
		return err
	}
	return q.err
}

// Together implements kernel.Tx. Without a server between, look-ups one after the
// other are as fast.
func (t *tx) Together(looks ...func() error) error {
	if !t.ways() || len(looks) < 2 {
		for _, look := range looks {
			if err := look(); err != nil {
				return err
			}
		}
		return nil
	}
	outer := t.turns.pause
	defer func() { t.turns.pause = outer }()
	errs := make([]error, len(looks))
	var running []*turn
	for i, look := range looks {
		one := newTurn(func() { errs[i] = look() })
		defer one.stop()
		running = append(running, one)
	}
	for {
		waiting := running[:0]
		for _, one := range running {
			t.turns.pause = one.pause
			if _, more := one.next(); more {
				waiting = append(waiting, one)
			}
		}
		t.turns.pause = outer
		running = waiting
		switch {
		case len(running) == 0:
			return cmp.Or(errs...)
		case outer != nil:
			if err := outer(); err != nil {
				return err
			}
		default:
			t.askAll()
		}
	}
}

// errLeft is what a look-up gets whose answer nobody waits for any more.
var errLeft = errors.New("the look-up was left")

// turn is a look-up that can be left while it waits.
type turn struct {
	next  func() (struct{}, bool)
	stop  func()
	pause func() error
}

func newTurn(look func()) *turn {
	one := &turn{}
	var leave func(struct{}) bool
	one.pause = func() error {
		if !leave(struct{}{}) {
			return errLeft
		}
		return nil
	}
	one.next, one.stop = iter.Pull(func(yield func(struct{}) bool) {
		leave = yield
		look()
	})
	return one
}

// askAll sends what the look-ups wait for. An error of who reads rows is that
// question's alone.
func (t *tx) askAll() {
	asked := t.turns.asked
	t.turns.asked = nil
	var err error
	for i, q := range asked {
		each := func(row engine.Row) (bool, error) {
			var more bool
			more, q.err = q.each(row)
			return more && q.err == nil, nil
		}
		if i < len(asked)-1 {
			err = t.q.Later(t.ctx, q.query, q.args, each)
		} else {
			err = t.q.Query(t.ctx, q.query, q.args, each)
		}
		if err != nil {
			break
		}
	}
	for _, q := range asked {
		q.err = cmp.Or(q.err, err)
	}
}
