package matrix

import (
	"slices"
	"strconv"
)

// Memory has the answers that a board gave last, each with the facts that it rests on:
// the next board gives them again where those are the same. What an answer says follows
// from its facts alone. Its zero value is ready; it is not safe for concurrent use.
type Memory struct {
	last, next map[asked]remembered
}

// asked is a question of a board: an empty name asks about the whole environment.
type asked struct{ name, number, environment string }

type remembered struct {
	facts    string
	decision Decision
}

// Turn begins with another board: what the last one did not ask is forgotten.
func (m *Memory) Turn() {
	m.last, m.next = m.next, map[asked]remembered{}
}

// of returns the answer that is remembered for the facts, or a new one.
func (m *Memory) of(q asked, facts string, ask func() (Decision, error)) (Decision, error) {
	known, has := m.last[q]
	if !has || known.facts != facts {
		d, err := ask()
		if err != nil {
			return d, err
		}
		known = remembered{facts, d}
	}
	m.next[q] = known
	return known.decision, nil
}

// facts are written down one after the other, each with a sign of its own before it.
type written []byte

func (w *written) number(sign byte, n int64) {
	*w = strconv.AppendInt(append(*w, sign), n, 10)
}

// met writes down a pact with what it is met by.
func (b *Board) met(w *written, p Publication, there []Version) {
	w.number('p', p.ID)
	for _, v := range there {
		w.number('v', v.ID)
		if v.Candidate {
			*w = append(*w, '~')
		}
		if r, told := b.results[Pair{p.ContentID, v.ID}]; told {
			w.number('r', r.ID)
			if r.Success {
				w.number('+', int64(r.Telling))
			}
		}
	}
}

// gone writes down what versions no longer have.
func (b *Board) gone(w *written, versions []Version) {
	for _, v := range versions {
		for _, d := range b.dropped[v.ID] {
			w.number('d', v.ID)
			*w = strconv.AppendQuote(append(*w, 'g'), d.Provider.Name)
			if d.All {
				*w = append(*w, '!')
			}
		}
	}
}

// factsOf are all that the answer about a version and an environment rests on.
func (b *Board) factsOf(a Pacticipant, coming Version, environment string) string {
	var w written
	live := b.live[environment]
	w.number('h', coming.ID)
	b.gone(&w, []Version{coming})
	for _, p := range b.pacts[coming.ID] {
		there := live[p.Provider.ID]
		if p.Provider.ID == a.ID { // it meets itself, too
			there = append(slices.Clone(there), coming)
		}
		b.met(&w, p, there)
		b.gone(&w, live[p.Provider.ID])
	}
	for _, in := range b.consumersOf[a.ID] {
		w.number('c', in.Consumer.ID)
		for _, v := range live[in.Consumer.ID] {
			w.number('v', v.ID)
			if p, has := b.pactOf(v.ID, a.ID); has {
				b.met(&w, p, []Version{coming})
			}
		}
		b.gone(&w, live[in.Consumer.ID])
	}
	return string(w)
}

// factsIn are all that the answer about an environment rests on.
func (b *Board) factsIn(environment string) string {
	var w written
	live := b.live[environment]
	ids := make([]int64, 0, len(live))
	for id := range live {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		b.gone(&w, live[id])
		for _, v := range live[id] {
			w.number('l', v.ID)
			for _, p := range b.pacts[v.ID] {
				b.met(&w, p, live[p.Provider.ID])
			}
		}
		for _, in := range b.consumersOf[id] {
			w.number('c', in.Consumer.ID)
		}
	}
	return string(w)
}
