package verifier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"sync"
	"time"
)

// recorder takes the provider's answer, up to a limit.
type recorder struct {
	expect  expectation
	contact *contact
	// cut ends the wait for a handler whose answer is of no more use; it may be nil.
	cut context.CancelFunc

	mu sync.Mutex
	// header is what is sent, set what a handler may still change in vain.
	header, set http.Header
	status      int
	body        bytes.Buffer
	err         error
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
	if rec.set == nil {
		rec.set = http.Header{}
	}
	return rec.set
}

func (rec *recorder) WriteHeader(status int) {
	if rec.status == 0 && status >= 200 {
		rec.status, rec.header = status, rec.set.Clone()
	}
}

func (rec *recorder) Write(p []byte) (int, error) {
	if rec.status == 0 {
		rec.WriteHeader(http.StatusOK)
	}
	if int64(rec.body.Len()+len(p)) > rec.expect.limit {
		return 0, rec.tooLarge()
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
		err = rec.tooLarge()
	}
	return n, err
}

// Flush is there for handlers that stream: the header is sent by then.
func (rec *recorder) Flush() {
	if rec.status == 0 {
		rec.WriteHeader(http.StatusOK)
	}
}

// expectBytes makes room for a body of announced size, within reason.
func (rec *recorder) expectBytes(n int64) {
	if n > 0 && n <= rec.expect.limit {
		rec.body.Grow(int(n) + bytes.MinRead) // ReadFrom wants some to spare
	}
}

// tooLarge fails because the answer has passed its limit, and ends the wait for it.
func (rec *recorder) tooLarge() error {
	err := &tooLargeError{limit: rec.expect.limit}
	rec.fail(err)
	if rec.cut != nil {
		rec.cut()
	}
	return err
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
	needed, cut := context.WithCancel(ctx)
	defer cut()
	own := &recorder{expect: rec.expect, contact: rec.contact, cut: cut}
	_, err := bounded(needed, func() (struct{}, error) {
		h.ServeHTTP(own, r.WithContext(withRecorder(r.Context(), own)))
		return struct{}{}, nil
	})
	var tooLarge *tooLargeError
	switch {
	case err != nil && errors.As(own.failure(), &tooLarge):
		return tooLarge // a stream without end: nothing that comes after is waited for
	case err != nil:
		return &handlerError{err}
	}
	if own.status == 0 {
		own.WriteHeader(http.StatusOK)
	}
	if own.contact.peer == nil {
		own.complete(r.Method)
	}
	rec.header, rec.status = own.header, own.status
	rec.body.Write(own.body.Bytes())
	return own.failure()
}

// complete does with the answer of a handler in process what a server does
// before it sends one: what passes here must pass over the network too.
func (rec *recorder) complete(method string) {
	if method == http.MethodHead || rec.status == http.StatusNoContent || rec.status == http.StatusNotModified {
		rec.body.Reset()
	}
	if rec.header == nil {
		rec.header = http.Header{}
	}
	_, typed := rec.header["Content-Type"]
	if !typed && rec.body.Len() > 0 && len(rec.header["Content-Encoding"]) == 0 {
		rec.header.Set("Content-Type", http.DetectContentType(rec.body.Bytes()))
	}
	if _, dated := rec.header["Date"]; !dated {
		rec.header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	for name, values := range maps.Clone(rec.header) {
		if canonical := http.CanonicalHeaderKey(name); canonical != name {
			delete(rec.header, name)
			rec.header[canonical] = append(rec.header[canonical], values...)
		}
	}
}

// handlerError says that the provider in process, or a request filter, did
// not come to an end.
type handlerError struct{ err error }

func (e *handlerError) Error() string {
	return fmt.Sprintf("the provider's handler (or the request filter) gave no answer: %v", e.err)
}

func (e *handlerError) Unwrap() error { return e.err }
