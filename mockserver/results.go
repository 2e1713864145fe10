package mockserver

import (
	"slices"
	"sync"
	"time"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// maxFailures and maxKept bound what a long-running server remembers: how many
// requests, and how many bytes of the body of each.
const (
	maxFailures = 1000
	maxKept     = 256 << 10
)

// Failure is a request that no interaction matched.
type Failure struct {
	// At is when the request came.
	At time.Time
	// Request is what came, with the first 256 KB of its body.
	Request contract.Request
	// Nearest is the interaction nearest to the request; nil when the server
	// plays none.
	Nearest *contract.HTTP
	// Result holds the differences between Nearest and the request.
	Result matching.Result
	// Unexpected is true when method or path differ from the nearest too: the
	// request is about something else.
	Unexpected bool
}

// Results tells what a server saw.
type Results struct {
	// Requests counts everything received, by path in ByPath, which has the
	// first 1,000 paths.
	Requests int
	ByPath   map[string]int
	// Played are the interactions that were asked for, in their order.
	Played []*contract.HTTP
	// Failures are the requests that nothing matched, in the order they came;
	// the first 1,000.
	Failures []Failure
	// Missing are the interactions that were never asked for and are not the
	// nearest of a failure either.
	Missing []*contract.HTTP
	// Problems are faults of the server itself, such as a body that is too large.
	Problems []string
}

// OK reports whether every interaction was played and nothing else was asked.
func (r Results) OK() bool {
	return len(r.Failures) == 0 && len(r.Missing) == 0 && len(r.Problems) == 0
}

// record is what a running server writes down.
type record struct {
	mu       sync.Mutex
	requests int
	byPath   map[string]int
	played   []int
	failures []failure
	problems []string
	failed   error
}

type failure struct {
	at      time.Time
	request contract.Request
	choice  choice
}

func (r *record) received(path string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests++
	if r.byPath == nil {
		r.byPath = map[string]int{}
	}
	if _, known := r.byPath[path]; known || len(r.byPath) < maxFailures {
		r.byPath[path]++
	}
}

// play counts the interaction that answers a request with matches.
func (r *record) play(c choice) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := c.pick(r.played)
	r.played[i]++
	return i
}

func (r *record) failedRequest(request contract.Request, c choice) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.failures) < maxFailures {
		if content := request.Body.Content; len(content) > maxKept {
			request.Body.Content = slices.Clone(content[:maxKept])
		}
		r.failures = append(r.failures, failure{time.Now(), request, c})
	}
}

func (r *record) problem(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.problems) < maxFailures {
		r.problems = append(r.problems, text)
	}
}

func (r *record) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = err
}

func (r *record) err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

func (r *record) results(interactions []*contract.HTTP) Results {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := Results{Requests: r.requests, ByPath: map[string]int{}, Problems: slices.Clone(r.problems)}
	for path, n := range r.byPath {
		out.ByPath[path] = n
	}
	explained := map[int]bool{}
	for _, f := range r.failures {
		out.Failures = append(out.Failures, f.public(interactions))
		if !routeDiffers(f.choice.result) {
			explained[f.choice.nearest] = true
		}
	}
	for i, interaction := range interactions {
		switch {
		case r.played[i] > 0:
			out.Played = append(out.Played, interaction)
		case !explained[i]:
			out.Missing = append(out.Missing, interaction)
		}
	}
	return out
}

func (f failure) public(interactions []*contract.HTTP) Failure {
	if f.choice.nearest < 0 {
		return Failure{At: f.at, Request: f.request, Unexpected: true}
	}
	return Failure{
		At:         f.at,
		Request:    f.request,
		Nearest:    interactions[f.choice.nearest],
		Result:     f.choice.result,
		Unexpected: routeDiffers(f.choice.result),
	}
}
