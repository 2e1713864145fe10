// Package members finds JSON objects that have one member twice. Readers take
// one of the two, the last as a rule, and nobody is told that the other is gone:
// what a document asks for must not depend on who reads it.
package members

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Step leads from a value to one in it.
type Step struct {
	// Name is the member, nil for an element of a list.
	Name []byte
	// Index is the number of the element, from 0.
	Index int
}

// Path leads from a document to a value in it.
type Path []Step

// Is reports whether the path is that of the names; "" stands for any element of
// a list.
func (p Path) Is(names ...string) bool { return len(p) == len(names) && p.Begins(names...) }

// Begins reports whether the path leads to the value of [Path.Is] or into it.
func (p Path) Begins(names ...string) bool {
	if len(p) < len(names) {
		return false
	}
	for i, name := range names {
		if (p[i].Name == nil) != (name == "") || string(p[i].Name) != name {
			return false
		}
	}
	return true
}

// String writes the path as people do: "interactions[2].request".
func (p Path) String() string {
	var b strings.Builder
	for i, step := range p {
		switch {
		case step.Name == nil:
			b.WriteString("[" + strconv.Itoa(step.Index) + "]")
		case i == 0:
			b.Write(step.Name)
		default:
			b.WriteString("." + string(step.Name))
		}
	}
	return b.String()
}

// RepeatedError tells that an object has a member twice.
type RepeatedError struct {
	// Where is the object, empty for the document itself.
	Where Path
	// Name is the member.
	Name string
}

// Error names the member and its place.
func (e *RepeatedError) Error() string {
	text := e.What()
	if len(e.Where) > 0 {
		text = e.Where.String() + ": " + text
	}
	return text
}

// What is the error without the place.
func (e *RepeatedError) What() string {
	return "has the member " + strconv.Quote(e.Name) + " twice, and only one of them can count: leave one out"
}

// Unique returns a [*RepeatedError] for an object of a JSON text that has a
// member twice, however its name is escaped. isData, which may be nil, tells of
// an object or a list that its content is nobody's to judge; the path is good
// until it returns. A text that is not JSON is not judged.
func Unique(text []byte, isData func(Path) bool) error {
	s := &scanner{text: text, isData: isData}
	s.value()
	if s.found == nil {
		return nil
	}
	return s.found
}

// scanner goes once through a text.
type scanner struct {
	text   []byte
	at     int
	isData func(Path) bool
	path   Path
	// names are those of the objects that are open, the innermost last.
	names  [][]byte
	found  *RepeatedError
	broken bool
}

func (s *scanner) stopped() bool { return s.broken || s.found != nil }

// next returns the character after white space without passing it, 0 at the end.
func (s *scanner) next() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	s.broken = true
	return 0
}

func (s *scanner) value() {
	switch c := s.next(); c {
	case '{', '[':
		if s.isData != nil && s.isData(s.path) {
			s.pass()
			return
		}
		s.at++
		if c == '{' {
			s.object()
		} else {
			s.list()
		}
	case '"':
		s.string()
	default:
		s.scalar()
	}
}

func (s *scanner) object() {
	from := len(s.names)
	for s.next() == '"' {
		name := unescaped(s.string())
		if s.next() != ':' {
			s.broken = true
			return
		}
		s.at++
		s.names = append(s.names, name)
		s.step(Step{Name: name})
		if s.next() == ',' {
			s.at++
		}
		if s.stopped() {
			return
		}
	}
	s.end('}')
	s.judge(s.names[from:])
	s.names = s.names[:from]
}

func (s *scanner) list() {
	for i := 0; s.next() != ']' && !s.stopped(); i++ {
		s.step(Step{Index: i})
		if s.next() == ',' {
			s.at++
		}
	}
	s.end(']')
}

// deepest is how deeply encoding/json reads.
const deepest = 10_000

func (s *scanner) step(to Step) {
	if len(s.path) > deepest {
		s.broken = true
		return
	}
	s.path = append(s.path, to)
	s.value()
	s.path = s.path[:len(s.path)-1]
}

