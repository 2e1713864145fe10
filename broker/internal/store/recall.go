package store

import (
	"math"
	"slices"
	"sync"
)

// What a use case asks first names what it asks next, so that its questions would
// go to the server in several rounds. Most of those first answers are what they
// were the last time: the identity of an application, of a branch, of a content.
// So what follows from them is asked along with them, as if they were still true.
//
// No answer comes from here. All that is remembered is which questions may follow;
// each of them goes to the server, and its answer is found by its text and its
// values alone. Where something has changed, other questions follow, nobody looks
// for the answers that were fetched in vain, and it takes a round more.

// memory is what some questions were answered the last time.
type memory struct {
	mu   sync.Mutex
	rows map[asked]any
}

// mostRemembered bounds the memory, of which it is forgotten all at once.
const mostRemembered = 10_000

func (m *memory) last(q asked) (rows any, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	rows, known = m.rows[q]
	return rows, known
}

func (m *memory) note(q asked, rows any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rows == nil || len(m.rows) >= mostRemembered {
		m.rows = map[asked]any{}
	}
	m.rows[q] = rows
}

func (m *memory) forget(q asked) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.rows, q)
}

// recall says that the next question is one of those.
func (t *tx) recall() {
	if t.asking != nil {
		t.asking.next.recalled = true
	}
}

// learned notes what the questions were answered, for the next time. If they could
// not be answered it may be by what was remembered.
func (t *tx) learned(puts []put, err error) {
	for _, p := range puts {
		switch {
		case !p.about.recalled:
		case err != nil:
			t.store.memory.forget(p.asked)
		default:
			t.store.memory.note(p.asked, p.answer.rows)
		}
	}
}

// unmade is the identity, while it is said what will be asked, of a version that
// seems to be new: nothing hangs on it, and it comes after all that there are. Its
// own is taken with the same way to the server, after all of them have been asked.
const unmade int64 = math.MaxInt64

// ofUnmade are the values of a question about a version that has been made since
// it was asked, as they were then; nil if it is not about that.
func (t *tx) ofUnmade(args []any) []any {
	if t.fresh == nil || t.asking != nil || !mentions(args, t.fresh.id) {
		return nil
	}
	out := slices.Clone(args)
	for i, arg := range out {
		switch id := t.fresh.id; v := arg.(type) {
		case int64:
			if v == id {
				out[i] = unmade
			}
		case []int64:
			if len(v) == 1 && v[0] == id {
				out[i] = []int64{unmade}
			}
		}
	}
	return out
}

// mentions reports whether an identity is among the values, alone or as a list.
func mentions(args []any, id int64) bool {
	return slices.ContainsFunc(args, func(arg any) bool {
		switch v := arg.(type) {
		case int64:
			return v == id
		case []int64:
			return len(v) == 1 && v[0] == id
		}
		return false
	})
}
