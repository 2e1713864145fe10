package matching

import (
	"github.com/treatyhq/treaty/contract"
)

// compareForm compares URL-encoded forms like a query, in both directions
// without unexpected parameters (rule 21 in doc.go).
func compareForm(b bodies, out *collector) {
	p := parameters{kind: KindBody, word: "form post parameter",
		path: func(name string) string {
			return place{{Kind: contract.TokenField, Name: name}}.String()
		},
		rules:  func(name string) *checks { return b.rules.root.member(name).checks },
		ruleAt: func(name string, i int) *checks { return b.rules.root.member(name).element(i).checks },
	}
	p.match(parseForm(b.expected, b.expectedType), parseForm(b.actual, b.actualType), out)
}

// parseForm reads a form. Forms escape the letters of UTF-8; bytes that are
// none are of the charset that the type names, as older browsers and servers
// escape them.
func parseForm(content []byte, t contract.ContentType) contract.Values {
	raw := contract.ParseQuery(string(content))
	form := make(contract.Values, len(raw))
	letters := func(text string) string {
		if read, err := contract.Written([]byte(text), t); err == nil {
			return read
		}
		return text
	}
	for _, name := range sortedKeys(raw) {
		key := letters(name)
		for _, value := range raw[name] {
			form[key] = append(form[key], letters(value))
		}
	}
	return form
}
