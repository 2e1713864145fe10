package webhook

import (
	"bytes"
	"encoding/json"
)

// BodyText is a body as people write it: a plain text without its quotes, anything
// else as JSON.
func BodyText(body json.RawMessage) string {
	var text string
	if json.Unmarshal(body, &text) == nil {
		return text
	}
	return string(body)
}

// TextBody is the body that a text stands for: an object or a list of JSON as it
// is, anything else as a plain text; none for no text.
func TextBody(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	trimmed := bytes.TrimSpace([]byte(text))
	if len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') && json.Valid(trimmed) {
		return trimmed
	}
	return asText(text)
}

// isText reports whether a body is a plain text: a string of JSON.
func isText(body json.RawMessage) bool {
	var text string
	return json.Unmarshal(body, &text) == nil
}

// asText is the body of a plain text.
func asText(text string) json.RawMessage {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a text can always be written
	return bytes.TrimRight(out.Bytes(), "\n")
}
