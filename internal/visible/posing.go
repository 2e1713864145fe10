package visible

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// greekAsLatin are the Greek letters that are drawn like Latin ones. The others are
// seen as what they are, as in μs.
const greekAsLatin = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρ"

// around is how far the word of a letter is looked through in each direction, in bytes.
const around = 64

// poses reports whether the character at a place passes for another, so that two names
// look the same: a hyphen that is not that of keyboards, a mark that with the letter
// before it is another way to write one character, or a letter of another alphabet
// within a Latin word. A word that is all of one alphabet is what it seems.
func poses(text string, at int, r rune, size int) bool {
	switch {
	case r < utf8.RuneSelf:
		return false
	case r == '\u2010' || r == '\u2011':
		return true
	case unicode.Is(unicode.M, r):
		_, before := utf8.DecodeLastRuneInString(text[:at])
		return before > 0 && !norm.NFC.IsNormalString(text[at-before:at+size])
	case unicode.Is(unicode.Cyrillic, r) || strings.ContainsRune(greekAsLatin, r):
		return latinBeside(text, at, size)
	}
	return false
}

// latinBeside reports whether the word of the letter at a place has a Latin letter too.
func latinBeside(text string, at, size int) bool {
	for before := text[max(0, at-around):at]; before != ""; {
		r, n := utf8.DecodeLastRuneInString(before)
		if !unicode.In(r, unicode.L, unicode.M) {
			break
		}
		if unicode.Is(unicode.Latin, r) {
			return true
		}
		before = before[:len(before)-n]
	}
	for _, r := range text[at+size : min(len(text), at+size+around)] {
		if !unicode.In(r, unicode.L, unicode.M) {
			break
		}
		if unicode.Is(unicode.Latin, r) {
			return true
		}
	}
	return false
}

// posing is what a character that passes for another is called.
func posing(r rune) string {
	switch {
	case unicode.Is(unicode.Cyrillic, r):
		return "Cyrillic letter"
	case unicode.Is(unicode.Greek, r):
		return "Greek letter"
	case unicode.Is(unicode.M, r):
		return "separate accent"
	case r == '\u2010' || r == '\u2011':
		return "another hyphen"
	}
	return ""
}
