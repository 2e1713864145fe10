package dsl

import (
	"regexp"
	"strings"

	"github.com/pact-foundation/pact-go/v2/matchers"
)

// GraphQL is the body of a GraphQL request.
type GraphQL struct {
	// Query is the document. The consumer may lay it out in another way: white
	// space counts as little as it does to GraphQL.
	Query string
	// Operation names the operation, if the document has several.
	Operation string
	// Variables may hold matchers.
	Variables map[string]any
}

// Body returns the body for JSONBody.
func (g GraphQL) Body() Matcher {
	body := matchers.StructMatcher{"query": matchers.Regex(g.Query, layoutFree(g.Query))}
	if g.Operation != "" {
		body["operationName"] = g.Operation
	}
	if g.Variables != nil {
		body["variables"] = g.Variables
	}
	return body
}

var punctuation = regexp.MustCompile(`\s*([{}()\[\]:!,=|&])\s*`)

// layoutFree is a pattern for query with white space where it may be. A comma
// is white space to GraphQL.
func layoutFree(query string) string {
	var pattern strings.Builder
	pattern.WriteString(`[\s,]*`)
	spaced := punctuation.ReplaceAllString(query, " $1 ")
	var before string
	for _, word := range strings.FieldsFunc(spaced, func(r rune) bool { return r == ',' || strings.ContainsRune(" \t\r\n", r) }) {
		if before != "" {
			pattern.WriteString(between(before, word))
		}
		pattern.WriteString(regexp.QuoteMeta(word))
		before = word
	}
	pattern.WriteString(`[\s,]*`)
	return pattern.String()
}

// between two names there must be space, around punctuation there may be.
func between(a, b string) string {
	if isPunctuation(a) || isPunctuation(b) {
		return `[\s,]*`
	}
	return `[\s,]+`
}

func isPunctuation(word string) bool {
	const marks = "{}()[]:!=|&"
	return len(word) == 1 && strings.Contains(marks, word)
}
