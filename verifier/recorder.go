package verifier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// recorder takes the provider's answer, up to a limit.
type recorder struct {
	expect  expectation
	contact *contact

	mu     sync.Mutex
	header http.Header
	status int
	body   bytes.Buffer
	err    error
}

type recorderKey struct{}

func withRecorder(ctx context.Context, rec *recorder) context.Context {
	return context.WithValue(ctx, recorderKey{}, rec)
}

func recorderOf(ctx context.Context) (*recorder, bool) {
	rec, ok := ctx.Value(recorderKey{}).(*recorder)
	return rec, ok
}

func (rec *recorder) Header() http.Header {
	if rec.header == nil {
		rec.header = http.Header{}
	}
	return rec.header
}

func (rec *recorder) WriteHeader(status int) {
	if rec.status == 0 && status >= 200 {
		rec.status = status
	}
}

func (rec *recorder) Write(p []byte) (int, error) {
	if rec.status == 0 {
		rec.WriteHeader(http.StatusOK)
	}
	if int64(rec.body.Len()+len(p)) > rec.expect.limit {
		err := &tooLargeError{limit: rec.expect.limit}
		rec.fail(err)
		return 0, err
	}
	return rec.body.Write(p)
}

// ReadFrom lets io.Copy read straight into the recorder, without a buffer
// between for each answer.
func (rec *recorder) ReadFrom(r io.Reader) (int64, error) {
	if rec.status == 0 {
		rec.WriteHeader(http.StatusOK)
	}
	room := rec.expect.limit - int64(rec.body.Len())
	n, err := rec.body.ReadFrom(io.LimitReader(r, room+1))
	if n > room {
		err = &tooLargeError{limit: rec.expect.limit}
		rec.fail(err)
	}
	return n, err
}

// Flush is there for handlers that stream.
func (rec *recorder) Flush() {}

// expectBytes makes room for a body of announced size, within reason.
func (rec *recorder) expectBytes(n int64) {
	if n > 0 && n <= rec.expect.limit {
		rec.body.Grow(int(n) + bytes.MinRead) // ReadFrom wants some to spare
	}
}

// fail keeps the first error; it is the one that explains the others.
func (rec *recorder) fail(err error) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.err == nil {
		rec.err = err
	}
}

func (rec *recorder) failure() error {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return rec.err
}

type tooLargeError struct{ limit int64 }

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("the answer has more than %s and was not read further; is this the right address?", bytesText(e.limit))
}

func bytesText(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

// serve calls the handler and waits until it returns or ctx ends. Our own
// network handler returns by itself when ctx ends; code of the user's (the
// provider in process, a request filter) may not, and may panic.
func serve(ctx context.Context, h http.Handler, r *http.Request, rec *recorder, foreign bool) error {
	if !foreign {
		h.ServeHTTP(rec, r)
		return rec.failure()
	}
	// The handler may outlive its time, so it writes to a recorder of its own.
	own := &recorder{expect: rec.expect, contact: rec.contact}
	_, err := bounded(ctx, func() (struct{}, error) {
		h.ServeHTTP(own, r.WithContext(withRecorder(r.Context(), own)))
		return struct{}{}, nil
	})
	var tooLarge *tooLargeError
	switch {
	case err != nil && errors.As(own.failure(), &tooLarge):
		return tooLarge // a stream without end, which took the rest of the time
	case err != nil:
		return &handlerError{err}
	}
	rec.header, rec.status = own.header, own.status
	rec.body.Write(own.body.Bytes())
	if rec.status == 0 {
		rec.status = http.StatusOK
	}
	return own.failure()
}

// handlerError says that the provider in process, or a request filter, did
// not come to an end.
type handlerError struct{ err error }

func (e *handlerError) Error() string {
	return fmt.Sprintf("the provider's handler (or the request filter) gave no answer: %v", e.err)
}

func (e *handlerError) Unwrap() error { return e.err }
