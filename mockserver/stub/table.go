package stub

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/coding"
	"github.com/treatyhq/treaty/mockserver/internal/rank"
	"github.com/treatyhq/treaty/mockserver/internal/shelf"
)

// Table holds interactions, ready to answer: responses are prepared and
// requests are found by method, path and query, so that an answer takes the
// same time whatever the number of interactions. A Table does not change, and may
// be used by several goroutines.
type Table struct {
	entries []*entry
	shelf   shelf.Shelf[*entry]
}

// entry is one interaction with its prepared response.
type entry struct {
	*contract.HTTP
	// Pact is the consumer and provider it comes from.
	pact    string
	order   int
	rank    rank.Rank
	query   string
	header  http.Header
	body    []byte
	dynamic bool // the response has generators
	// bodyCounts is rule 2: a request with another body is not for this entry.
	bodyCounts bool
}

// NewTable prepares the HTTP interactions of pacts, in their order; messages are
// left out. The pacts must not be changed afterwards.
func NewTable(pacts []*contract.Pact) *Table {
	t := &Table{}
	for _, p := range pacts {
		for _, i := range p.Interactions {
			if exchange, ok := i.(*contract.HTTP); ok {
				t.add(newEntry(exchange, p, len(t.entries)))
			}
		}
	}
	return t
}

// Len returns how many interactions there are.
func (t *Table) Len() int { return len(t.entries) }

func newEntry(i *contract.HTTP, p *contract.Pact, order int) *entry {
	e := &entry{
		HTTP:    i,
		pact:    p.Consumer + " → " + p.Provider,
		order:   order,
		rank:    rank.Of(i.Request),
		query:   url.Values(i.Request.Query).Encode(),
		dynamic: hasGenerators(i.Response),
	}
	switch i.Request.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		e.bodyCounts = i.Request.Body.State == contract.BodyPresent
	}
	e.header, e.body = prepare(i.Request.Method, i.Response)
	return e
}

// hasGenerators looks at the rules too: some carry generators of their own.
func hasGenerators(r contract.Response) bool {
	if len(r.Generators) > 0 {
		return true
	}
	for _, list := range r.Rules[contract.CategoryBody] {
		for _, rule := range list.Rules {
			switch rule := rule.(type) {
			case contract.ArrayContainsRule:
				return true
			case contract.EachKeyRule:
				return rule.Generator != nil
			case contract.EachValueRule:
				return rule.Generator != nil
			}
		}
	}
	return false
}

// prepare returns a response's headers and bytes as they are sent. Their length
// is that of the bytes, whatever the contract's example had; only to HEAD the
// contract alone knows it.
func prepare(method string, r contract.Response) (http.Header, []byte) {
	header := make(http.Header, len(r.Headers)+2)
	for name, values := range r.Headers {
		header[http.CanonicalHeaderKey(name)] = contract.HeaderLines(name, values)
	}
	if r.Status == http.StatusNoContent || r.Status == http.StatusNotModified || r.Status != 0 && r.Status < 200 {
		return header, nil
	}
	var body []byte
	if r.Body.State == contract.BodyPresent {
		body = coding.Encode(header["Content-Encoding"], r.Body.Wire())
		if header["Content-Type"] == nil {
			header["Content-Type"] = []string{contentType(r.Body)}
		}
	}
	if !strings.EqualFold(method, http.MethodHead) || header["Content-Length"] == nil {
		header["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	delete(header, "Transfer-Encoding")
	return header, body
}

func contentType(b contract.Body) string {
	if b.ContentType != "" {
		return b.ContentType
	}
	if sniffed := contract.SniffContentType(b.Content); sniffed != "" {
		return sniffed
	}
	return "application/octet-stream"
}

func (t *Table) add(e *entry) {
	t.entries = append(t.entries, e)
	t.shelf.Put(e, e.Request, e.bodyCounts)
}

func (e *entry) pathByRule() bool { return rank.ByRule(e.Request.Rules, contract.CategoryPath) }
