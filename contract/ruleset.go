package contract

import "encoding/json"

// Category is a part of a request, response or message that rules and
// generators speak about, by the name it has in V3 and V4 files.
type Category string

// The categories.
const (
	CategoryMethod   Category = "method"   // of a request
	CategoryPath     Category = "path"     // of a request, as one text
	CategoryStatus   Category = "status"   // of a response; V4
	CategoryQuery    Category = "query"    // parameters, by name
	CategoryHeader   Category = "header"   // by name, without regard to case
	CategoryBody     Category = "body"     // bodies and contents of messages, by path expression
	CategoryMetadata Category = "metadata" // of a message, by path expression
)

// RuleSet holds the matching rules of one part by category, then by key: for
// body and metadata a path expression ("$.a[*].b"), for header and query the
// plain name, for method, path and status the empty string.
type RuleSet map[Category]map[string]RuleList

// RuleList is the rules for one key and how they combine.
type RuleList struct {
	// Combine counts where there are several Rules; the zero value is And.
	Combine Combine
	// Rules in file order; none means equality.
	Rules []Rule
}

// Combine says whether all rules of a list must accept or one is enough
// (specification V3, "combine").
type Combine int

// The ways rules combine.
const (
	// And asks that all accept. It is the default of the specification.
	And Combine = iota
	// Or asks that one accepts.
	Or
)

// GeneratorSet holds the generators of one part, keyed as in [RuleSet]
// (specification V3, "generators"). What each makes is told by package generate.
type GeneratorSet map[Category]map[string]Generator

// Generator is one entry of "generators": its type and its attributes as
// decoded JSON, numbers as json.Number ("type" itself is not repeated).
type Generator struct {
	// Type is a name such as "RandomInt"; one that is not known is kept.
	Type string
	// Attrs by name, such as "min"; nil for none.
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
	// Match is the "match" member, Attrs are the others as read.
	Match string
	Attrs map[string]json.RawMessage
}
