package redact

import (
	"net/url"
	"strings"
)

// Body returns a body as it may be shown: with stars for the values of members
// of a JSON document, or of fields of a form, that Name knows. The type is a
// Content-Type. Text that is neither JSON nor a form stays as it is; broken JSON
// is treated as far as it can be read.
func Body(contentType, text string) string {
	return maskBody(contentType, text, func(string) string { return Stars })
}

// BodySecrets lists what Body hides in a text, as sent: without the quotes and
// escapes of its format.
func BodySecrets(contentType, text string) []string {
	var found []string
	maskBody(contentType, text, func(secret string) string {
		found = append(found, secret)
		return Stars
	})
	return found
}

func maskBody(contentType, text string, mask func(string) string) string {
	if strings.Contains(strings.ToLower(contentType), "form-urlencoded") {
		return maskPairs(text, "&;", func(value string) string {
			if plain, err := url.QueryUnescape(value); err == nil {
				value = plain
			}
			return mask(value)
		})
	}
	if trimmed := strings.TrimLeft(text, " \t\r\n"); strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[") {
		return maskJSON(text, mask)
	}
	return text
}
