package contract

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

const typeJSON = "application/json"

// body reads a body of any version; declared is the type by header or metadata.
func (d *decoder) body(r raw, declared, part string) Body {
	switch {
	case r == nil:
		return Body{ContentType: declared}
	case r.isNull():
		return Body{State: BodyNull, ContentType: declared}
	case d.version == V4:
		return d.bodyV4(r, declared, part).bounded(declared)
	default:
		return d.bodyV3(r, declared, part).bounded(declared)
	}
}

// bodyV3 reads a body of V1 to V3: JSON inline, or text whose meaning depends
// on the content type.
func (d *decoder) bodyV3(r raw, declared, part string) Body {
	if !r.isString() {
		return inlineBody(r, declared)
	}
	text := r.text()
	if text == "" {
		return Body{State: BodyEmpty, ContentType: declared}
	}
	if declared == "" {
		declared = sniffText(text)
	}
	t, err := ParseContentType(declared)
	if err != nil {
		d.note(part, "has a content type that cannot be read (%v); the text is taken as it is", err)
	}
	switch {
	case t.IsJSON():
		return Body{State: BodyPresent, Content: jsonFromText(r, text), ContentType: declared}
	case t.IsBinary():
		if content, ok := decodeBase64(text); ok {
			return NewBody(content, declared)
		}
	}
	return NewBody([]byte(text), declared)
}

// sniffText guesses the type of content that a file holds as text, which is
// never bytes without a meaning.
func sniffText(text string) string {
	if kind := SniffContentType([]byte(text)); kind != "application/octet-stream" {
		return kind
	}
	return "text/plain"
}

func inlineBody(r raw, declared string) Body {
	if declared == "" {
		declared = typeJSON
	}
	return Body{State: BodyPresent, Content: r.compact(), ContentType: declared}
}

// jsonFromText returns the JSON that a string body stands for: text that is
// itself a JSON object or string is meant as such, other text is a JSON string.
func jsonFromText(r raw, text string) []byte {
	if isJSONText(text) {
		return []byte(text)
	}
	return r
}

func isJSONText(text string) bool {
	start := strings.TrimLeft(text, " \t\r\n")
	return start != "" && (start[0] == '{' || start[0] == '"') && json.Valid([]byte(text))
}

func decodeBase64(s string) ([]byte, bool) {
	s = strings.TrimSpace(s)
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding} {
		if content, err := encoding.DecodeString(s); err == nil {
			return content, true
		}
	}
	return nil, false
}

var bodyMembers = map[string]bool{"content": true, "contentType": true, "encoded": true, "contentTypeHint": true}

// bodyV4 reads a V4 body object. Files exist that carry a V3 body here: an
// object of other members is taken as the content itself.
func (d *decoder) bodyV4(r raw, declared, part string) Body {
	if !r.isObject() {
		d.note(part, "is %s instead of a V4 body object; it is taken as the content", r.kind())
		return d.bodyV3(r, declared, part)
	}
	o := r.members()
	content := o.get("content")
	if content == nil {
		return d.bodyWithoutContent(o, r, declared, part)
	}
	if t := o.get("contentType"); t != nil && !t.isNull() && t.text() != "" {
		declared = t.text()
	}
	b := d.contentV4(content, o.get("encoded"), declared, part)
	if hint := o.get("contentTypeHint"); hint != nil && !hint.isNull() {
		b.Hint = strings.ToUpper(hint.text())
	}
	return b
}

func (d *decoder) bodyWithoutContent(o object, r raw, declared, part string) Body {
	for _, m := range o {
		if !bodyMembers[m.name] {
			d.note(part, "has no member content; the object itself is taken as the content")
			return inlineBody(r, declared)
		}
	}
	return Body{ContentType: declared}
}

// contentV4 decodes the content as "encoded" says: false, true, "base64" or "JSON".
func (d *decoder) contentV4(content, encoded raw, declared, part string) Body {
	if content.isNull() {
		return Body{State: BodyNull, ContentType: declared}
	}
	text := content.text()
	switch how := strings.ToLower(encoded.text()); {
	case !content.isString():
		return inlineBody(content, declared)
	case how == "base64" || how == "true":
		decoded, ok := decodeBase64(text)
		if !ok {
			d.note(part, "is not valid base64; the text is taken as it is")
			decoded = []byte(text)
		}
		return sniffed(decoded, declared)
	case how == "json":
		return textBody(text, declared)
	case how != "" && how != "false" && how != "null":
		d.note(part, "has the unknown encoding %q; the text is taken as it is", how)
		return textBody(text, declared)
	}
	t, _ := ParseContentType(declared)
	if t.IsJSON() && text != "" {
		return Body{State: BodyPresent, Content: content, ContentType: declared}
	}
	return textBody(text, declared)
}

func textBody(text, declared string) Body {
	if declared == "" {
		declared = sniffText(text)
	}
	return NewBody([]byte(text), declared)
}

func sniffed(content []byte, declared string) Body {
	if declared == "" {
		declared = SniffContentType(content)
	}
	return NewBody(content, declared)
}
