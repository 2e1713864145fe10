package delivery

import (
	"encoding/json"
	"encoding/xml"
	"net/url"
	"strings"
	"unicode"
)

// escape makes value fit for a place in a template; before is what stands in
// the template before that place.
type escape func(before, value string) string

// fill replaces the parameters of a template by values, each passed through
// escape. Unknown parameters stay as they are.
func fill(template string, values map[string]string, escape escape) string {
	var out strings.Builder
	end := 0
	for _, found := range parameter.FindAllStringSubmatchIndex(template, -1) {
		name := found[2:4]
		if name[0] < 0 {
			name = found[4:6]
		}
		value, known := values[template[name[0]:name[1]]]
		if !known {
			continue
		}
		out.WriteString(template[end:found[0]])
		out.WriteString(escape(template[:found[0]], value))
		end = found[1]
	}
	out.WriteString(template[end:])
	return out.String()
}

// escapeOf is the escape for a body that is a text, by what its Content-Type
// says it is, or by how it looks where the webhook has none. A text of another
// type takes values as they are.
func escapeOf(contentType, template string) escape {
	media, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	media = strings.TrimSpace(media)
	switch {
	case media == "":
		return escapeOfLook(template)
	case strings.Contains(media, "json"), strings.HasSuffix(media, "/graphql"):
		return inJSON
	case strings.HasSuffix(media, "/xml"), strings.HasSuffix(media, "+xml"), media == "text/html":
		return inXML
	case media == "application/x-www-form-urlencoded":
		return inForm
	case strings.HasPrefix(media, "multipart/"):
		return inLine
	}
	return plain
}

func escapeOfLook(template string) escape {
	text := strings.TrimSpace(template)
	switch {
	case strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">"):
		return inXML
	case looksLikeJSON(text):
		return inJSON
	}
	return plain
}

// looksLikeJSON reports whether a template is a JSON object or list: 0 fits a
// parameter between quotes and one without.
func looksLikeJSON(template string) bool {
	return (strings.HasPrefix(template, "{") || strings.HasPrefix(template, "[")) &&
		json.Valid(parameter.ReplaceAll([]byte(template), []byte("0")))
}

func plain(_, value string) string { return value }

// inLine keeps a value in the line where it stands: in a header a line break
// would begin another header.
func inLine(_, value string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, value)
}

// inJSON escapes a value for a place between the quotes of a JSON string.
func inJSON(_, value string) string {
	quoted, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(quoted[1 : len(quoted)-1])
}

// inXML escapes a value for a text or the quotes of an attribute. In a CDATA
// section nothing is escaped, and only its end cannot be said.
func inXML(before, value string) string {
	const begin, end = "<![CDATA[", "]]>"
	if strings.LastIndex(before, begin) > strings.LastIndex(before, end) {
		return strings.ReplaceAll(value, end, "]]]]>"+begin+">")
	}
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(value)) // a Builder does not fail
	return out.String()
}

// inForm escapes a value for a form or a URL, for which Pact Broker too writes
// a space as a plus sign. A field may hold a JSON text, as in
// payload={"text":"…"}: there the value is escaped for both.
func inForm(before, value string) string {
	field := before[strings.LastIndexAny(before, "?&")+1:]
	if _, content, _ := strings.Cut(field, "="); strings.HasPrefix(content, "{") || strings.HasPrefix(content, "[") {
		value = inJSON(before, value)
	}
	return url.QueryEscape(value)
}
