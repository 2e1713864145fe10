package matching

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unsafe"
)

// maxDepth bounds nesting of JSON and XML, so that a hostile body cannot
// exhaust the stack. Real contracts stay under a few dozen levels.
const maxDepth = 1000

// jsonKind is the type of a JSON value. Integer and decimal are told apart by
// their spelling, as the specification's number rules need.
type jsonKind uint8

const (
	kindNull jsonKind = iota
	kindBoolean
	kindInteger
	kindDecimal
	kindString
	kindArray
	kindObject
)

// String returns the name that mismatch texts use.
func (k jsonKind) String() string {
	return [...]string{"Null", "Boolean", "Integer", "Decimal", "String", "Array", "Object"}[k]
}

// jsonNode is one value of a tree. Strings and numbers are offsets into the
// source, so a tree costs one slice and no text.
type jsonNode struct {
	kind       jsonKind
	escaped    bool // the string has escapes to decode
	keyEscaped bool
	start, end int32 // the value in the source; for a string without its quotes
	key, keyTo int32 // the member's name, without its quotes; only in objects
	child      int32 // the first child of an array or object, 0 for none (0 is the root)
	next       int32 // the next sibling, 0 for none
	count      int32 // children of an array or object
}

// jsonTree is a parsed JSON text. Node 0 is the root.
type jsonTree struct {
	src   string
	nodes []jsonNode
	index map[int32]map[string]int32 // by member name; filled by indexOf
}

// parseJSON reads one JSON text. Of members with the same name the last one
// counts. Memory is one 32-byte node per value.
func parseJSON(data []byte) (*jsonTree, error) {
	if len(data) > math.MaxInt32 {
		return nil, errors.New("the JSON text is larger than 2 GiB")
	}
	// The tree never outlives nor changes the body it was made from.
	src := unsafe.String(unsafe.SliceData(data), len(data))
	// Every value but the first of its list or object has a comma before it.
	// Commas in strings count too, so this may be more than is needed.
	most := 1 + strings.Count(src, ",") + strings.Count(src, "[") + strings.Count(src, "{")
	p := jsonParser{src: src, nodes: make([]jsonNode, 0, most)}
	p.space()
	if err := p.value(0, false, 0, 0); err != nil {
		return nil, err
	}
	p.space()
	if p.pos < len(src) {
		return nil, p.fail("text after the end of the value")
	}
	return &jsonTree{src: src, nodes: p.nodes}, nil
}

type jsonParser struct {
	src   string
	pos   int
	nodes []jsonNode
}

func (p *jsonParser) fail(what string) error {
	line := 1 + strings.Count(p.src[:p.pos], "\n")
	column := p.pos - strings.LastIndexByte(p.src[:p.pos], '\n')
	return fmt.Errorf("%s at line %d column %d", what, line, column)
}

func (p *jsonParser) space() {
	for p.pos < len(p.src) {
		switch p.src[p.pos] {
		case ' ', '\n', '\t', '\r':
			p.pos++
		default:
			return
		}
	}
}

// value reads a value at p.pos and appends it with its children.
func (p *jsonParser) value(depth int, keyEscaped bool, key, keyTo int) error {
	if depth > maxDepth {
		return p.fail(fmt.Sprintf("nested deeper than %d levels", maxDepth))
	}
	if p.pos >= len(p.src) {
		return p.fail("the text ends where a value is expected")
	}
	at := len(p.nodes)
	p.nodes = append(p.nodes, jsonNode{
		start: int32(p.pos), key: int32(key), keyTo: int32(keyTo), keyEscaped: keyEscaped,
	})
	switch c := p.src[p.pos]; {
	case c == '{':
		return p.object(at, depth)
	case c == '[':
		return p.array(at, depth)
	case c == '"':
		from, to, escaped, err := p.quoted()
		n := &p.nodes[at]
		n.kind, n.start, n.end, n.escaped = kindString, int32(from), int32(to), escaped
		return err
	case c == '-' || c >= '0' && c <= '9':
		return p.number(at)
	case c == 't':
		return p.word(at, "true", kindBoolean)
	case c == 'f':
		return p.word(at, "false", kindBoolean)
	case c == 'n':
		return p.word(at, "null", kindNull)
	}
	return p.fail(fmt.Sprintf("unexpected %q where a value is expected", p.src[p.pos]))
}

func (p *jsonParser) word(at int, word string, kind jsonKind) error {
	if !strings.HasPrefix(p.src[p.pos:], word) {
		return p.fail("unknown word where a value is expected")
	}
	p.pos += len(word)
	p.nodes[at].kind, p.nodes[at].end = kind, int32(p.pos)
	return nil
}

