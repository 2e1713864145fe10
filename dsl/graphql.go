package dsl

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/pact-foundation/pact-go/v2/matchers"
)

// GraphQL is the body of a GraphQL request, for JSONBody.
//
// What differs between clients and does not change the request is left to the
// consumer: the layout of the document, comments, "__typename" at either end
// of a selection (which Apollo Client and urql add), "variables" that are
// absent, null or {}, the "operationName" of a document with one operation,
// and "extensions". All else must be as described.
type GraphQL struct {
	// Query is the document. The consumer may lay it out in another way: white
	// space counts as little as it does to GraphQL. A document of more than
	// about a thousand words must be sent as it stands.
	Query string
	// Operation names the operation, if the document has several.
	Operation string
	// Variables may hold matchers.
	Variables map[string]any
}

// Body returns the body for JSONBody: query, operationName and variables, without
// what is empty.
func (g GraphQL) Body() Matcher {
	body := matchers.StructMatcher{"query": g.Query}
	if pattern := layoutFree(g.Query); len(pattern) <= longestPattern {
		body["query"] = matchers.Regex(g.Query, pattern)
	}
	if g.Operation != "" {
		body["operationName"] = g.Operation
	}
	if g.Variables != nil {
		body["variables"] = g.Variables
	}
	return body
}

// MarshalJSON writes [GraphQL.Body], so that JSONBody takes a GraphQL too.
func (g GraphQL) MarshalJSON() ([]byte, error) { return json.Marshal(g.Body()) }

// graphQLToken is one token of a document, with what GraphQL ignores before it.
var graphQLToken = regexp.MustCompile(`^(?:[\s,\x{FEFF}]|#[^\r\n]*)*(?s:("""(?:\\"""|.)*?"""|"(?:\\.|[^"\\\r\n])*"|\.\.\.` +
	`|[_A-Za-z][_0-9A-Za-z]*|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|.))`)

const (
	// gap is what GraphQL ignores, besides comments, which the matching engine
	// takes out. It knows a GraphQL body by a pattern that begins with a gap.
	gap = `[\s,]*`
	// space is a gap that is there.
	space = `[\s,]+`
)

// longestPattern is what the matching engine and others still take. A longer
// document has to be sent as it is.
const longestPattern = 20000

// layoutFree is a pattern for a document with another layout, which may have
// "__typename" first or last in a selection. No two gaps stand side by side in
// it: an engine that tries all ways would try them in each place of a document.
func layoutFree(query string) string {
	var pattern strings.Builder
	pattern.WriteString(gap)
	parentheses, before := 0, "" // braces inside of parentheses are values
	for rest := query; ; {
		match := graphQLToken.FindStringSubmatch(rest)
		if match == nil {
			return pattern.String() + gap
		}
		rest = rest[len(match[0]):]
		token := match[1]
		selection := parentheses == 0
		switch {
		case before == "": // the gap stands before it already
		case before == "{" && selection:
			pattern.WriteString(`(?:` + gap + `__typename` + space + `|` + gap + `)`)
		case token == "}" && selection:
			pattern.WriteString(`(?:` + between(before, "__typename") + `__typename)?` + gap)
		default:
			pattern.WriteString(between(before, token))
		}
		pattern.WriteString(regexp.QuoteMeta(token))
		switch token {
		case "(":
			parentheses++
		case ")":
			parentheses--
		}
		before = token
	}
}

// between two words there must be space, around punctuation there may be.
func between(a, b string) string {
	if isWord(a) && isWord(b) {
		return space
	}
	return gap
}

func isWord(token string) bool {
	return token != "" && (token[0] == '_' || token[0] == '-' || token[0]|0x20 >= 'a' && token[0]|0x20 <= 'z' || token[0] >= '0' && token[0] <= '9')
}
