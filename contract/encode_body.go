package contract

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// body writes b as the member name of t. declared is the type that a reader
// will learn from the headers or the metadata; what names the body in errors.
func (e *encoder) body(t tree, name, what string, b Body, declared string) error {
	if b.State == BodyEmpty {
		b.Content = nil
	}
	switch {
	case b.State == BodyMissing:
		return nil
	case e.version == V4 && len(b.Content) == 0:
		t[name] = emptyBodyV4(b, declared)
		return nil
	case b.State == BodyNull:
		t[name] = nil
		return nil
	case e.version == V4:
		t[name] = bodyTreeV4(b)
		return nil
	case len(b.Content) == 0:
		t[name] = ""
		return nil
	}
	value, err := e.bodyV3(b, what, declared)
	t[name] = value
	return err
}

// emptyBodyV4 writes a body without content, with its type where no header
// declares the same.
func emptyBodyV4(b Body, declared string) any {
	t := tree{}
	if b.ContentType != declared && b.ContentType != "" {
		t["contentType"] = b.ContentType
	}
	if b.Hint != "" {
		t["contentTypeHint"] = b.Hint
	}
	switch {
	case b.State != BodyNull:
		t["content"] = ""
	case len(t) == 0:
		return nil
	default:
		t["content"] = nil
	}
	return t
}

// bodyTreeV4 writes a V4 body object. JSON stands inline, unless a reader
// would take it for something else.
func bodyTreeV4(b Body) tree {
	t := tree{"encoded": false}
	if b.ContentType != "" {
		t["contentType"] = b.ContentType
	}
	if b.Hint != "" {
		t["contentTypeHint"] = b.Hint
	}
	kind, _ := ParseContentType(b.ContentType)
	binary := kind.IsBinary() || strings.EqualFold(b.Hint, "BINARY") || !utf8.Valid(b.Content)
	switch {
	case kind.IsJSON() && validJSON(b.Content):
		text := string(trimSpace(b.Content))
		if text == `""` || text == "null" {
			t["content"], t["encoded"] = text, "JSON"
		} else {
			t["content"] = json.RawMessage(b.Content)
		}
	case binary || kind.IsJSON():
		t["content"], t["encoded"] = base64.StdEncoding.EncodeToString(b.Content), "base64"
	default:
		t["content"] = string(b.Content)
	}
	return t
}

func validJSON(content []byte) bool { return utf8.Valid(content) && json.Valid(content) }

// bodyV3 writes the body as V1 to V3 have it: JSON inline, text as a string,
// bytes in base64; the reader tells them apart by the content type. Where
// none is declared the reader guesses, and the guess must be right.
func (e *encoder) bodyV3(b Body, what, declared string) (any, error) {
	if declared != "" {
		return e.typedBodyV3(b, what, declared)
	}
	value, err := e.typedBodyV3(b, what, b.ContentType)
	if err != nil || b.ContentType == "" {
		return value, err
	}
	if text, ok := quotedJSON(value); ok {
		value = text
	}
	if essence(b.ContentType) != guessedType(value) {
		return nil, e.unsupported(V4, "a %s of type %s without a declaration of its type", what, b.ContentType)
	}
	return value, nil
}

func essence(contentType string) string {
	kind, _ := ParseContentType(contentType)
	return kind.Essence()
}

// quotedJSON returns a JSON string as its own JSON text in a string, from
// which a reader guesses the type.
func quotedJSON(value any) (string, bool) {
	content, ok := value.(json.RawMessage)
	text := trimSpace(content)
	return string(text), ok && raw(text).isString()
}

// guessedType is the content type that a reader of V1 to V3 takes for a body
// whose type is not declared.
func guessedType(value any) string {
	switch value := value.(type) {
	case string:
		return sniffText(value)
	case json.RawMessage:
		if r := raw(trimSpace(value)); r.isString() {
			return sniffText(r.text())
		}
		return typeJSON
	default:
		return ""
	}
}

func (e *encoder) typedBodyV3(b Body, what, declared string) (any, error) {
	kind, _ := ParseContentType(declared)
	switch {
	case kind.IsJSON():
		if !validJSON(b.Content) {
			return nil, e.unsupported(V4, "a %s that is declared as %s and is not JSON", what, declared)
		}
		return inlineV3(b.Content), nil
	case kind.IsBinary():
		return base64.StdEncoding.EncodeToString(b.Content), nil
	case !utf8.Valid(b.Content):
		// Bytes in the charset of the type are letters; a file holds those.
		if text, err := Written(b.Content, kind); err == nil {
			return text, nil
		}
		return nil, e.unsupported(V4, "a %s that is declared as text and is not UTF-8", what)
	default:
		return string(b.Content), nil
	}
}

// inlineV3 returns JSON content as a member value. A JSON string that a
// reader would take as JSON text, or as the empty body, is written as its own
// JSON text in a string.
func inlineV3(content []byte) any {
	r := raw(trimSpace(content))
	if r.isString() && (r.text() == "" || isJSONText(r.text())) {
		return string(r)
	}
	return json.RawMessage(content)
}