func (p *jsonParser) object(at, depth int) error {
	p.pos++ // {
	var (
		count, last int
		seen        uint64 // one bit per name signature: a hint that names may repeat
		repeats     bool
	)
	for p.space(); ; p.space() {
		if p.pos < len(p.src) && p.src[p.pos] == '}' && count == 0 {
			break
		}
		if p.pos >= len(p.src) || p.src[p.pos] != '"' {
			return p.fail("a member name in quotes is expected")
		}
		from, to, escaped, err := p.quoted()
		if err != nil {
			return err
		}
		bit := uint64(1) << (signature(p.src[from:to]) & 63)
		repeats = repeats || escaped || seen&bit != 0
		seen |= bit
		p.space()
		if p.pos >= len(p.src) || p.src[p.pos] != ':' {
			return p.fail("':' is expected after a member name")
		}
		p.pos++
		p.space()
		child := len(p.nodes)
		if err := p.value(depth+1, escaped, from, to); err != nil {
			return err
		}
		if count > 0 {
			p.nodes[last].next = int32(child)
		} else {
			p.nodes[at].child = int32(child)
		}
		last = child
		count++
		p.space()
		if p.pos < len(p.src) && p.src[p.pos] == ',' {
			p.pos++
			continue
		}
		if p.pos < len(p.src) && p.src[p.pos] == '}' {
			break
		}
		return p.fail("',' or '}' is expected after a member")
	}
	p.pos++ // }
	n := &p.nodes[at]
	n.kind, n.end, n.count = kindObject, int32(p.pos), int32(count)
	if repeats && count > 1 {
		p.dropRepeated(at)
	}
	return nil
}

// signature spreads names over small numbers without reading all of them.
func signature(name string) uint32 {
	if name == "" {
		return 0
	}
	n := len(name)
	return uint32(n)*31 + uint32(name[0])*7 + uint32(name[n/2])*13 + uint32(name[n-1])
}

// dropRepeated unlinks members of object at whose name comes again later.
func (p *jsonParser) dropRepeated(at int) {
	t := jsonTree{src: p.src, nodes: p.nodes}
	var members []int32
	latest := make(map[string]int32, p.nodes[at].count)
	for c := p.nodes[at].child; c != 0; c = p.nodes[c].next {
		members = append(members, c)
		latest[t.key(c)] = c
	}
	if len(latest) == len(members) {
		return
	}
	var kept []int32
	for _, c := range members {
		if latest[t.key(c)] == c {
			kept = append(kept, c)
		}
	}
	for i, c := range kept[:len(kept)-1] {
		p.nodes[c].next = kept[i+1]
	}
	p.nodes[kept[len(kept)-1]].next = 0
	p.nodes[at].child = kept[0]
	p.nodes[at].count = int32(len(kept))
}

func (p *jsonParser) array(at, depth int) error {
	p.pos++ // [
	count, last := 0, 0
	for p.space(); ; p.space() {
		if p.pos < len(p.src) && p.src[p.pos] == ']' && count == 0 {
			break
		}
		child := len(p.nodes)
		if err := p.value(depth+1, false, 0, 0); err != nil {
			return err
		}
		if count > 0 {
			p.nodes[last].next = int32(child)
		} else {
			p.nodes[at].child = int32(child)
		}
		last = child
		count++
		p.space()
		if p.pos < len(p.src) && p.src[p.pos] == ',' {
			p.pos++
			continue
		}
		if p.pos < len(p.src) && p.src[p.pos] == ']' {
			break
		}
		return p.fail("',' or ']' is expected after an element")
	}
	p.pos++ // ]
	n := &p.nodes[at]
	n.kind, n.end, n.count = kindArray, int32(p.pos), int32(count)
	return nil
}

// quoted reads a string at p.pos and returns where its content is.
func (p *jsonParser) quoted() (from, to int, escaped bool, err error) {
	p.pos++ // "
	from = p.pos
	for i := from; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == '"':
			p.pos = i + 1
			return from, i, escaped, nil
		case c == '\\':
			escaped = true
			p.pos = i
			n := escapeLen(p.src[i:])
			if n == 0 {
				return 0, 0, false, p.fail("a broken escape in a string")
			}
			i += n - 1
		case c < 0x20:
			p.pos = i
			return 0, 0, false, p.fail("a control character in a string")
		}
	}
	p.pos = len(p.src)
	return 0, 0, false, p.fail("a string does not end")
}

// escapeLen returns the length of the escape s begins with, 0 if it is broken.
func escapeLen(s string) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(s, 2); ok {
			return 6
		}
	}
	return 0
}

// number reads a number by the grammar of RFC 8259, section 6.
func (p *jsonParser) number(at int) error {
	s, i := p.src, p.pos
	if s[i] == '-' {
		i++
	}
	digits := i
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if i == digits || s[digits] == '0' && i > digits+1 {
		return p.fail("a number that is not spelled as JSON asks")
	}
	kind := kindInteger
	if i < len(s) && s[i] == '.' {
		kind = kindDecimal
		i++
		digits := i
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		if i == digits {
			p.pos = i
			return p.fail("digits are expected after the decimal point")
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		kind = kindDecimal
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		digits := i
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		if i == digits {
			p.pos = i
			return p.fail("digits are expected in the exponent")
		}
	}
	if kind == kindInteger && i-p.pos > 18 && !fits64(s[p.pos:i]) {
		kind = kindDecimal
	}
	p.pos = i
	p.nodes[at].kind, p.nodes[at].end = kind, int32(i)
	return nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
