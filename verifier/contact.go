package verifier

import (
	"context"
	"errors"
	"net"
	"net/http/httptrace"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/treatyhq/treaty/internal/caught"
)

// untriedError says that nothing was learned about the provider, because the
// request never came to it.
type untriedError struct{ err error }

func (e *untriedError) Error() string { return e.err.Error() }
func (e *untriedError) Unwrap() error { return e.err }

// silenceError says that a connection was made and no whole answer came over
// it. Whether that is the provider's doing is known at the end ([session.settle]).
type silenceError struct {
	err  error
	peer *peer
}

func (e *silenceError) Error() string { return e.err.Error() }
func (e *silenceError) Unwrap() error { return e.err }

// peer is one address that is asked during a run.
type peer struct {
	address string
	// answered is set by the first answer, whatever it is.
	answered atomic.Bool
}

// peers are the addresses of a run.
type peers struct {
	mu     sync.Mutex
	byHost map[string]*peer
}

func (p *peers) at(u *url.URL) *peer {
	address := hostPort(u)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byHost == nil {
		p.byHost = map[string]*peer{}
	}
	if p.byHost[address] == nil {
		p.byHost[address] = &peer{address: address}
	}
	return p.byHost[address]
}

// contact follows one exchange with a peer: how far it came decides what its
// failure means. A request filter may make several requests; the furthest
// counts.
type contact struct {
	peer *peer
	// asked for a connection, got one (TLS included), got any answer.
	asked, connected, answered atomic.Bool
}

// traced returns a context that tells c of the connection.
func (c *contact) traced(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { c.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { c.connected.Store(true) },
	})
}

// heard notes an answer.
func (c *contact) heard() {
	c.answered.Store(true)
	c.peer.answered.Store(true)
}

// unsendableError says that net/http refused a request, such as one whose token
// ends in a line feed. The provider has no part in it.
type unsendableError struct{ err error }

func (e *unsendableError) Error() string { return e.err.Error() }
func (e *unsendableError) Unwrap() error { return e.err }

// unsent is err, marked if it came before anybody was asked.
func (c *contact) unsent(ctx context.Context, err error) error {
	if !c.asked.Load() && ctx.Err() == nil {
		return &unsendableError{err}
	}
	return err
}

// judge says what err, told as said, means (doc.go, "No answer").
func (c *contact) judge(err, said error) error {
	var panicked *caught.Error
	var tooLarge *tooLargeError
	var unsendable *unsendableError
	var op *net.OpError
	refused, unagreed := false, false
	if errors.As(err, &op) {
		refused = op.Op == "dial"
		// crypto/tls names its alerts so. A certificate of ours that is missing
		// is told only after a connection of TLS 1.3 seems made.
		unagreed = op.Op == "remote error" || op.Op == "local error"
	}
	switch {
	case errors.As(err, &panicked), errors.As(err, &tooLarge), errors.Is(err, errRedirectLoop):
		return said
	case unagreed, errors.As(err, &unsendable), errors.Is(err, errSpeaksTLS):
		return &untriedError{said}
	case !c.asked.Load():
		return said // it ended before the provider's turn
	case c.answered.Load() && refused:
		return said // it sent us where nobody is
	case refused, !c.connected.Load():
		return &untriedError{said}
	default:
		return &silenceError{said, c.peer}
	}
}

// settle decides about the interactions that got no whole answer: that counts
// against a provider which has answered something in this run and still
// accepts connections. Any other may not be a provider at all, or has gone.
func (s *session) settle() {
	alive := map[*peer]bool{}
	for n := range s.report.Pacts {
		for m := range s.report.Pacts[n].Interactions {
			i := &s.report.Pacts[n].Interactions[m]
			if i.silent == nil {
				continue
			}
			if _, known := alive[i.silent]; !known {
				alive[i.silent] = i.silent.answered.Load() && dialUntil(i.silent.address, "tcp", time.Second)
			}
			i.Untried = !alive[i.silent]
		}
	}
}
