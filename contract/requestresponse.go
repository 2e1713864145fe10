package contract

import "encoding/json"

// Values maps a name to its values in order: the form of headers and query
// parameters. Header names keep the case they were written in.
type Values map[string][]string

// Request is an HTTP request, expected or received.
type Request struct {
	Method  string // upper case; GET when the file has none
	Path    string // "/" when the file has none; percent-encoding as written
	Query   Values // decoded names and values; a null value is ""
	Headers Values // by name as written; lists are split at their commas
	Body    Body   // missing for the zero value
	// Rules say how far a received request may differ from this one; nil means
	// that all must be equal. A received request has none.
	Rules RuleSet
	// Generators make fresh values for it when it is sent to a provider.
	Generators GeneratorSet
	// Extra holds members the specification does not know, as read.
	Extra map[string]json.RawMessage
}

// Response is an HTTP response, expected or received.
type Response struct {
	// Status is the HTTP status; 200 when the file has none.
	Status  int
	Headers Values // by name as written; lists are split at their commas
	Body    Body   // missing for the zero value
	// Rules say how far a received response may differ from this one; nil means
	// that all must be equal. A received response has none.
	Rules RuleSet
	// Generators make fresh values for it when a mock server sends it.
	Generators GeneratorSet
	// Extra holds members the specification does not know, as read.
	Extra map[string]json.RawMessage
}

// Message is the contents of a message with its metadata.
type Message struct {
	// Contents is what is sent, whatever carries it.
	Contents Body
	// Metadata as decoded JSON, numbers as json.Number; nil when there is none.
	Metadata map[string]any
	// Rules say how far a received message may differ from this one; nil means
	// that all must be equal. A received message has none.
	Rules RuleSet
	// Generators make fresh values for it when it is handed to a consumer.
	Generators GeneratorSet
	// Extra holds members the specification does not know, as read.
	Extra map[string]json.RawMessage
}
