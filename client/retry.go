package client

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// firstPause is the pause after the first attempt; each later one is twice as
// long, up to maxPause.
const (
	firstPause = 500 * time.Millisecond
	maxPause   = time.Minute
)

// retry decides whether a failed attempt is worth another and after what
// pause. attempt counts from 1. Tried again are a broker that does not answer
// and the statuses 408, 429 and 5xx except 501; what must not happen twice
// (once) only when it certainly did not happen: connection refused, 429, and a 503
// of a broker that says that nothing is stored. A proxy's says nothing of the kind.
func retry(err error, attempt int, once bool) (time.Duration, bool) {
	pause := min(firstPause<<(min(attempt, 10)-1), maxPause)
	var below *unreachableError
	if errors.As(err, &below) {
		return pause, below.refused || !once
	}
	var answered *Error
	if !errors.As(err, &answered) {
		return 0, false
	}
	switch status := answered.Status; {
	case status == http.StatusTooManyRequests:
		return max(pause, min(answered.retryAfter, maxPause)), true
	case status == http.StatusServiceUnavailable:
		return max(pause, min(answered.retryAfter, maxPause)), !once || answered.nothingStored
	case status == http.StatusNotImplemented:
		return 0, false
	case status == http.StatusRequestTimeout, status >= 500:
		return pause, !once
	default:
		return 0, false
	}
}

// wait pauses on the real clock.
func wait(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
