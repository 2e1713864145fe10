package matching

import (
	"github.com/treatyhq/treaty/contract"
)

// Kind names the part of an interaction in which a mismatch was found.
type Kind string

// The kinds of mismatch, as reports and JSON name them.
const (
	KindMethod   Kind = "method"            // another HTTP method
	KindPath     Kind = "path"              // another path
	KindQuery    Kind = "query"             // a query parameter; Path is its name
	KindStatus   Kind = "status"            // another HTTP status
	KindHeader   Kind = "header"            // a header; Path is its name
	KindBodyType Kind = "body-content-type" // content of another type, which is not compared further
	KindBody     Kind = "body"              // a value in a body or in contents
	KindMetadata Kind = "metadata"          // metadata of a message; Path is its name
)

// Mismatch is one difference between what was expected and what was there,
// as data; [Report] puts it into words.
type Mismatch struct {
	// Kind is the part in which it was found.
	Kind Kind
	// Path is where: a path expression for bodies ("$.items[0].price"), a
	// name for headers, query parameters and metadata, empty otherwise.
	Path string
	// Expected and Actual are the two values as text; JSON values as compact
	// JSON. Both are cut after 2,000 bytes. Actual is empty when the value is
	// absent; see Absent.
	Expected, Actual string
	// Absent is true when nothing was found at Path.
	Absent bool
	// Rule that rejected the value; nil for plain equality.
	Rule contract.Rule
	// Why is the reason as a sentence without a path, in the words of Pact's
	// reference implementation where it has some, for example
	// "Expected 5 (Integer) to be the same type as 'a' (String)".
	Why string
}

// Result is what a comparison found. The zero value is a match.
type Result struct {
	// Mismatches in the order method, path, query, status, headers, metadata,
	// body; nil when everything matches.
	Mismatches []Mismatch
	// Omitted counts further mismatches that are not listed, because a
	// comparison lists a thousand at most.
	Omitted int
}

// OK reports whether everything matched.
func (r Result) OK() bool { return len(r.Mismatches) == 0 && r.Omitted == 0 }

// Distance tells how far apart the two sides are, to find the nearest of
// several expectations: 0 is a match. Another method or path weighs more than
// everything else together, since a wrong body on the right path is nearer
// than a right body on another path.
func (r Result) Distance() int {
	const route = 1_000_000
	d := r.Omitted
	for _, m := range r.Mismatches {
		switch m.Kind {
		case KindMethod, KindPath:
			d += route
		case KindBodyType:
			d += maxMismatches // its contents were not even compared
		default:
			d++
		}
	}
	return d
}
