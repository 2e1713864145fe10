package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/treatyhq/treaty/internal/exact"
)

// raw is one JSON value as text, without space around it. It is known to be
// valid: the document is validated once and then only cut, so that a large
// body is not scanned again at each level above it.
type raw []byte

// member is one member of an object, in file order.
type member struct {
	name  string
	value raw
}

// object is a decoded object. Where a name occurs twice, which only bodies may
// have, the last one counts, as in encoding/json.
type object []member

// parseRaw validates data. Invalid UTF-8 is replaced as encoding/json does,
// a byte order mark is dropped. Nesting is limited to 10,000 levels by
// encoding/json.
func parseRaw(data []byte) (raw, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		data = bytes.ToValidUTF8(data, []byte("\uFFFD"))
	}
	if !exact.Valid(data) {
		return nil, syntaxError(data)
	}
	return trimSpace(data), nil
}

// syntaxError finds out what is wrong with data.
func syntaxError(data []byte) error {
	var v json.RawMessage
	err := json.Unmarshal(data, &v)
	var syntax *json.SyntaxError
	what := "not valid JSON"
	if errors.As(err, &syntax) {
		line := 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
		what += " at line " + strconv.Itoa(line)
	}
	return &FormatError{What: what, Err: err}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func trimSpace(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func (r raw) isObject() bool { return len(r) > 0 && r[0] == '{' }
func (r raw) isArray() bool  { return len(r) > 0 && r[0] == '[' }
func (r raw) isString() bool { return len(r) > 0 && r[0] == '"' }
func (r raw) isNull() bool   { return len(r) > 0 && r[0] == 'n' }
func (r raw) isNumber() bool { return len(r) > 0 && (r[0] == '-' || r[0] >= '0' && r[0] <= '9') }
func (r raw) isTrue() bool   { return len(r) > 0 && r[0] == 't' }

// kind names the JSON type for messages.
func (r raw) kind() string {
	if len(r) == 0 {
		return "nothing"
	}
	switch r[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}

// skipValue returns the index after the value that starts at i.
func skipValue(b []byte, i int) int {
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		return skipNested(b, i)
	}
	for i < len(b) && !isSpace(b[i]) && b[i] != ',' && b[i] != '}' && b[i] != ']' {
		i++
	}
	return i
}

func skipString(b []byte, i int) int {
	for i++; ; i++ {
		i += bytes.IndexByte(b[i:], '"')
		slashes := 0
		for b[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i + 1
		}
	}
}

func skipNested(b []byte, i int) int {
	depth := 0
	for {
		switch b[i] {
		case '"':
			i = skipString(b, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

// members cuts an object into its members; nil if r is not an object.
func (r raw) members() object {
	if !r.isObject() {
		return nil
	}
	var out object
	for i := skipSpace(r, 1); r[i] != '}'; {
		end := skipString(r, i)
		name := r[i:end].text()
		i = skipSpace(r, skipSpace(r, end)+1)
		end = skipValue(r, i)
		out = append(out, member{name, r[i:end:end]})
		if i = skipSpace(r, end); r[i] == ',' {
			i = skipSpace(r, i+1)
		}
	}
	return out
}

// elements cuts a list into its elements; nil if r is not a list.
func (r raw) elements() []raw {
	if !r.isArray() {
		return nil
	}
	var out []raw
	for i := skipSpace(r, 1); r[i] != ']'; {
		end := skipValue(r, i)
		out = append(out, r[i:end:end])
		if i = skipSpace(r, end); r[i] == ',' {
			i = skipSpace(r, i+1)
		}
	}
	return out
}

// get returns the member name, nil if there is none.
func (o object) get(name string) raw {
	for i := len(o) - 1; i >= 0; i-- {
		if o[i].name == name {
			return o[i].value
		}
	}
	return nil
}

// first returns the first of the named members that exists.
func (o object) first(names ...string) raw {
	for _, name := range names {
		if v := o.get(name); v != nil {
			return v
		}
	}
	return nil
}

// text returns a string's value, and the compact JSON of anything else.
func (r raw) text() string {
	if !r.isString() {
		return string(r.compact())
	}
	if bytes.IndexByte(r, '\\') < 0 {
		return string(r[1 : len(r)-1])
	}
	var s string
	if json.Unmarshal(r, &s) != nil {
		return string(r[1 : len(r)-1])
	}
	return s
}

// integer returns an integral number, also one written as a string or with a
// fraction of zero.
func (r raw) integer() (int, bool) {
	s := strings.TrimSpace(r.text())
	if r == nil || r.isObject() || r.isArray() {
		return 0, false
	}
	if n, err := strconv.Atoi(s); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != float64(int(f)) || f > 1<<53 || f < -1<<53 {
		return 0, false
	}
	return int(f), true
}

// compact returns r without insignificant space. Text that has none is
// returned as it is, and shares memory with r.
func (r raw) compact() []byte {
	if !r.isObject() && !r.isArray() {
		return r
	}
	out := make([]byte, 0, len(r))
	for i := 0; i < len(r); {
		switch c := r[i]; {
		case c == '"':
			end := skipString(r, i)
			out = append(out, r[i:end]...)
			i = end
		case isSpace(c):
			i++
		default:
			out = append(out, c)
			i++
		}
	}
	return out
}

// value decodes r; numbers stay json.Number.
func (r raw) value() any {
	if r == nil {
		return nil
	}
	v, _ := exact.Value(r)
	return v
}

// values decodes an object; nil if r is not one or has no members.
func (r raw) values() map[string]any {
	if !r.isObject() {
		return nil
	}
	m, _ := r.value().(map[string]any)
	if len(m) == 0 {
		return nil
	}
	return m
}
