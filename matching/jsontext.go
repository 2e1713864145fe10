package matching

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxShown bounds the text of one value in a mismatch. A body with thousands
// of differences must not make a report thousands of times its size.
const maxShown = 2000

// compact returns value i as JSON without spaces and with sorted member
// names, cut after maxShown bytes.
func (t *jsonTree) compact(i int32) string {
	var b strings.Builder
	t.write(&b, i, ",")
	return cut(b.String())
}

// listed is compact with a space after each comma of the outermost list, as
// mismatch texts about a list's size show it.
func (t *jsonTree) listed(i int32) string {
	n := &t.nodes[i]
	if n.kind != kindArray {
		return t.compact(i)
	}
	var b strings.Builder
	b.WriteByte('[')
	for c := n.child; c != 0 && b.Len() <= maxShown; c = t.nodes[c].next {
		if c != n.child {
			b.WriteString(", ")
		}
		t.write(&b, c, ",")
	}
	b.WriteByte(']')
	return cut(b.String())
}

func (t *jsonTree) write(b *strings.Builder, i int32, comma string) {
	if b.Len() > maxShown {
		return
	}
	n := &t.nodes[i]
	switch n.kind {
	case kindString:
		b.WriteByte('"')
		b.WriteString(t.src[n.start:n.end])
		b.WriteByte('"')
	case kindArray:
		b.WriteByte('[')
		for c := n.child; c != 0 && b.Len() <= maxShown; c = t.nodes[c].next {
			if c != n.child {
				b.WriteString(comma)
			}
			t.write(b, c, comma)
		}
		b.WriteByte(']')
	case kindObject:
		b.WriteByte('{')
		for k, c := range t.sortedMembers(i) {
			if b.Len() > maxShown {
				break
			}
			if k > 0 {
				b.WriteString(comma)
			}
			b.WriteByte('"')
			b.WriteString(t.src[t.nodes[c].key:t.nodes[c].keyTo])
			b.WriteString(`":`)
			t.write(b, c, comma)
		}
		b.WriteByte('}')
	default:
		b.WriteString(t.src[n.start:n.end])
	}
}

// sortedMembers returns the members of object i by name.
func (t *jsonTree) sortedMembers(i int32) []int32 {
	members := make([]int32, 0, t.nodes[i].count)
	for c := t.nodes[i].child; c != 0; c = t.nodes[c].next {
		members = append(members, c)
	}
	slices.SortFunc(members, func(a, b int32) int { return strings.Compare(t.key(a), t.key(b)) })
	return members
}

// keys returns the member names of object i, sorted, as a mismatch shows them.
func (t *jsonTree) keys(i int32) string {
	var names []string
	size := 0
	for _, c := range t.sortedMembers(i) {
		name := t.key(c)
		names = append(names, name)
		if size += len(name); size > maxShown {
			break
		}
	}
	return cut(strings.Join(names, ", "))
}

// shown returns value i as mismatch texts name it: strings in single quotes,
// other values as JSON.
func (t *jsonTree) shown(i int32) string {
	if t.nodes[i].kind == kindString {
		return "'" + cut(t.text(i)) + "'"
	}
	return t.compact(i)
}

// typed returns value i with its type, such as "'a' (String)".
func (t *jsonTree) typed(i int32) string {
	return fmt.Sprintf("%s (%s)", t.shown(i), t.nodes[i].kind)
}

// cut shortens text to maxShown bytes and makes it valid UTF-8.
func cut(s string) string {
	if len(s) > maxShown {
		end := maxShown
		for end > maxShown-utf8.UTFMax && !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end] + fmt.Sprintf("… (%d bytes)", len(s))
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
