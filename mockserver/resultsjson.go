package mockserver

import (
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// ResultDoc is one thing that went wrong, in the JSON form that Pact's tools
// exchange: its Type is request-mismatch, request-not-found or missing-request.
type ResultDoc struct {
	// Type says what went wrong; Method and Path are of the request.
	Type   string `json:"type"`
	Method string `json:"method"`
	Path   string `json:"path"`
	// Mismatches are those of a request-mismatch.
	Mismatches []matching.Data `json:"mismatches,omitempty"`
	// Request is the one that was not expected, or the one that never came; nil
	// for a request-mismatch.
	Request *RequestDoc `json:"request,omitempty"`
}

// RequestDoc is a request in the JSON form of [ResultDoc].
type RequestDoc struct {
	// Method in upper case, and Path as it was sent.
	Method string `json:"method"`
	Path   string `json:"path"`
	// Query and Headers by name, with their values in order.
	Query   contract.Values `json:"query,omitempty"`
	Headers contract.Values `json:"headers,omitempty"`
	// Body is its bytes as text.
	Body string `json:"body,omitempty"`
}

// Docs returns what went wrong, without the server's own problems; it is empty, and
// not nil, when everything was as expected.
func (r Results) Docs() []ResultDoc {
	docs := []ResultDoc{}
	for _, f := range r.Failures {
		doc := ResultDoc{Method: f.Request.Method, Path: f.Request.Path}
		if f.Unexpected {
			doc.Type, doc.Request = "request-not-found", requestDoc(f.Request)
		} else {
			doc.Type, doc.Mismatches = "request-mismatch", matching.DataOf(f.Result.Mismatches)
		}
		docs = append(docs, doc)
	}
	for _, missing := range r.Missing {
		docs = append(docs, ResultDoc{
			Type: "missing-request", Method: missing.Request.Method, Path: missing.Request.Path, Request: requestDoc(missing.Request),
		})
	}
	return docs
}

func requestDoc(r contract.Request) *RequestDoc {
	return &RequestDoc{Method: r.Method, Path: r.Path, Query: r.Query, Headers: r.Headers, Body: string(r.Body.Content)}
}

// Sentence returns in one line what was received, and the description of what was
// nearest.
func (f Failure) Sentence() string { return sentence(f) }
