package contract

import "encoding/json"

// Values maps a name to its values in order: the form of headers and query
// parameters. Header names keep the case they were written in.
type Values map[string][]string

// Request is an HTTP request, expected or received.
type Request struct {
	Method     string // upper case; GET when the file has none
	Path       string // "/" when the file has none; percent-encoding as written
	Query      Values // decoded names and values
	Headers    Values
	Body       Body
	Rules      RuleSet
	Generators GeneratorSet
	// Extra holds members the specification does not know, as read.
	Extra map[string]json.RawMessage
}

// Response is an HTTP response, expected or received.
type Response struct {
	Status     int
	Headers    Values
	Body       Body
	Rules      RuleSet
	Generators GeneratorSet
	// Extra holds members the specification does not know, as read.
	Extra map[string]json.RawMessage
}

// Message is the contents of a message with its metadata.
type Message struct {
	Contents Body
	// Metadata as decoded JSON, numbers as json.Number.
	Metadata   map[string]any
	Rules      RuleSet
	Generators GeneratorSet
	// Extra holds members the specification does not know, as read.
	Extra map[string]json.RawMessage
}
