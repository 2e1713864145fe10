package mockserver

import (
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// ResultDoc is one thing that went wrong, in the JSON form that Pact's tools
// exchange: its Type is request-mismatch, request-not-found or missing-request.
type ResultDoc struct {
	Type       string          `json:"type"`
	Method     string          `json:"method"`
	Path       string          `json:"path"`
	Mismatches []matching.Data `json:"mismatches,omitempty"`
	Request    *RequestDoc     `json:"request,omitempty"`
}

// RequestDoc is a request in the JSON form of [ResultDoc].
type RequestDoc struct {
	Method  string          `json:"method"`
	Path    string          `json:"path"`
	Query   contract.Values `json:"query,omitempty"`
	Headers contract.Values `json:"headers,omitempty"`
	Body    string          `json:"body,omitempty"`
}

// Docs lists what went wrong; it is empty when everything was as expected.
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

// Sentence says in one line what was received and why nothing matched.
func (f Failure) Sentence() string { return sentence(f) }
