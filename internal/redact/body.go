package redact

import (
	"encoding/json"
	"regexp"
	"strings"
)

// Body returns a body as it may be shown: with stars for the values of members
// of a JSON document, or of fields of a form, that Name knows, and for tokens, which
// are known by their own form. The type is a Content-Type. A text that is nothing but
// fields of a form is one, whatever its type says; broken JSON is treated as far as it
// can be read.
func Body(contentType, text string) string {
	return BodyBy(contentType, text, func(string) string { return Stars })
}

// BodyBy returns a body as Body does, with what mask returns for each secret, which
// it is given as it is written.
func BodyBy(contentType, text string, mask func(secret string) string) string {
	return maskBody(contentType, text, mask)
}

// BodySecrets lists what Body hides in a text, as written there and as its
// receiver reads it.
func BodySecrets(contentType, text string) []string {
	var found []string
	maskBody(contentType, text, func(secret string) string {
		if isForm(contentType, text) {
			found = append(found, written(secret)...)
			return Stars
		}
		found = append(found, secret)
		if plain := plainString(`"` + secret + `"`); plain != secret {
			found = append(found, plain)
		}
		return Stars
	})
	return found
}

// fields is a text that is the fields of a form and nothing else.
var fields = regexp.MustCompile(`^[\w.%+\[\]-]+=[^\s&={}<>"]*(?:&[\w.%+\[\]-]+=[^\s&={}<>"]*)*$`)

// isForm reports whether a body is the fields of a form. What is JSON is none, whatever it
// is said to be: who may not read its secrets may be able to change what is said.
func isForm(contentType, text string) bool {
	if beginsAsJSON(text) && json.Valid([]byte(text)) {
		return false
	}
	return strings.Contains(strings.ToLower(contentType), "form-urlencoded") || fields.MatchString(strings.TrimSpace(text))
}

func beginsAsJSON(text string) bool {
	trimmed := strings.TrimLeft(text, " \t\r\n")
	return strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[")
}

func maskBody(contentType, text string, mask func(string) string) string {
	switch {
	case isForm(contentType, text):
		text = maskPairs(text, "&;", func(name, _ string) bool { return Name(name) }, mask)
	case beginsAsJSON(text):
		text = maskJSON(text, mask)
	}
	return maskTokens(text, mask)
}
