package main

import (
	"sync"
	"time"
)

// answer is what a client got for one request.
type answer struct {
	at      time.Time // when it was asked
	took    time.Duration
	replica int
	what    string // the kind of request
	write   bool
	status  int // 0 if the connection broke
	// wrong is what is wrong with it, whatever the fault: empty is fine.
	wrong string
	// text is the body of what was refused, or the error of the connection.
	text string
}

// good reports whether the answer says that the request was done.
func (a answer) good() bool { return a.status >= 200 && a.status < 300 && a.wrong == "" }

// write is what a replica has acknowledged.
type write struct {
	at      time.Time // when the acknowledgement came
	replica int
	what    string
	path    string // where it can be read
	holds   string // what is found there
	hook    string // what its webhook tells, empty if it sends none
}

// fact is what is known of a version by results that were acknowledged, and
// that nothing will change.
type fact struct {
	consumer, version string
	deployable        bool
}

// ledger is what all clients saw.
type ledger struct {
	mu      sync.Mutex
	answers []answer
	writes  []write
	denials []write // what a replica has refused, saying that nothing is stored
	facts   []fact
}

func (l *ledger) answered(a answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers = append(l.answers, a)
}

func (l *ledger) acknowledged(w write) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writes = append(l.writes, w)
}

func (l *ledger) denied(w write) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.denials = append(l.denials, w)
}

func (l *ledger) know(f fact) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.facts = append(l.facts, f)
}

// pick returns a fact: the newest or an older one.
func (l *ledger) pick(number int) (fact, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.facts) == 0 {
		return fact{}, false
	}
	return l.facts[len(l.facts)-1-number%len(l.facts)], true
}

// refusedWrites returns what is not stored if the replicas told the truth.
func (l *ledger) refusedWrites() []write {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]write(nil), l.denials...)
}

// copies returns what has been noted so far.
func (l *ledger) copies() ([]answer, []write) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]answer(nil), l.answers...), append([]write(nil), l.writes...)
}
