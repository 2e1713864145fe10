package contract

import (
	"net/http"
	"net/url"
	"sort"
	"strings"
)

var skipHTTP = map[string]bool{
	"request": true, "response": true, "requestMatchingRules": true, "responseMatchingRules": true,
}

// interactionV3 reads an HTTP interaction of V1 to V3.
func (d *decoder) interactionV3(o object, number int) (Interaction, error) {
	i := &HTTP{Common: d.common(o, numbered("Interaction", number), skipHTTP)}
	return i, d.exchange(i, o)
}

// exchange reads request and response.
func (d *decoder) exchange(i *HTTP, o object) (err error) {
	request, response := o.get("request"), o.get("response")
	if request != nil && !request.isObject() && !request.isNull() {
		return d.fail("request", "expected an object, found %s", request.kind())
	}
	if response != nil && !response.isObject() && !response.isNull() {
		return d.fail("response", "expected an object, found %s", response.kind())
	}
	if i.Request, err = d.request(request.members(), o.get("requestMatchingRules")); err != nil {
		return err
	}
	i.Response, err = d.response(response.members(), o.get("responseMatchingRules"))
	return err
}

// DecodeRequest reads a request object as it stands in a pact file of
// version v. The error is a [*FormatError].
func DecodeRequest(data []byte, v SpecVersion) (Request, error) {
	o, d, err := fragment(data, v, "request")
	if err != nil {
		return Request{}, err
	}
	return d.request(o, nil)
}

// DecodeResponse reads a response object as it stands in a pact file of
// version v. The error is a [*FormatError].
func DecodeResponse(data []byte, v SpecVersion) (Response, error) {
	o, d, err := fragment(data, v, "response")
	if err != nil {
		return Response{}, err
	}
	return d.response(o, nil)
}

// fragment prepares reading a part of a pact file. Its places start with name.
func fragment(data []byte, v SpecVersion, name string) (object, *decoder, error) {
	r, err := parseRaw(append([]byte(nil), data...))
	if err != nil {
		return nil, nil, err
	}
	if !r.isObject() {
		return nil, nil, &FormatError{Where: name, What: "expected an object, found " + r.kind()}
	}
	return r.members(), &decoder{version: v}, unique(r, bodyOfPart)
}

// request reads a request; rules are those an old file keeps beside it.
func (d *decoder) request(o object, rules raw) (Request, error) {
	q := Request{Method: "GET", Path: "/"}
	for _, m := range o {
		switch m.name {
		case "method":
			if !m.value.isNull() {
				q.Method = d.method(m.value.text())
			}
		case "path":
			if !m.value.isNull() {
				q.Path = m.value.text()
			}
		case "query":
			q.Query = d.query(m.value, "request.query")
		case "headers":
			q.Headers = d.headers(m.value, "request.headers")
		case "body", "matchingRules", "generators":
		default:
			q.Extra = keep(q.Extra, m)
		}
	}
	q.Body = d.body(o.get("body"), q.Headers.contentType(), "request.body")
	var err error
	q.Rules, q.Generators, err = d.rulesAndGenerators(o, rules, "request")
	return q, err
}

// method reads a method, which has no case in pact files: Ruby writes "get".
func (d *decoder) method(text string) string {
	upper := strings.ToUpper(text)
	if text != upper && text != strings.ToLower(text) {
		d.note("request.method", "is %q; %q is taken", text, upper)
	}
	return upper
}

func (d *decoder) response(o object, rules raw) (Response, error) {
	p := Response{Status: 200}
	for _, m := range o {
		switch m.name {
		case "status":
			if m.value.isNull() {
				continue
			}
			n, ok := m.value.integer()
			if !ok {
				return p, d.fail("response.status", "expected a number such as 200, found %s", clip(m.value))
			}
			if !m.value.isNumber() {
				d.note("response.status", "is %s instead of a number; %d is taken", m.value.kind(), n)
			}
			p.Status = n
		case "headers":
			p.Headers = d.headers(m.value, "response.headers")
		case "body", "matchingRules", "generators":
		default:
			p.Extra = keep(p.Extra, m)
		}
	}
	p.Body = d.body(o.get("body"), p.Headers.contentType(), "response.body")
	var err error
	p.Rules, p.Generators, err = d.rulesAndGenerators(o, rules, "response")
	return p, err
}

// clip shortens a value for a message.
func clip(r raw) string {
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return string(r)
}

