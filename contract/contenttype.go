package contract

import (
	"fmt"
	"sort"
	"strings"
)

// ContentType is a media type such as "application/vnd.api+json;charset=utf-8"
// in its parts (RFC 9110, 8.3.1; RFC 6838, 4.2.8). Main, Sub, Suffix and the
// names of Params are lower case. The zero value means unknown.
type ContentType struct {
	// Main is the part before the slash, Sub the part after it without Suffix.
	Main, Sub string
	// Suffix is what follows the last "+", without it: "json", "xml"; usually empty.
	Suffix string
	// Params by name, nil if there are none. Quotes around values are removed.
	Params map[string]string
}

// ParseContentType reads a media type. Parameters without a value, or whose
// name is not a token (RFC 9110, 5.6.2), are skipped. The error is a
// [*FormatError].
func ParseContentType(s string) (ContentType, error) {
	kind, rest, _ := strings.Cut(s, ";")
	main, sub, ok := strings.Cut(strings.ToLower(strings.TrimSpace(kind)), "/")
	if !ok || !isMediaToken(main) || !isMediaToken(sub) {
		return ContentType{}, &FormatError{
			Where: fmt.Sprintf("content type %q", s),
			What:  `expected the form "type/subtype", for example "application/json"`,
		}
	}
	t := ContentType{Main: main, Sub: sub}
	if i := strings.LastIndexByte(sub, '+'); i > 0 && i < len(sub)-1 {
		t.Sub, t.Suffix = sub[:i], sub[i+1:]
	}
	t.Params = parseParams(rest)
	return t, nil
}

// isMediaToken accepts the characters of a token (RFC 9110, 5.6.2), which
// includes the "*" of media ranges.
func isMediaToken(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?={}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

func parseParams(s string) map[string]string {
	var params map[string]string
	for s != "" {
		var part string
		part, s = cutParam(s)
		name, value, ok := strings.Cut(part, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !ok || !isMediaToken(name) {
			continue
		}
		if params == nil {
			params = map[string]string{}
		}
		params[name] = unquoteParam(strings.TrimSpace(value))
	}
	return params
}

// SplitParameters reads a header value that carries parameters, such as a
// content type or a media range: the text before the first semicolon and the
// parameters behind it by their names in lower case. Quotes around values are
// removed; a parameter without a value has "".
func SplitParameters(s string) (value string, params map[string]string) {
	value, rest := cutParam(s)
	params = map[string]string{}
	for rest != "" {
		var part string
		part, rest = cutParam(rest)
		name, text, _ := strings.Cut(part, "=")
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
			params[name] = unquoteParam(strings.TrimSpace(text))
		}
	}
	return strings.TrimSpace(value), params
}

// cutParam cuts s at the first semicolon that is not inside quotes.
func cutParam(s string) (part, rest string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ';' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

func unquoteParam(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// String returns the media type with its parameters sorted by name. Parsing
// it gives t again.
func (t ContentType) String() string {
	if t.IsUnknown() {
		return ""
	}
	var b strings.Builder
	b.WriteString(t.Essence())
	names := make([]string, 0, len(t.Params))
	for name := range t.Params {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		b.WriteString(";" + name + "=" + quoteParam(t.Params[name]))
	}
	return b.String()
}

func quoteParam(s string) string {
	if isMediaToken(s) {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// Essence returns the media type without parameters.
func (t ContentType) Essence() string {
	if t.IsUnknown() {
		return ""
	}
	if t.Suffix == "" {
		return t.Main + "/" + t.Sub
	}
	return t.Main + "/" + t.Sub + "+" + t.Suffix
}

// IsUnknown reports whether t is the zero value.
func (t ContentType) IsUnknown() bool { return t.Main == "" }

// IsJSON reports whether contents are JSON: "application/json" and its like,
// "+json", GraphQL.
func (t ContentType) IsJSON() bool {
	return t.Main == "application" && (strings.HasPrefix(t.Sub, "json") || t.Suffix == "json" || t.Sub == "graphql")
}

// IsXML reports whether contents are XML: "application/xml", "text/xml", "+xml".
func (t ContentType) IsXML() bool {
	return (t.Main == "application" || t.Main == "text") && (t.Sub == "xml" || t.Suffix == "xml")
}

// IsForm reports whether contents are an URL-encoded form.
func (t ContentType) IsForm() bool {
	return t.Main == "application" && t.Sub == "x-www-form-urlencoded"
}

// IsMultipart reports whether contents consist of parts.
func (t ContentType) IsMultipart() bool { return t.Main == "multipart" }

// IsText reports whether contents are characters: "text/*", JSON, XML, forms.
func (t ContentType) IsText() bool {
	return t.Main == "text" || t.IsJSON() || t.IsXML() || t.IsForm()
}

// IsBinary reports whether contents are bytes without a text form. An unknown
// type is not binary.
func (t ContentType) IsBinary() bool { return !t.IsUnknown() && !t.IsText() }

// Base returns the type that t is written in: the suffix as subtype, without
// parameters. "application/vnd.api+json" is based on "application/json".
func (t ContentType) Base() ContentType {
	if t.Suffix == "" {
		return ContentType{Main: t.Main, Sub: t.Sub}
	}
	return ContentType{Main: t.Main, Sub: t.Suffix}
}

// Accepts reports whether contents of type actual may be compared with an
// expectation of type t: the types are equal; where t has no parameters those
// of actual do not count, nor does a suffix; "application/xml" and "text/xml"
// are the same; actual may also be based on t (see [ContentType.Base]).
func (t ContentType) Accepts(actual ContentType) bool {
	return t.accepts(actual) || t.accepts(actual.Base())
}

func (t ContentType) accepts(actual ContentType) bool {
	if t.isStrictXML() && actual.isStrictXML() {
		return len(t.Params) == 0 || sameParams(t.Params, actual.Params)
	}
	if t.Main != actual.Main || t.Sub != actual.Sub {
		return false
	}
	return len(t.Params) == 0 || t.Suffix == actual.Suffix && sameParams(t.Params, actual.Params)
}

func (t ContentType) isStrictXML() bool {
	return (t.Main == "application" || t.Main == "text") && t.Sub == "xml" && t.Suffix == ""
}

// sameParams compares values without regard to case, as charset names ask for.
func sameParams(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for name, value := range a {
		if other, ok := b[name]; !ok || !strings.EqualFold(value, other) {
			return false
		}
	}
	return true
}
