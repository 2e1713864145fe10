package contract

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// node is a JSON value in parts. It is built in one pass, so that the time
// does not grow with the nesting.
type node struct {
	// scalar is the text of a value other than object and list.
	scalar  raw
	open    byte
	members []nodeMember
}

// nodeMember is a member of an object or, without a name, an element of a list.
type nodeMember struct {
	name  raw
	value node
}

// key is the name in bytes, without a copy where it has no escapes.
func (m nodeMember) key() []byte {
	if bytes.IndexByte(m.name, '\\') < 0 {
		return m.name[1 : len(m.name)-1]
	}
	return []byte(m.name.text())
}

// parseNode reads the value that starts at i and returns where it ends.
func parseNode(b raw, i int) (node, int) {
	if b[i] != '{' && b[i] != '[' {
		end := skipValue(b, i)
		return node{scalar: b[i:end]}, end
	}
	n := node{open: b[i]}
	for i = skipSpace(b, i+1); b[i] != '}' && b[i] != ']'; {
		var m nodeMember
		if n.open == '{' {
			end := skipString(b, i)
			m.name = b[i:end]
			i = skipSpace(b, skipSpace(b, end)+1)
		}
		m.value, i = parseNode(b, i)
		n.members = append(n.members, m)
		if i = skipSpace(b, i); b[i] == ',' {
			i = skipSpace(b, i+1)
		}
	}
	return n, i + 1
}

// writeCanonical writes r the way the original's JSON library does: strings
// with the least escaping, numbers as that language prints them, and of
// members with the same name the last one. Keys are sorted if sorted is set.
func writeCanonical(b *bytes.Buffer, r raw, sorted bool) {
	n, _ := parseNode(r, 0)
	n.write(b, sorted)
}

func (n node) write(b *bytes.Buffer, sorted bool) {
	switch {
	case n.open == '[':
		b.WriteByte('[')
		for i, m := range n.members {
			if i > 0 {
				b.WriteByte(',')
			}
			m.value.write(b, sorted)
		}
		b.WriteByte(']')
	case n.open == '{':
		n.writeObject(b, sorted)
	case n.scalar.isString():
		writeRawString(b, n.scalar)
	case n.scalar.isNull() || n.scalar.isTrue() || n.scalar[0] == 'f':
		b.Write(n.scalar)
	default:
		b.WriteString(canonicalNumber(string(n.scalar)))
	}
}

func (n node) writeObject(b *bytes.Buffer, sorted bool) {
	b.WriteByte('{')
	for i, m := range uniqueMembers(n.members, sorted) {
		if i > 0 {
			b.WriteByte(',')
		}
		writeRawString(b, m.name)
		b.WriteByte(':')
		m.value.write(b, sorted)
	}
	b.WriteByte('}')
}

// uniqueMembers keeps the last value of a repeated name, at the place of the
// first, and sorts by name if asked to.
func uniqueMembers(members []nodeMember, sorted bool) []nodeMember {
	if slices.IsSortedFunc(members, func(x, y nodeMember) int {
		return cmp.Or(bytes.Compare(x.key(), y.key()), -1) // equal names are not in order
	}) {
		return members
	}
	names := make([]string, len(members))
	order := make([]int, len(members))
	for i, m := range members {
		names[i], order[i] = m.name.text(), i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(names[x], names[y]) })
	out := make([]nodeMember, 0, len(members))
	first := make([]int, 0, len(members))
	for at, i := range order {
		if at > 0 && names[order[at-1]] == names[i] {
			out[len(out)-1] = members[i]
			continue
		}
		out, first = append(out, members[i]), append(first, i)
	}
	if sorted {
		return out
	}
	back := make([]int, len(out))
	for i := range back {
		back[i] = i
	}
	slices.SortFunc(back, func(x, y int) int { return cmp.Compare(first[x], first[y]) })
	list := make([]nodeMember, len(out))
	for i, at := range back {
		list[i] = out[at]
	}
	return list
}

// writeRawString writes a string as it is where it has no escapes.
func writeRawString(b *bytes.Buffer, r raw) {
	if bytes.IndexByte(r, '\\') < 0 {
		b.Write(r)
		return
	}
	writeString(b, r.text())
}

const hexDigits = "0123456789abcdef"

func writeString(b *bytes.Buffer, s string) {
	b.WriteByte('"')
	plain := 0 // from here on nothing was written
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b.WriteString(s[plain:i])
		plain = i + 1
		b.WriteByte('\\')
		if short := strings.IndexByte("\"\\\b\f\n\r\t", c); short >= 0 {
			b.WriteByte(`"\bfnrt`[short])
		} else {
			b.WriteString(`u00`)
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		}
	}
	b.WriteString(s[plain:])
	b.WriteByte('"')
}

// canonicalNumber prints integers in full and fractions in the shortest form
// that is read back the same, with an exponent from 1e16 on.
func canonicalNumber(s string) string {
	if !strings.ContainsAny(s, ".eE") {
		if s == "-0" {
			return "0"
		}
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	abs := f
	if abs < 0 {
		abs = -abs
	}
	if abs < 1e16 {
		text := strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return text
	}
	return strconv.FormatFloat(f, 'e', -1, 64)
}