// query reads an encoded string or an object of lists; each version accepts
// both, because files exist that carry the other version's form. The text of
// V1 and V2 has no place for a name without any value, which is left out.
func (d *decoder) query(r raw, part string) Values {
	switch {
	case r.isString():
		return ParseQuery(r.text())
	case r.isObject():
		q := Values{}
		for _, m := range r.members() {
			if list := textList(m.value); len(list) > 0 || d.version >= V3 {
				q[m.name] = list
			}
		}
		return q.orNil()
	default:
		if !r.isNull() {
			d.note(part, "is %s instead of a string or an object and is left out", r.kind())
		}
		return nil
	}
}

// ParseQuery decodes the text of a query. "+" is a space; a "%" that does not
// start an encoded byte stays as it is; a name without "=" has the value "".
func ParseQuery(s string) Values {
	q := Values{}
	for _, part := range strings.Split(strings.TrimPrefix(s, "?"), "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name = unescapeQuery(name)
		q[name] = append(q[name], unescapeQuery(value))
	}
	return q.orNil()
}

func unescapeQuery(s string) string {
	if t, err := url.QueryUnescape(s); err == nil {
		return t
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b.WriteByte(' ')
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteByte(unhex(s[i+1])<<4 | unhex(s[i+2]))
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

// textList reads a list of strings or a single one.
func textList(r raw) []string {
	if !r.isArray() {
		return []string{nullAsEmpty(r)}
	}
	list := []string{}
	for _, element := range r.elements() {
		list = append(list, nullAsEmpty(element))
	}
	return list
}

func nullAsEmpty(r raw) string {
	if r.isNull() {
		return ""
	}
	return r.text()
}

// headers reads a text or a list for each name. V1 and V2 know only the text:
// what a file of theirs lists is read as the field it would be sent as (RFC
// 9110, 5.3), except cookies, which cannot be joined.
func (d *decoder) headers(r raw, part string) Values {
	if !r.isObject() {
		if !r.isNull() {
			d.note(part, "is %s instead of an object and is left out", r.kind())
		}
		return nil
	}
	h := Values{}
	for _, m := range r.members() {
		switch list := textList(m.value); {
		case !m.value.isArray():
			h[m.name] = headerText(m.name, list[0])
		case d.version >= V3 || len(list) > 1 && http.CanonicalHeaderKey(m.name) == "Set-Cookie":
			h[m.name] = list
		default:
			h[m.name] = headerText(m.name, strings.Join(list, ", "))
		}
	}
	return h.orNil()
}

// listHeaders are the headers whose value is a list (specification V3,
// "headers"); in all others a comma is text.
var listHeaders = map[string]bool{
	"accept": true, "accept-encoding": true, "accept-language": true,
	"access-control-allow-headers": true, "access-control-allow-methods": true,
	"access-control-expose-headers": true, "access-control-request-headers": true,
	"allow": true, "cache-control": true, "if-match": true, "if-none-match": true, "vary": true,
}

// SplitHeader returns the values that the text of one header field holds:
// parts between commas for headers that are lists, otherwise the text itself.
// Space around values is removed. It serves received headers too.
func SplitHeader(name, text string) []string {
	if !listHeaders[strings.ToLower(name)] {
		return []string{strings.TrimSpace(text)}
	}
	parts := strings.Split(text, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// headerText reads the one text that a file has for a header. It comes apart
// only where its parts give the same text again ([HeaderLines]): what is sent
// is what was written, down to the spaces and the commas within quotes.
func headerText(name, text string) []string {
	parts := SplitHeader(name, text)
	if text = strings.TrimSpace(text); strings.Join(parts, ", ") != text {
		return []string{text}
	}
	return parts
}

// HeaderLines returns the lines in which values of a header are sent: one for
// a header that is a list, whose parts have been one text in the file or mean
// the same in one (RFC 9110, 5.3), and one for each value of any other.
func HeaderLines(name string, values []string) []string {
	if len(values) < 2 || !listHeaders[strings.ToLower(name)] {
		return values
	}
	return []string{strings.Join(values, ", ")}
}

// Get returns the values of name, compared without regard to case, as header
// names are. Of several spellings the alphabetically first wins.
func (v Values) Get(name string) []string {
	if list, ok := v[name]; ok {
		return list
	}
	for _, key := range v.Names() {
		if strings.EqualFold(key, name) {
			return v[key]
		}
	}
	return nil
}

// Names returns the names, sorted.
func (v Values) Names() []string {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (v Values) contentType() string {
	if list := v.Get("Content-Type"); len(list) > 0 {
		return strings.TrimSpace(list[0])
	}
	return ""
}

func (v Values) orNil() Values {
	if len(v) == 0 {
		return nil
	}
	return v
}
