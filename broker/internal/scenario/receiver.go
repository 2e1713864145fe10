package scenario

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// receiver is the server that webhooks call. Stories call it receiver.
type receiver struct {
	server *httptest.Server
	mu     sync.Mutex
	// status is what it answers to the next left requests, before it answers 200
	// again. Below 0 it stays so.
	status, left int
	got          []received
	// last is the address of the pact in the last request that had one.
	last string
}

type received struct {
	line   string
	header http.Header
}

func newReceiver() *receiver {
	r := &receiver{status: http.StatusOK, left: -1}
	r.server = httptest.NewServer(http.HandlerFunc(r.receive))
	return r
}

func (r *receiver) url() string { return r.server.URL }

func (r *receiver) close() { r.server.Close() }

// expand puts the address of the server where a story says receiver.
func (r *receiver) expand(address string) string {
	if rest, ok := strings.CutPrefix(address, "receiver"); ok {
		return r.url() + rest
	}
	return address
}

func (r *receiver) answer(status, times int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status, r.left = status, times
}

var pactAddress = regexp.MustCompile(`https?://[^"\s]+/pact-version/[^"\s]+`)

func (r *receiver) receive(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		body = []byte(err.Error())
	}
	r.mu.Lock()
	status := r.status
	switch {
	case r.left == 0:
		status = http.StatusOK
	case r.left > 0:
		r.left--
	}
	line := strings.TrimSpace(request.Method + " " + request.URL.RequestURI() + " " + string(body))
	r.got = append(r.got, received{line: line, header: request.Header})
	if address := pactAddress.FindString(line); address != "" {
		r.last = address
	}
	r.mu.Unlock()
	w.WriteHeader(status)
	fmt.Fprintf(w, "received")
}

// take returns what came since the last time, in alphabetical order: several
// webhooks are under way at once.
func (r *receiver) take(headers []string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := []string{}
	for _, got := range r.got {
		line := got.line
		for _, name := range headers {
			line += ", " + name + ": " + got.header.Get(name)
		}
		out = append(out, texts(line)...)
	}
	slices.Sort(out)
	r.got = nil
	return out
}

func (r *receiver) pactURL() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last == "" {
		return "", errors.New("no webhook has named a pact yet")
	}
	return r.last, nil
}
