package pattern

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// set is characters as pairs of bounds, sorted, apart from each other and
// without surrogates.
type set []rune

// normal sorts pairs and joins those that touch.
func normal(pairs []rune) set {
	type span struct{ from, to rune }
	var spans []span
	for i := 0; i+1 < len(pairs); i += 2 {
		for _, s := range []span{{pairs[i], min(pairs[i+1], 0xD7FF)}, {max(pairs[i], 0xE000), pairs[i+1]}} {
			if s.from <= s.to {
				spans = append(spans, s)
			}
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.from - b.from) })
	var out set
	for _, s := range spans {
		if n := len(out); n > 0 && s.from <= out[n-1]+1 {
			out[n-1] = max(out[n-1], s.to)
			continue
		}
		out = append(out, s.from, s.to)
	}
	return out
}

func (s set) union(o set) set { return normal(slices.Concat(s, o)) }

// negate returns all other characters.
func (s set) negate() set {
	var out []rune
	next := rune(0)
	for i := 0; i < len(s); i += 2 {
		if s[i] > next {
			out = append(out, next, s[i]-1)
		}
		next = s[i+1] + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return normal(out)
}

func (s set) intersect(o set) set { return s.negate().union(o.negate()).negate() }

// folded adds the other cases of each character.
func (s set) folded() set {
	out := slices.Clone(s)
	for i := 0; i < len(s); i += 2 {
		for r := s[i]; r <= min(s[i+1], 0x1E943); r++ { // no character beyond has a case
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				out = append(out, f, f)
			}
		}
	}
	return normal(out)
}

// of is the set of a table.
func of(tables ...*unicode.RangeTable) set {
	var out []rune
	for _, t := range tables {
		for _, r := range t.R16 {
			out = appendRange(out, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			out = appendRange(out, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return normal(out)
}

func appendRange(out []rune, from, to, stride rune) []rune {
	if stride == 1 {
		return append(out, from, to)
	}
	for r := from; r <= to; r += stride {
		out = append(out, r, r)
	}
	return out
}

// String is the set as a class that both engines read alike.
func (s set) String() string {
	switch {
	case len(s) == 0:
		return `[^\x{0}-\x{10FFFF}]`
	case slices.Equal(s, set(nil).negate()):
		return `(?s:.)`
	}
	var b strings.Builder
	b.WriteByte('[')
	for i := 0; i < len(s); i += 2 {
		b.WriteString(char(s[i]))
		if s[i] != s[i+1] {
			b.WriteString("-" + char(s[i+1]))
		}
	}
	b.WriteByte(']')
	return b.String()
}

// char is one character, in a class or outside.
func char(r rune) string {
	if r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9') {
		return string(r)
	}
	return `\x{` + strings.ToUpper(strconv.FormatInt(int64(r), 16)) + `}`
}

var (
	digits = set{'0', '9'}
	words  = set{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}
	spaces = set{'\t', '\r', ' ', ' '}
	hexes  = set{'0', '9', 'A', 'F', 'a', 'f'}
	blanks = set{'\t', '\t', ' ', ' '}
	// breaks are the characters that Java takes for the end of a line.
	breaks = set{'\n', '\r', 0x85, 0x85, 0x2028, 0x2029}
	// flat are the horizontal white spaces of Java's \h.
	flat = set{'\t', '\t', ' ', ' ', 0xA0, 0xA0, 0x1680, 0x1680, 0x180E, 0x180E, 0x2000, 0x200A, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000}
)
