package contract

import "encoding/json"

// Category is a part of a request, response or message that rules and
// generators speak about, by the name it has in V3 and V4 files.
type Category string

// The categories. Message contents are in CategoryBody.
const (
	CategoryMethod   Category = "method"
	CategoryPath     Category = "path"
	CategoryStatus   Category = "status"
	CategoryQuery    Category = "query"
	CategoryHeader   Category = "header"
	CategoryBody     Category = "body"
	CategoryMetadata Category = "metadata"
)

// RuleSet holds the matching rules of one part by category, then by key: for
// body and metadata a path expression ("$.a[*].b"), for header and query the
// plain name, for method, path and status the empty string.
type RuleSet map[Category]map[string]RuleList

// RuleList is the rules for one key and how they combine.
type RuleList struct {
	Combine Combine
	Rules   []Rule
}

// Combine reports whether all rules of a list must accept or one is enough.
type Combine int

// The ways rules combine. And is the default of the specification.
const (
	And Combine = iota
	Or
)

// GeneratorSet holds the generators of one part, keyed as in [RuleSet].
type GeneratorSet map[Category]map[string]Generator

// Generator is one entry of "generators": its type and its attributes as
// decoded JSON, numbers as json.Number ("type" itself is not repeated).
type Generator struct {
	Type  string
	Attrs map[string]any
}

// Rule is one matching rule: one of the types of this package whose names end in
// Rule. Other packages cannot add any.
type Rule interface {
	// Name is the "match" member as it is written: "type", "regex", ...
	Name() string
	isRule()
}

// UnknownRule is a rule of a type this package does not know (a plugin's);
// it is kept for writing and rejected by matching.
type UnknownRule struct {
	Match string
	Attrs map[string]json.RawMessage
}
