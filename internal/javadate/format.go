// Package javadate reads and writes dates and times in formats of Java's
// java.time.format.DateTimeFormatter, which matching rules and generators of
// pacts use: letters stand for fields, their number for the width, text in single
// quotes and other characters for themselves.
//
//	format.go  a format, taken apart
//	read.go    whether a text is written in a format
//	write.go   an instant written in a format
package javadate

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The formats of rules and generators of dates and times without one.
const (
	ISODate = "yyyy-MM-dd"
	ISOTime = "HH:mm:ss"
)

// Format is a format, taken apart once: a sequence of fields and literal texts.
// It is safe for concurrent use.
type Format struct {
	source string
	items  []item
}

// item is a field (letter and how often it stands there) or a literal.
type item struct {
	letter  byte
	count   int
	literal string
}

// letter says how a letter of a format may be written and read.
type letter struct {
	max     int  // the longest run of the letter
	numeric bool // with short counts it is digits, so a neighbour needs a fixed width
	read    func(r *reader, count int) bool
}

// maxFormat bounds a format; real ones have thirty characters.
const maxFormat = 500

// Parse takes a format apart. Errors say what is wrong with it: it is longer than
// 500 characters, a letter has no meaning or stands too often in a row, or a quote
// does not end.
func Parse(source string) (*Format, error) {
	if len(source) > maxFormat {
		return nil, fmt.Errorf("the format is longer than %d characters", maxFormat)
	}
	f := &Format{source: source}
	for i := 0; i < len(source); {
		var n int
		var err error
		switch c := source[i]; {
		case c == '\'':
			n, err = f.quoted(i)
		case isLetter(c):
			n = runLength(source[i:])
			err = f.field(c, n)
		default:
			_, n = utf8.DecodeRuneInString(source[i:])
			f.literal(source[i : i+n])
		}
		if err != nil {
			return nil, err
		}
		i += n
	}
	return f, nil
}

// runLength counts how often the first byte of s is repeated.
func runLength(s string) int {
	return len(s) - len(strings.TrimLeft(s, s[:1]))
}

// quoted reads a literal in single quotes that begins at i, and returns its length
// in the format; two quotes are one.
func (f *Format) quoted(i int) (int, error) {
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
		return j + 1 - i, nil
	}
	return 0, fmt.Errorf("the quote at position %d does not end", i+1)
}

func (f *Format) literal(text string) {
	if n := len(f.items); n > 0 && f.items[n-1].letter == 0 {
		f.items[n-1].literal += text
		return
	}
	f.items = append(f.items, item{literal: text})
}

func (f *Format) field(name byte, count int) error {
	l, known := letters[name]
	switch {
	case !known:
		return fmt.Errorf("the letter %q has no meaning in a date format; put literal text in single quotes", name)
	case count > l.max:
		return fmt.Errorf("%q stands %d times in a row, at most %d have a meaning", name, count, l.max)
	case name == 'V' && count != 2:
		return fmt.Errorf("%q must stand twice in a row", name)
	case name == 'O' && count != 1 && count != 4:
		return fmt.Errorf("%q must stand once or four times in a row", name)
	}
	f.items = append(f.items, item{letter: name, count: count})
	return nil
}

func (i item) startsWithDigits() bool {
	if i.letter == 0 {
		return i.literal != "" && isDigit(i.literal[0])
	}
	return letters[i.letter].numeric && (i.count < 3 || !strings.ContainsRune("MLQqec", rune(i.letter)))
}
