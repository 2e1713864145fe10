package verifier

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// MESSAGE_PATH is where pact-go asks for messages. Treaty calls message
// handlers directly; the name is kept for tests that use it.
const MESSAGE_PATH = "/__messages"

// Verifier verifies a provider from go test. It keeps nothing between runs, so one
// may serve several tests at once.
type Verifier struct {
	// ClientTimeout is how long to wait for the provider to accept connections
	// before the first request; 10 s if zero.
	ClientTimeout time.Duration
	// Hostname is there for pact-go's sake and not used: nothing listens here.
	Hostname string
}

// NewVerifier returns a verifier that waits up to 10 s for the provider.
func NewVerifier() *Verifier { return &Verifier{} }

// VerifyProvider verifies every interaction in a subtest of its own, named
// after consumer, description and provider states, so that go test -run picks
// one. A failed interaction says how. Pending ones that fail are skipped with
// the reason.
//
// The error is nil if all is well. Otherwise errors.Is tells a broken contract
// ([ErrContractBroken]) from a broken test ([ErrNotVerified]), and with
// pact-go's names a verification that took place ([ErrVerificationFailed]) from
// one that did not as a whole ([ErrVerifierFailedToRun]). It has made t fail
// already, unless SoftFail leaves it to a later gate.
func (v *Verifier) VerifyProvider(t *testing.T, request VerifyRequest) error {
	t.Helper()
	s, err := request.open(t.Context())
	if err != nil {
		t.Error(err)
		return &startError{err}
	}
	v.awaitProvider(s)
	run := &testRun{session: s, soft: request.SoftFail, quiet: request.AllowMissingStates, jobs: s.jobs()}
	run.all(t)
	return run.conclude(t)
}

// open begins the run that the request describes.
func (r VerifyRequest) open(ctx context.Context) (*session, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	opts, err := r.options()
	if err != nil {
		return nil, err
	}
	return open(ctx, opts)
}

// awaitProvider gives a provider that was started just before the time to
// open its port. If it does not, every interaction will say so.
func (v *Verifier) awaitProvider(s *session) {
	if s.opts.Handler != nil || s.opts.base == nil {
		return
	}
	limit := v.ClientTimeout
	if limit == 0 {
		limit = 10 * time.Second
	}
	dialUntil(hostPort(s.opts.base), "tcp", limit)
}

func hostPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
}

// dialUntil tries to connect until it succeeds or limit has passed.
func dialUntil(address, network string, limit time.Duration) bool {
	deadline := time.Now().Add(limit)
	dialer := net.Dialer{Deadline: deadline}
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		conn, err := dialer.DialContext(context.Background(), network, address)
		if err == nil {
			conn.Close()
			return true
		}
		if time.Now().Add(pause).After(deadline) {
			return false
		}
		time.Sleep(pause)
	}
}

// WaitForPort waits until something accepts connections at the port of an address
// in a network such as "tcp". After timeoutDuration it returns an error that ends
// with message. An IPv6 address may be in brackets.
func WaitForPort(port int, network string, address string, timeoutDuration time.Duration, message string) error {
	at := net.JoinHostPort(strings.Trim(address, "[]"), strconv.Itoa(port))
	if dialUntil(at, network, timeoutDuration) {
		return nil
	}
	return fmt.Errorf("nothing accepts connections at %s after %s. %s", at, timeoutDuration, message)
}

// testRun verifies in subtests.
type testRun struct {
	*session
	soft bool
	// quiet keeps missing states in the log of the test.
	quiet bool
	jobs  []job

	mu      sync.Mutex
	results map[int]InteractionReport
}

func (r *testRun) all(t *testing.T) {
	r.results = make(map[int]InteractionReport, len(r.jobs))
	ctx := t.Context()
	gate := make(chan struct{}, max(1, r.opts.Parallel))
	for first := 0; first < len(r.jobs); {
		last := first
		for last < len(r.jobs) && r.jobs[last].pact == r.jobs[first].pact {
			last++
		}
		t.Run(subtestName(r.pacts[r.jobs[first].pact].Consumer), func(t *testing.T) {
			for n := first; n < last; n++ {
				r.one(ctx, t, n, gate)
			}
		})
		first = last
	}
}

