package verifier

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/caught"
)

// exchange sends one request through filter and headers and records the answer.
func (s *session) exchange(ctx context.Context, e endpoint, request contract.Request, redirect bool) (*recorder, error) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	rec := &recorder{
		expect:  expectation{redirect: redirect, filtered: s.opts.RequestFilter != nil, limit: s.opts.MaxResponseBytes},
		contact: &contact{peer: e.peer},
	}
	r, err := newRequest(withRecorder(ctx, rec), request)
	if err != nil {
		return rec, &untriedError{err}
	}
	h, err := s.filtered(s.withHeaders(e.provider))
	if err != nil {
		return rec, err
	}
	if err := serve(ctx, h, r, rec, e.inProc || s.opts.RequestFilter != nil); err != nil {
		return rec, rec.contact.judge(err, explainSendError(err, "the provider", s.opts.Timeout))
	}
	return rec, nil
}

// filtered puts the request filter, which is the user's, before next.
func (s *session) filtered(next http.Handler) (http.Handler, error) {
	if s.opts.RequestFilter == nil {
		return next, nil
	}
	var h http.Handler
	if err := caught.Do(func() { h = s.opts.RequestFilter(next) }); err != nil {
		return nil, fmt.Errorf("the request filter cannot be used: %w", err)
	}
	if h == nil {
		return nil, errors.New("the request filter cannot be used: it returned no handler")
	}
	return h, nil
}

// withHeaders sets the custom headers last, so that they win.
func (s *session) withHeaders(next http.Handler) http.Handler {
	if len(s.opts.Headers) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range s.opts.Headers {
			setHeader(r, name, values)
		}
		next.ServeHTTP(w, r)
	})
}
