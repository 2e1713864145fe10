package matching

import (
	"strings"
	"unicode/utf8"

	"github.com/treatyhq/treaty/contract"
)

// NormalPath returns the one spelling of a request's path in which paths are
// compared (rule 3 in doc.go): percent-encoding is undone, except for a slash,
// which would become a separator, for "%" itself, and for bytes that are not
// UTF-8; those are written as "%2F", "%25" and the like. A "%" that begins no
// escape is taken for itself. Whoever looks up interactions by path does so by
// this spelling.
func NormalPath(path string) string {
	if !strings.Contains(path, "%") && utf8.ValidString(path) {
		return path
	}
	var b strings.Builder
	for i := 0; i < len(path); {
		c, n := pathByte(path[i:])
		switch {
		case c == '%' || c == '/' && n == 3:
			writeEscape(&b, c)
		case c < utf8.RuneSelf:
			b.WriteByte(c)
		default:
			n = writeRune(&b, path[i:])
		}
		i += n
	}
	return b.String()
}

// pathByte decodes the byte that s begins with; n is how much of s spells it.
func pathByte(s string) (c byte, n int) {
	if s[0] == '%' && len(s) > 2 && isHexDigit(s[1]) && isHexDigit(s[2]) {
		return unhex(s[1])<<4 | unhex(s[2]), 3
	}
	return s[0], 1
}

// writeRune writes the character that s begins with, whose bytes may each be
// escaped or not, and returns how much of s spells it. A byte that belongs to
// no character is written as its escape.
func writeRune(b *strings.Builder, s string) int {
	var encoded []byte
	for at := 0; at < len(s) && len(encoded) < utf8.UTFMax; {
		c, n := pathByte(s[at:])
		at += n
		if encoded = append(encoded, c); utf8.FullRune(encoded) {
			if r, size := utf8.DecodeRune(encoded); r != utf8.RuneError || size == 3 {
				b.Write(encoded)
				return at
			}
			break
		}
	}
	writeEscape(b, encoded[0])
	_, n := pathByte(s)
	return n
}

func writeEscape(b *strings.Builder, c byte) {
	const digits = "0123456789ABCDEF"
	b.WriteByte('%')
	b.WriteByte(digits[c>>4])
	b.WriteByte(digits[c&15])
}

func isHexDigit(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

// matchPath compares paths (rule 3). A rule accepts a path if it accepts it as
// received or in its normal form: patterns are written for either.
func matchPath(expected, actual contract.Request, out *collector) {
	m := Mismatch{Kind: KindPath, Expected: expected.Path, Actual: actual.Path}
	rules, ok := single(expected.Rules[contract.CategoryPath])
	if !ok {
		if NormalPath(expected.Path) != NormalPath(actual.Path) {
			m.Why = textNotEqual(expected.Path, actual.Path)
			out.add(m)
		}
		return
	}
	received := newCollector()
	matchText(rules, m, received)
	wanted, path := NormalPath(expected.Path), NormalPath(actual.Path)
	if !received.result().OK() && (wanted != expected.Path || path != actual.Path) {
		normal := newCollector()
		matchText(rules, Mismatch{Kind: KindPath, Expected: wanted, Actual: path}, normal)
		if normal.result().OK() {
			return
		}
	}
	out.addAll(received)
}
