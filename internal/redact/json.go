package redact

import (
	"encoding/json"
	"strings"
)

// maskJSON masks the strings and numbers of members that Name knows, also those
// deeper in such a member. It reads words instead of values, so that a document
// that was cut short is masked up to its end.
func maskJSON(text string, mask func(string) string) string {
	var b strings.Builder
	// secret is the depth of the outermost secret member, 0 if there is none;
	// member is the name of the value that comes next.
	depth, secret, member := 0, 0, ""
	for at := 0; at < len(text); {
		end := wordEnd(text, at)
		word := text[at:end]
		at = end
		switch c := word[0]; {
		case c == '"' && followedByColon(text, end):
			member = plainString(word)
			b.WriteString(word)
		case c == '"' || c == '-' || c >= '0' && c <= '9':
			if secret > 0 || Name(member) {
				word = `"` + mask(inside(word)) + `"`
			}
			b.WriteString(word)
			member = ""
		case c == '{' || c == '[':
			depth++
			if secret == 0 && Name(member) {
				secret = depth
			}
			member = ""
			b.WriteByte(c)
		case c == '}' || c == ']':
			if depth == secret {
				secret = 0
			}
			depth--
			b.WriteByte(c)
		case c == ',':
			member = ""
			b.WriteByte(c)
		default:
			b.WriteString(word)
		}
	}
	return b.String()
}

// wordEnd returns where the string, number or single character ends that begins
// at the place.
func wordEnd(text string, at int) int {
	switch c := text[at]; {
	case c == '"':
		for i := at + 1; i < len(text); i++ {
			switch text[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}
		return len(text)
	case c == '-' || c >= '0' && c <= '9':
		rest := strings.TrimLeft(text[at:], "-+.0123456789eE")
		return len(text) - len(rest)
	}
	return at + 1
}

func followedByColon(text string, at int) bool {
	return strings.HasPrefix(strings.TrimLeft(text[at:], " \t\r\n"), ":")
}

// inside is what stands between the quotes of a string, or a number.
func inside(word string) string {
	if word[0] == '"' && json.Valid([]byte(word)) {
		return word[1 : len(word)-1]
	}
	return strings.TrimPrefix(word, `"`)
}

// plainString is the text of a JSON string, as far as it can be read.
func plainString(word string) string {
	var plain string
	if json.Unmarshal([]byte(word), &plain) == nil {
		return plain
	}
	return strings.Trim(word, `"`)
}
