package contract

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// writeJSON writes doc indented by two spaces, keys sorted.
func writeJSON(doc tree) ([]byte, error) {
	w := writer{}
	w.value(doc, 0)
	w.out.WriteByte('\n')
	return w.result()
}

// writer writes values as an encoder of encoding/json does that indents by two
// spaces and leaves "<", ">" and "&" as they are. What a document is made of it
// writes at once; for everything else it asks encoding/json.
type writer struct {
	out bytes.Buffer
	err error
}

func (w *writer) result() ([]byte, error) {
	if w.err != nil {
		return nil, &FormatError{What: "the pact holds a value that JSON cannot express", Err: w.err}
	}
	return w.out.Bytes(), nil
}

// tooDeep is where encoding/json takes over, which knows a value that contains
// itself.
const tooDeep = 100

// value writes v as it stands at that depth, without the indentation of its
// first line.
func (w *writer) value(v any, depth int) {
	if depth > tooDeep {
		w.other(v, depth)
		return
	}
	switch v := v.(type) {
	case tree:
		pairs(w, v, depth, w.value)
	case []tree:
		elements(w, v, depth, func(t tree, depth int) { w.value(t, depth) })
	case []any:
		elements(w, v, depth, w.value)
	case map[string][]string:
		pairs(w, v, depth, w.texts)
	case Values:
		pairs(w, v, depth, w.texts)
	case []string:
		w.texts(v, depth)
	case json.RawMessage:
		w.raw(v, depth)
	case string:
		w.text(v)
	case bool:
		w.out.WriteString(strconv.FormatBool(v))
	case int:
		w.out.WriteString(strconv.Itoa(v))
	case nil:
		w.out.WriteString("null")
	default:
		w.other(v, depth)
	}
}

func (w *writer) texts(list []string, depth int) {
	elements(w, list, depth, func(s string, _ int) { w.text(s) })
}

func pairs[V any, M ~map[string]V](w *writer, m M, depth int, value func(V, int)) {
	if m == nil {
		w.out.WriteString("null")
		return
	}
	w.out.WriteByte('{')
	names := slices.AppendSeq(make([]string, 0, len(m)), maps.Keys(m))
	slices.Sort(names)
	for i, name := range names {
		w.next(i, depth+1)
		w.text(name)
		w.out.WriteString(": ")
		value(m[name], depth+1)
	}
	w.end(len(m), depth, '}')
}

func elements[V any](w *writer, list []V, depth int, value func(V, int)) {
	if list == nil {
		w.out.WriteString("null")
		return
	}
	w.out.WriteByte('[')
	for i, v := range list {
		w.next(i, depth+1)
		value(v, depth+1)
	}
	w.end(len(list), depth, ']')
}

// next begins the line of the i-th member or element.
func (w *writer) next(i, depth int) {
	if i > 0 {
		w.out.WriteByte(',')
	}
	w.line(depth)
}

// end closes an object or a list of n; an empty one has no line of its own.
func (w *writer) end(n, depth int, bracket byte) {
	if n > 0 {
		w.line(depth)
	}
	w.out.WriteByte(bracket)
}

const spaces = "                                "

func (w *writer) line(depth int) {
	w.out.WriteByte('\n')
	for depth *= 2; depth > len(spaces); depth -= len(spaces) {
		w.out.WriteString(spaces)
	}
	w.out.WriteString(spaces[:depth])
}

func (w *writer) text(s string) {
	if !isPlain(s) {
		w.other(s, 0)
		return
	}
	w.out.WriteByte('"')
	w.out.WriteString(s)
	w.out.WriteByte('"')
}

// isPlain reports whether a JSON string holds s as it is.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func (w *writer) raw(text json.RawMessage, depth int) {
	if text == nil {
		text = json.RawMessage("null")
	}
	w.keep(json.Indent(&w.out, trimSpace(text), strings.Repeat("  ", depth), "  "))
}

// other writes what encoding/json writes for v.
func (w *writer) other(v any, depth int) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		w.keep(err)
		return
	}
	w.raw(text.Bytes(), depth)
}

func (w *writer) keep(err error) {
	if w.err == nil {
		w.err = err
	}
}