func (s *scanner) end(c byte) {
	if s.stopped() || s.next() != c {
		s.broken = true
		return
	}
	s.at++
}

// judge looks for a name twice. It may sort the names, which nobody needs after
// it.
func (s *scanner) judge(names [][]byte) {
	if s.stopped() || len(names) < 2 {
		return
	}
	const few = 8 // names are compared with each other rather than sorted
	if len(names) > few {
		slices.SortFunc(names, bytes.Compare)
	}
	for i, name := range names {
		others := names[i+1:]
		if len(names) > few {
			others = others[:min(1, len(others))]
		}
		if slices.ContainsFunc(others, func(other []byte) bool { return bytes.Equal(name, other) }) {
			s.found = &RepeatedError{Where: s.path.clone(), Name: string(name)}
			return
		}
	}
}

func (p Path) clone() Path {
	out := slices.Clone(p)
	for i := range out {
		out[i].Name = bytes.Clone(out[i].Name)
	}
	return out
}

// string passes a text and returns it with its quotes.
func (s *scanner) string() []byte {
	start := s.at
	end := EndOfText(s.text, start)
	if end == len(s.text) {
		s.at, s.broken = end, true
		return nil
	}
	s.at = end + 1
	return s.text[start:s.at]
}

// EndOfText returns the place of the quote that ends the text whose first quote
// stands at i, or the length of all if it has no end.
func EndOfText(text []byte, i int) int {
	for {
		quote := bytes.IndexByte(text[i+1:], '"')
		if quote < 0 {
			return len(text)
		}
		slashes := 0 // an odd number of them makes the quote part of the text
		for slashes < quote && text[i+quote-slashes] == '\\' {
			slashes++
		}
		i += 1 + quote
		if slashes%2 == 0 {
			return i
		}
	}
}

// pass passes an object or a list without looking into it.
func (s *scanner) pass() {
	for depth := 0; s.at < len(s.text); {
		switch s.text[s.at] {
		case '"':
			s.string()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		s.at++
		if depth == 0 {
			return
		}
	}
	s.broken = true
}

// scalar passes a number or a word.
func (s *scanner) scalar() {
	start := s.at
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n,:]}[{\"", s.text[s.at]) < 0 {
		s.at++
	}
	s.broken = s.broken || s.at == start
}

// unescaped is the name that a text with quotes stands for.
func unescaped(quoted []byte) []byte {
	if len(quoted) < 2 {
		return []byte{}
	}
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1 : len(quoted)-1]
	}
	var name string
	if json.Unmarshal(quoted, &name) != nil {
		return quoted
	}
	return []byte(name)
}

// Each calls do with the members of the object that a JSON text is, in their order,
// and reports whether it is one. The values are the parts of the text that they
// stand in. Of the text it sees no more than it needs to tell them apart: it should
// have been checked before.
func Each(text []byte, do func(name string, value []byte)) bool {
	s := &scanner{text: text, isData: func(Path) bool { return true }}
	if s.next() != '{' {
		return false
	}
	s.at++
	for s.next() == '"' {
		name := s.string()
		if s.next() != ':' {
			return false
		}
		s.at++
		s.next()
		from := s.at
		if s.value(); s.broken {
			return false
		}
		do(string(unescaped(name)), text[from:s.at:s.at])
		if s.next() == ',' {
			s.at++
		}
	}
	return s.next() == '}'
}

// Get returns the value that the names lead to, nil if there is none. Unlike
// members of a struct in encoding/json, names are compared letter by letter.
func Get(text []byte, names ...string) []byte {
	for _, name := range names {
		var object map[string]json.RawMessage
		if json.Unmarshal(text, &object) != nil {
			return nil
		}
		text = object[name]
	}
	return text
}

// Text is [Get] for a text; ok reports whether it is one.
func Text(text []byte, names ...string) (value string, ok bool) {
	var pointer *string
	if json.Unmarshal(Get(text, names...), &pointer) != nil || pointer == nil {
		return "", false
	}
	return *pointer, true
}
