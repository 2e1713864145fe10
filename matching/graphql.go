package matching

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// graphQLPattern begins the pattern that package dsl gives to the document of
// a GraphQL request.
const graphQLPattern = `[\s,]*`

// textOrComment finds the comments of a document, and the texts that may look
// like them.
var textOrComment = regexp.MustCompile(`(?s:"""(?:\\"""|.)*?"""|"(?:\\.|[^"\\\r\n])*")|#[^\r\n]*`)

func withoutComments(document json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(document, &text) != nil || !strings.Contains(text, "#") {
		return document
	}
	text = textOrComment.ReplaceAllStringFunc(text, func(found string) string {
		if found[0] == '#' {
			return ""
		}
		return found
	})
	written, err := json.Marshal(text)
	if err != nil {
		return document
	}
	return written
}

// isGraphQL reports whether the body is a GraphQL request as package dsl
// describes one.
func (b bodies) isGraphQL() bool {
	query := b.rules.root.member("query")
	if query.checks == nil || !query.exact {
		return false
	}
	for _, k := range query.checks.list {
		if r, ok := k.rule.(contract.RegexRule); ok && strings.HasPrefix(r.Pattern, graphQLPattern) {
			return true
		}
	}
	return false
}

// withoutGraphQLOptions leaves out of a GraphQL request what clients add or
// leave out and what changes nothing (rule 26 in doc.go).
func (b bodies) withoutGraphQLOptions() bodies {
	if !b.strict || !b.isGraphQL() {
		return b
	}
	var expected, actual map[string]json.RawMessage
	if json.Unmarshal(b.expected, &expected) != nil || json.Unmarshal(b.actual, &actual) != nil {
		return b
	}
	if _, asked := expected["extensions"]; !asked {
		delete(actual, "extensions")
	}
	for _, name := range []string{"variables", "operationName"} {
		if isNothing(expected[name]) && isNothing(actual[name]) {
			delete(expected, name)
			delete(actual, name)
		}
	}
	for _, side := range []map[string]json.RawMessage{expected, actual} {
		if document, ok := side["query"]; ok {
			side["query"] = withoutComments(document)
		}
	}
	leaveOnlyOperation(expected, actual)
	b.expected, b.actual = orSame(expected, b.expected), orSame(actual, b.actual)
	return b
}

func isNothing(value json.RawMessage) bool {
	text := strings.TrimSpace(string(value))
	return text == "" || text == "null" || strings.HasPrefix(text, "{") && strings.TrimSpace(text[1:]) == "}"
}

// onlyOperation is a document that begins with an operation and has no other.
var (
	firstOperation = regexp.MustCompile(`^[\s,]*(?:query|mutation|subscription)\s+([_A-Za-z][_0-9A-Za-z]*)`)
	anyOperation   = regexp.MustCompile(`\b(?:query|mutation|subscription)\b`)
)

// leaveOnlyOperation drops the name of an operation where only one side has
// it and the document has no other operation.
func leaveOnlyOperation(expected, actual map[string]json.RawMessage) {
	var query, name string
	if _ = json.Unmarshal(expected["query"], &query); len(anyOperation.FindAllString(query, 2)) != 1 {
		return
	}
	match := firstOperation.FindStringSubmatch(query)
	if match == nil || isNothing(expected["operationName"]) == isNothing(actual["operationName"]) {
		return
	}
	for _, side := range []map[string]json.RawMessage{expected, actual} {
		if !isNothing(side["operationName"]) && json.Unmarshal(side["operationName"], &name) != nil {
			return
		}
	}
	if name == match[1] {
		delete(expected, "operationName")
		delete(actual, "operationName")
	}
}

func orSame(object map[string]json.RawMessage, text []byte) []byte {
	if written, err := json.Marshal(object); err == nil {
		return written
	}
	return text
}