func (r *testRun) one(ctx context.Context, t *testing.T, n int, gate chan struct{}) {
	base := r.jobs[n].interaction.Base()
	t.Run(subtestName(title(base.Description, base.States)), func(t *testing.T) {
		if r.opts.Parallel > 1 {
			t.Parallel()
			gate <- struct{}{}
			defer func() { <-gate }()
		}
		result := r.verify(ctx, r.jobs[n])
		r.mu.Lock()
		r.results[n] = result
		r.progress(len(r.results), len(r.jobs), r.jobs[n], &result)
		r.mu.Unlock()
		r.judge(t, r.pacts[r.jobs[n].pact], result)
	})
}

// judge tells the subtest what became of its interaction.
func (r *testRun) judge(t *testing.T, p *loadedPact, i InteractionReport) {
	t.Helper()
	if i.Outcome == Passed {
		for _, w := range i.Warnings {
			t.Log("warning: " + w)
		}
		return
	}
	text := interactionText(p.Consumer, r.report.Provider, i) + "  run this one: go test -run '" + runPattern(t.Name()) + "'\n"
	switch {
	case i.Outcome == NotRun:
		t.Skip("not run: the test was stopped")
	case i.Pending && !i.Untried:
		t.Skip("PENDING, does not fail the test\n" + text)
	case r.soft && !i.Untried:
		t.Skip("FAILED, left to can-i-deploy to decide\n" + text)
	default:
		t.Error("\n" + text)
	}
}

// conclude publishes and tells what is left to say.
func (r *testRun) conclude(t *testing.T) error {
	t.Helper()
	for n := range r.jobs {
		if result, ok := r.results[n]; ok {
			r.record(r.jobs[n].pact, result)
		} else {
			r.report.Filtered = true // go test -run chose others
		}
	}
	r.finish(context.WithoutCancel(t.Context()))
	for _, w := range r.report.Warnings {
		t.Log("warning: " + w)
	}
	r.warnOfStates()
	for _, p := range r.report.Pacts {
		for _, n := range p.Notices {
			t.Log(n)
		}
	}
	for _, problem := range r.report.Problems {
		t.Error(problem)
	}
	if c := r.report.Counts(); c.Untried > 0 {
		t.Errorf("%d of %s could not be tried: nothing is known of the provider (%s), and no result is published for what was not tried",
			c.Untried, count(c.Total, "interaction"), nameOr(r.report.Target, "it has no address"))
	}
	if r.soft && !r.report.OK() {
		r.leave(t)
	}
	return r.report.Err()
}

// leave leaves failures to a later gate, if it will know of them.
func (r *testRun) leave(t *testing.T) {
	t.Helper()
	switch {
	case !r.opts.Publish:
		t.Log("warning: a pact is broken and SoftFail lets it pass. No result is published without PublishVerificationResults, so that a later gate knows of no verification")
	case !t.Failed() && !r.report.LeftToGate():
		t.Error("a pact is broken and its result was not published, so no later gate can decide")
	}
}

// warnOfStates tells of each state without a handler once, on standard error
// as pact-go does: the log of a test that passes is seldom seen.
func (r *testRun) warnOfStates() {
	told := map[string]bool{}
	for _, p := range r.report.Pacts {
		for _, i := range p.Interactions {
			for _, missing := range i.missing {
				if !r.quiet && !told[missing.state.Name] {
					told[missing.state.Name] = true
					log.Printf("[WARN] nothing was set up, %v", missing)
				}
			}
		}
	}
	if len(told) > 0 {
		log.Print("[WARN] RequireEveryState: true makes a failure of it, AllowMissingStates: true ends these lines")
	}
}

// subtestName makes a name that go test -run can match: a slash would start
// another level.
func subtestName(name string) string {
	return strings.ReplaceAll(nameOr(name, "unnamed"), "/", "_")
}

// runPattern is the argument of -run for exactly one test.
func runPattern(name string) string {
	parts := strings.Split(name, "/")
	for n, part := range parts {
		parts[n] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.ReplaceAll(strings.Join(parts, "/"), "'", `'\''`)
}
