package stub

import (
	"bytes"
	"io"
	"net/http"
	"sync"
)

// mostAnswers is how many answers a conditional transport keeps at least.
const mostAnswers = 1000

// Conditional returns a transport that asks for what it has been given before
// only "unless it is the same": an answer with an ETag is kept, and when the
// server says that nothing has changed, given again. Who asks sees no
// difference. It is safe for concurrent use if next is.
func Conditional(next http.RoundTripper) http.RoundTripper {
	return &conditional{next: next}
}

type conditional struct {
	next http.RoundTripper

	mu sync.Mutex
	// recent fills up and becomes older, which drops what nobody asked for
	// in the meantime.
	recent, older map[string]answer
}

// answer is what came with an ETag.
type answer struct {
	tag    string
	header http.Header
	body   []byte
}

func (c *conditional) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method != http.MethodGet || request.Header.Get("If-None-Match") != "" || request.Header.Get("Range") != "" {
		return c.next.RoundTrip(request)
	}
	// Another user or another form is another question.
	key := request.URL.String() + "\n" + request.Header.Get("Accept") + "\n" + request.Header.Get("Authorization")
	kept, known := c.find(key)
	if known {
		request = request.Clone(request.Context())
		request.Header.Set("If-None-Match", kept.tag)
	}
	response, err := c.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if known && response.StatusCode == http.StatusNotModified {
		response.Body.Close()
		return kept.response(response), nil
	}
	if tag := response.Header.Get("ETag"); response.StatusCode == http.StatusOK && tag != "" {
		return c.keep(key, tag, response)
	}
	return response, nil
}

func (c *conditional) find(key string) (answer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept, ok := c.recent[key]
	if !ok {
		if kept, ok = c.older[key]; ok {
			c.put(key, kept)
		}
	}
	return kept, ok
}

func (c *conditional) put(key string, a answer) {
	if c.recent == nil || len(c.recent) >= mostAnswers {
		c.recent, c.older = map[string]answer{}, c.recent
	}
	c.recent[key] = a
}

// keep reads the answer, and remembers it unless it is larger than any pact.
func (c *conditional) keep(key, tag string, response *http.Response) (*http.Response, error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxPact))
	if err != nil {
		response.Body.Close()
		return nil, err
	}
	if len(body) == maxPact {
		response.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(body), response.Body), response.Body}
		return response, nil
	}
	response.Body.Close()
	kept := answer{tag: tag, header: response.Header.Clone(), body: body}
	c.mu.Lock()
	c.put(key, kept)
	c.mu.Unlock()
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// response is the kept answer in place of one that says that it still holds.
func (a answer) response(unchanged *http.Response) *http.Response {
	r := *unchanged
	r.Status, r.StatusCode = "200 OK", http.StatusOK
	r.Header, r.Body, r.ContentLength = a.header.Clone(), io.NopCloser(bytes.NewReader(a.body)), int64(len(a.body))
	return &r
}
