// Package page is the page at /_treaty of the stand-alone mock and stub
// servers: the interactions they serve and the last requests, with why each
// was answered as it was. It works without script and loads nothing.
package page

import (
	_ "embed"
	"html/template"
	"net/http"
	"sync"
	"time"
)

// Path is where the page is served.
const Path = "/_treaty"

// Model is what the page shows.
type Model struct {
	Title        string
	Interactions []Interaction
	// Requests, the newest first.
	Requests []Request
}

// Interaction is one line of the list of interactions.
type Interaction struct {
	Pact        string
	Description string
	States      []string
	Method      string
	Target      string
	Status      string
}

// Request is one line of the list of requests.
type Request struct {
	At     time.Time
	Method string
	Target string
	Status int
	// Answer is the interaction that answered, or the reason why none did.
	Answer string
	OK     bool
}

//go:embed page.html
var source string

var page = template.Must(template.New("page").Parse(source))

// Write sends the page.
func Write(w http.ResponseWriter, m Model) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+styleDigest+"'")
	header.Set("Cache-Control", "no-store")
	_ = page.Execute(w, m) // the reader went away
}

// Journal remembers the last requests. The zero value is ready; it is safe for
// concurrent use.
type Journal struct {
	mu   sync.Mutex
	ring [size]Request
	next int
	full bool
}

const size = 100

// Add remembers r and forgets the oldest.
func (j *Journal) Add(r Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ring[j.next] = r
	j.next++
	if j.next == size {
		j.next, j.full = 0, true
	}
}

// Last returns the requests, the newest first.
func (j *Journal) Last() []Request {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := j.next
	if j.full {
		n = size
	}
	out := make([]Request, 0, n)
	for i := range n {
		out = append(out, j.ring[(j.next-1-i+size)%size])
	}
	return out
}
