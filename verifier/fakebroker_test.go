package verifier_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// fakeBroker is the part of a broker that verification talks to. It exists
// for what a real one cannot be made to do: fail at a chosen step. What it
// answers is what Pact Broker answers.
type fakeBroker struct {
	*httptest.Server
	// pacts for verification by consumer, each the pact's JSON.
	pacts map[string]string
	// extra members of a pact's verificationProperties, by consumer.
	properties map[string]string
	// fail answers in place of the broker when it returns true.
	fail func(w http.ResponseWriter, r *http.Request) bool

	// old brokers know no selectors.
	old bool

	mu    sync.Mutex
	calls []string         // method and path of writes
	sent  []map[string]any // published results
	asked map[string]any   // body of the question for pacts
}

func newFakeBroker(t *testing.T, pacts map[string]string) *fakeBroker {
	b := &fakeBroker{pacts: pacts, properties: map[string]string{}}
	b.mu.Lock() // a child process may ask first
	b.Server = httptest.NewServer(http.HandlerFunc(b.answer))
	b.mu.Unlock()
	t.Cleanup(b.Close)
	return b
}

func (b *fakeBroker) answer(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil && b.fail(w, r) {
		return
	}
	w.Header().Set("Content-Type", "application/hal+json")
	path := r.URL.EscapedPath()
	switch {
	case path == "/":
		rel := "pb:provider-pacts-for-verification"
		if b.old {
			rel = "pb:latest-provider-pacts"
		}
		fmt.Fprint(w, strings.NewReplacer("BASE", b.URL, "pb:provider-pacts-for-verification", rel).Replace(`{"_links":{
			"pb:provider-pacts-for-verification":{"href":"BASE/for/{provider}","templated":true},
			"pb:pacticipant-branch-version":{"href":"BASE/p/{pacticipant}/branches/{branch}/versions/{version}","templated":true},
			"pb:pacticipant-version-tag":{"href":"BASE/p/{pacticipant}/versions/{version}/tags/{tag}","templated":true}}}`))
	case r.Method == http.MethodGet && strings.HasPrefix(path, "/for/"):
		fmt.Fprintf(w, `{"_links":{"pb:pacts":[{"href":"%s/pact/storefront","name":"p"}]}}`, b.URL)
	case r.Method == http.MethodPost && strings.HasPrefix(path, "/for/"):
		b.asked = map[string]any{}
		json.NewDecoder(r.Body).Decode(&b.asked)
		b.list(w)
	case r.Method == http.MethodPost && strings.HasSuffix(path, "/results"):
		var result map[string]any
		json.NewDecoder(r.Body).Decode(&result)
		b.sent = append(b.sent, result)
		b.calls = append(b.calls, "POST "+path)
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"_links":{"self":{"href":"%s/result/%d"}}}`, b.URL, len(b.sent))
	case r.Method == http.MethodPut:
		b.calls = append(b.calls, "PUT "+path)
		fmt.Fprint(w, `{}`)
	case strings.HasPrefix(path, "/pact/"):
		b.pact(w, strings.Split(path, "/")[2])
	default:
		http.NotFound(w, r)
	}
}

func (b *fakeBroker) list(w http.ResponseWriter) {
	var items []string
	for consumer := range b.pacts {
		properties := b.properties[consumer]
		if properties == "" {
			properties = `"notices":[]`
		}
		items = append(items, fmt.Sprintf(`{"verificationProperties":{%s},"_links":{"self":{"href":"%s/pact/%s/metadata/abc","name":%q}}}`,
			properties, b.URL, consumer, consumer))
	}
	fmt.Fprintf(w, `{"_embedded":{"pacts":[%s]}}`, strings.Join(items, ","))
}

func (b *fakeBroker) pact(w http.ResponseWriter, consumer string) {
	links := fmt.Sprintf(`{"_links":{"pb:publish-verification-results":{"href":"%s/pact/%s/metadata/abc/results"}},`, b.URL, consumer)
	fmt.Fprint(w, links+strings.TrimPrefix(strings.TrimSpace(b.pacts[consumer]), "{"))
}

// failOn makes the broker answer status at paths that contain part.
func (b *fakeBroker) failOn(part string, status int, contentType, body string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, part) {
			return false
		}
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
		return true
	}
}

// heal ends what failOn began.
func (b *fakeBroker) heal() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = nil
}

// results returns the published results; requests may have come from another
// process, so only the lock orders them.
func (b *fakeBroker) results() []map[string]any {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.sent)
}

// writes returns method and path of each write.
func (b *fakeBroker) writes() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.calls)
}
