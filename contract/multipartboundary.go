package contract

import (
	"bytes"
	"maps"
)

// WithBoundary returns a multipart type that has no boundary with the one of
// header, if that is the same type and has one, else with the one that content
// begins with. Files exist whose body names the type alone. Other types come
// back as they are.
func (t ContentType) WithBoundary(header ContentType, content []byte) ContentType {
	if !t.IsMultipart() || t.Params["boundary"] != "" {
		return t
	}
	boundary := ""
	if header.Essence() == t.Essence() {
		boundary = header.Params["boundary"]
	}
	if boundary == "" {
		boundary = firstBoundary(content)
	}
	if boundary == "" {
		return t
	}
	params := map[string]string{}
	maps.Copy(params, t.Params)
	params["boundary"] = boundary
	t.Params = params
	return t
}

// maxBoundary is the longest boundary that there may be (RFC 2046, 5.1.1).
const maxBoundary = 70

// firstBoundary is what stands behind "--" in the first line of a multipart
// body that has no preamble.
func firstBoundary(content []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimLeft(content, "\r\n"), []byte("\n"))
	boundary, ok := bytes.CutPrefix(bytes.TrimRight(line, " \t\r"), []byte("--"))
	if !ok || len(boundary) == 0 || len(boundary) > maxBoundary {
		return ""
	}
	return string(boundary)
}

// bounded gives a multipart body that was read its boundary, so that it can be
// sent and compared.
func (b Body) bounded(header string) Body {
	if b.State != BodyPresent {
		return b
	}
	t, err := ParseContentType(b.ContentType)
	if err != nil || !t.IsMultipart() || t.Params["boundary"] != "" {
		return b
	}
	declared, _ := ParseContentType(header)
	if whole := t.WithBoundary(declared, b.Content); whole.Params["boundary"] != "" {
		b.ContentType = whole.String()
	}
	return b
}
