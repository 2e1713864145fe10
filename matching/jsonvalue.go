package matching

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text returns the value of a scalar: the decoded content of a string, the
// spelling of anything else.
func (t *jsonTree) text(i int32) string {
	n := &t.nodes[i]
	if n.escaped {
		return unescape(t.src[n.start:n.end])
	}
	return t.src[n.start:n.end]
}

// key returns the member name of a child of an object.
func (t *jsonTree) key(i int32) string {
	n := &t.nodes[i]
	if n.keyEscaped {
		return unescape(t.src[n.key:n.keyTo])
	}
	return t.src[n.key:n.keyTo]
}

// member finds the member of object i by name, 0 if there is none. hint is a
// member of the object or 0: two documents of one shape keep their order, so
// the hint is nearly always right.
func (t *jsonTree) member(i int32, name string, hint int32) int32 {
	if hint != 0 && t.key(hint) == name {
		return hint
	}
	if t.nodes[i].count > indexFrom {
		return t.indexOf(i)[name]
	}
	for c := t.nodes[i].child; c != 0; c = t.nodes[c].next {
		if t.key(c) == name {
			return c
		}
	}
	return 0
}

// indexFrom is the number of members from which an index pays.
const indexFrom = 16

// indexOf returns the members of object i by name and remembers the answer,
// so that objects in different order never cost the square of their size.
func (t *jsonTree) indexOf(i int32) map[string]int32 {
	if m, ok := t.index[i]; ok {
		return m
	}
	m := make(map[string]int32, t.nodes[i].count)
	for c := t.nodes[i].child; c != 0; c = t.nodes[c].next {
		m[t.key(c)] = c
	}
	if t.index == nil {
		t.index = map[int32]map[string]int32{}
	}
	t.index[i] = m
	return m
}

// unescape decodes the escapes of a JSON string; half a surrogate pair becomes U+FFFD.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 >= len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		switch c := s[i+1]; c {
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			r, width := unicodeEscape(s[i:])
			b.WriteRune(r)
			i += width
			continue
		default:
			b.WriteByte(c)
		}
		i += 2
	}
	return b.String()
}

// unicodeEscape decodes \uXXXX, or a surrogate pair of two, at the start of s.
func unicodeEscape(s string) (rune, int) {
	r, ok := hex4(s, 2)
	if !ok {
		return utf8.RuneError, 2
	}
	if utf16.IsSurrogate(r) {
		if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
			if low, ok := hex4(s, 8); ok {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					return pair, 12
				}
			}
		}
		return utf8.RuneError, 6
	}
	return r, 6
}

func hex4(s string, at int) (rune, bool) {
	if len(s) < at+4 {
		return 0, false
	}
	var r rune
	for _, c := range []byte(s[at : at+4]) {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// fits64 reports whether an integer's digits fit 64 bits, signed or unsigned;
// larger ones count as decimal, as in the reference implementation.
func fits64(s string) bool {
	if _, err := strconv.ParseInt(s, 10, 64); err == nil {
		return true
	}
	_, err := strconv.ParseUint(s, 10, 64)
	return err == nil
}

// sameJSON reports whether two values are equal: of the same type, numbers by
// value within Integer or Decimal, objects whatever the order of members.
func sameJSON(a *jsonTree, i int32, b *jsonTree, j int32) bool {
	x, y := &a.nodes[i], &b.nodes[j]
	if x.kind != y.kind || x.count != y.count {
		return false
	}
	switch x.kind {
	case kindNull:
		return true
	case kindArray:
		for c, d := x.child, y.child; c != 0; c, d = a.nodes[c].next, b.nodes[d].next {
			if !sameJSON(a, c, b, d) {
				return false
			}
		}
		return true
	case kindObject:
		for c, hint := x.child, y.child; c != 0; c = a.nodes[c].next {
			d := b.member(j, a.key(c), hint)
			if d == 0 || !sameJSON(a, c, b, d) {
				return false
			}
			hint = b.nodes[d].next
		}
		return true
	case kindInteger, kindDecimal:
		p, q := a.text(i), b.text(j)
		return p == q || sameNumber(p, q)
	default:
		return a.text(i) == b.text(j)
	}
}

// sameNumber compares two JSON numbers by value, exactly and without
// expanding exponents: 1e2 equals 100.0, and 1e999999999 costs nothing.
func sameNumber(a, b string) bool {
	x, okX := canonicalNumber(a)
	y, okY := canonicalNumber(b)
	return okX && okY && x == y
}

// canonical is sign, significant digits and the power of ten of the last digit.
type canonical struct {
	negative bool
	digits   string
	power    int64
}

func canonicalNumber(s string) (canonical, bool) {
	var c canonical
	if strings.HasPrefix(s, "-") {
		c.negative, s = true, s[1:]
	}
	if e := strings.IndexAny(s, "eE"); e >= 0 {
		power, err := strconv.ParseInt(s[e+1:], 10, 60)
		if err != nil {
			return c, false
		}
		c.power, s = power, s[:e]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	c.power -= int64(len(fraction))
	c.digits = whole + fraction
	trimmed := strings.TrimRight(c.digits, "0")
	c.power += int64(len(c.digits) - len(trimmed))
	c.digits = strings.TrimLeft(trimmed, "0")
	if c.digits == "" {
		return canonical{}, true // zero has no sign and no power
	}
	return c, true
}
