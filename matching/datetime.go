package matching

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The formats that date, time and timestamp rules without one ask for.
const (
	isoDate     = "yyyy-MM-dd"
	isoTime     = "HH:mm:ss"
	isoDateTime = "yyyy-MM-dd'T'HH:mm:ssXXX"
)

// dateFormat is a Java-style date format, read once: a sequence of fields and
// literal texts. The letters are listed at dateLetters.
type dateFormat struct {
	source string
	items  []dateItem
	err    error // the format itself is wrong
}

// dateItem is a field (letter and how often it stands there) or a literal.
type dateItem struct {
	letter  byte
	count   int
	literal string
}

// dateLetter says how a format letter may be written and read.
type dateLetter struct {
	max     int  // the longest run of the letter
	numeric bool // with short counts it is digits, so a neighbour needs a fixed width
	read    func(r *dateReader, count int) bool
}

// maxFormat bounds a format; real ones have thirty characters.
const maxFormat = 500

// readDateFormat compiles a format. It never fails: a wrong format rejects
// every text with the reason.
func readDateFormat(source string) *dateFormat {
	f := &dateFormat{source: source}
	if len(source) > maxFormat {
		f.err = fmt.Errorf("the format is longer than %d characters", maxFormat)
		return f
	}
	for i := 0; i < len(source) && f.err == nil; {
		switch c := source[i]; {
		case c == '\'':
			i = f.quoted(i)
		case isLetter(c):
			n := runLength(source[i:])
			f.field(c, n)
			i += n
		default:
			_, n := utf8.DecodeRuneInString(source[i:])
			f.literal(source[i : i+n])
			i += n
		}
	}
	return f
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// runLength counts how often the first byte of s is repeated.
func runLength(s string) int {
	return len(s) - len(strings.TrimLeft(s, s[:1]))
}

// quoted reads a literal in single quotes that begins at i; two quotes are one.
func (f *dateFormat) quoted(i int) int {
	var text strings.Builder
	for j := i + 1; j < len(f.source); j++ {
		if f.source[j] != '\'' {
			text.WriteByte(f.source[j])
			continue
		}
		if j+1 < len(f.source) && f.source[j+1] == '\'' && j > i+1 {
			text.WriteByte('\'')
			j++
			continue
		}
		if j == i+1 { // '' outside of quotes
			text.WriteByte('\'')
		}
		f.literal(text.String())
		return j + 1
	}
	f.err = fmt.Errorf("the quote at position %d does not end", i+1)
	return len(f.source)
}

func (f *dateFormat) literal(text string) {
	if n := len(f.items); n > 0 && f.items[n-1].letter == 0 {
		f.items[n-1].literal += text
		return
	}
	f.items = append(f.items, dateItem{literal: text})
}

func (f *dateFormat) field(letter byte, count int) {
	l, ok := dateLetters[letter]
	switch {
	case !ok:
		f.err = fmt.Errorf("the letter %q has no meaning in a date format; put literal text in single quotes", letter)
	case count > l.max:
		f.err = fmt.Errorf("%q stands %d times in a row, at most %d have a meaning", letter, count, l.max)
	case letter == 'V' && count != 2:
		f.err = fmt.Errorf("%q must stand twice in a row", letter)
	case letter == 'O' && count != 1 && count != 4:
		f.err = fmt.Errorf("%q must stand once or four times in a row", letter)
	}
	f.items = append(f.items, dateItem{letter: letter, count: count})
}

// match tells whether text as a whole is written in the format and is a date
// that exists; if not, the reason.
func (f *dateFormat) match(text string) (reason string, ok bool) {
	if f.err != nil {
		return f.err.Error(), false
	}
	r := dateReader{text: text, day: -1, month: -1, year: -1, weekday: -1, dayOfYear: -1}
	for i, item := range f.items {
		if item.letter == 0 {
			if !strings.HasPrefix(r.text[r.pos:], item.literal) {
				return fmt.Sprintf("expected '%s' at position %d", item.literal, r.pos+1), false
			}
			r.pos += len(item.literal)
			continue
		}
		r.fixed = i+1 < len(f.items) && f.items[i+1].startsWithDigits()
		if !dateLetters[item.letter].read(&r, item.count) {
			return fmt.Sprintf("no value for '%s' at position %d",
				strings.Repeat(string(item.letter), item.count), r.pos+1), false
		}
	}
	if r.pos < len(text) {
		return fmt.Sprintf("text remains after position %d", r.pos), false
	}
	return r.exists()
}

func (i dateItem) startsWithDigits() bool {
	if i.letter == 0 {
		return i.literal != "" && isDigit(i.literal[0])
	}
	return dateLetters[i.letter].numeric && (i.count < 3 || !strings.ContainsRune("MLQqec", rune(i.letter)))
}
