package redact

import "strings"

// Body returns a body as it may be shown: with stars for the values of members
// of a JSON document, or of fields of a form, that Name knows. The type is a
// Content-Type. Text that is neither JSON nor a form stays as it is; broken JSON
// is treated as far as it can be read.
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
		if isForm(contentType) {
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

func isForm(contentType string) bool {
	return strings.Contains(strings.ToLower(contentType), "form-urlencoded")
}

func maskBody(contentType, text string, mask func(string) string) string {
	if isForm(contentType) {
		return maskPairs(text, "&;", mask)
	}
	if trimmed := strings.TrimLeft(text, " \t\r\n"); strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[") {
		return maskJSON(text, mask)
	}
	return text
}
