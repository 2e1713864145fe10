package contract

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

func (e *encoder) exchange(t tree, i *HTTP) error {
	request, err := e.request(i.Request)
	if err != nil {
		return err
	}
	response, err := e.response(i.Response)
	if err != nil {
		return err
	}
	t["request"], t["response"] = request, response
	return nil
}

func (e *encoder) request(r Request) (tree, error) {
	t := withExtra(r.Extra)
	t["method"] = r.Method
	t["path"] = r.Path
	switch {
	case len(r.Query) == 0:
	case e.version < V3 && r.Query.hasEmptyList():
		return nil, e.unsupported(V3, "a query parameter without any value")
	case e.version < V3:
		t["query"] = FormatQuery(r.Query)
	case !r.Query.isText():
		return nil, e.unsupported(VersionUnknown, "a query parameter whose bytes are not UTF-8")
	default:
		t["query"] = r.Query
	}
	return t, e.part(t, "request", r.Headers, r.Body, r.Rules, r.Generators)
}

// hasEmptyList reports whether a name has no value, not even an empty one.
func (v Values) hasEmptyList() bool {
	for _, list := range v {
		if len(list) == 0 {
			return true
		}
	}
	return false
}

// isText reports whether JSON can hold all names and values.
func (v Values) isText() bool {
	for name, list := range v {
		if !utf8.ValidString(name) || slices.ContainsFunc(list, func(s string) bool { return !utf8.ValidString(s) }) {
			return false
		}
	}
	return true
}

func (e *encoder) response(r Response) (tree, error) {
	t := withExtra(r.Extra)
	t["status"] = r.Status
	return t, e.part(t, "response", r.Headers, r.Body, r.Rules, r.Generators)
}

// part writes what requests and responses have in common.
func (e *encoder) part(t tree, part string, h Values, b Body, rules RuleSet, generators GeneratorSet) error {
	if err := e.headers(t, h); err != nil {
		return err
	}
	if err := e.body(t, "body", part+" body", b, h.contentType()); err != nil {
		return err
	}
	return e.rulesAndGenerators(t, part, rules, generators)
}

// headers writes lists in V4. Before, a header is one text; V3 readers accept
// a list as well, which is used when the text would be read back differently.
func (e *encoder) headers(t tree, h Values) error {
	if len(h) == 0 {
		return nil
	}
	out := tree{}
	for name, values := range h {
		text := strings.Join(values, ", ")
		same := slices.Equal(headerText(name, text), values)
		switch {
		case e.version == V4 || e.version == V3 && !same:
			out[name] = values
		case !same && http.CanonicalHeaderKey(name) == "Set-Cookie":
			return e.unsupported(V3, "more than one Set-Cookie header")
		default:
			out[name] = text
		}
	}
	t["headers"] = out
	return nil
}

// FormatQuery encodes a query as V1 and V2 files hold it: sorted by name,
// values percent-encoded except letters, digits and "-", space as "+". Names
// are encoded only where they would be read back differently.
func FormatQuery(q Values) string {
	var parts []string
	for _, name := range q.Names() {
		key := name
		if !utf8.ValidString(name) || unescapeQuery(name) != name || strings.ContainsAny(name, "&=") || strings.HasPrefix(name, "?") {
			key = escapeQuery(name)
		}
		for _, value := range q[name] {
			parts = append(parts, key+"="+escapeQuery(value))
		}
	}
	return strings.Join(parts, "&")
}

func escapeQuery(s string) string {
	const upper = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-':
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('+')
		default:
			b.WriteByte('%')
			b.WriteByte(upper[c>>4])
			b.WriteByte(upper[c&15])
		}
	}
	return b.String()
}
