// Package visible shows what cannot be seen in a text: control and format
// characters, spaces that are not a plain space, and fillers. Two names that
// differ by one of them look the same, and some of them turn the text around
// them or steer a terminal.
package visible

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Hidden reports whether a character is not seen, or changes how others are.
func Hidden(r rune) bool {
	switch {
	case r == ' ' || r >= '!' && r <= '~':
		return false
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return false // format characters that are drawn
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Zs, unicode.Zl, unicode.Zp,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// Part is a piece of a text: either characters as they are, or one that is
// hidden. A byte that is not UTF-8 counts as hidden.
type Part struct {
	Text string
	// Code names the hidden character, or one that passes for another, such as U+200B; it
	// counts marks that are piled up on one character, such as +192; "" for Text.
	Code string
	// Name is what it is called, as far as it has a common name.
	Name string
}

// Parts cuts a text at its hidden characters.
func Parts(text string) []Part { return parts(text, false) }

// Marked cuts a text at its hidden characters, and at those that pass for others: for
// where people tell names apart by looking at them.
func Marked(text string) []Part { return parts(text, true) }

func parts(text string, marked bool) []Part {
	var out []Part
	start, stacked := 0, 0
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if stacked = stackedAfter(stacked, r); stacked > mostStacked {
			end, more := endOfStack(text, at)
			if at > start {
				out = append(out, Part{Text: text[start:at]})
			}
			out = append(out, Part{Code: fmt.Sprintf("+%d", more), Name: "more marks on one character than any script has"})
			start, at = end, end
			continue
		}
		broken := r == utf8.RuneError && size == 1
		if broken || Hidden(r) && !ofEmoji(text, at, size) || marked && poses(text, at, r, size) {
			if at > start {
				out = append(out, Part{Text: text[start:at]})
			}
			part := Part{Code: fmt.Sprintf("U+%04X", r), Name: names[r]}
			if part.Name == "" {
				part.Name = posing(r)
			}
			if broken {
				part = Part{Code: fmt.Sprintf("0x%02X", text[at]), Name: "no UTF-8"}
			}
			out = append(out, part)
			start = at + size
		}
		at += size
	}
	if start < len(text) {
		out = append(out, Part{Text: text[start:]})
	}
	return out
}

// mostStacked is how many marks on one character are drawn. Scripts need fewer; hundreds
// of them draw over the lines above and below.
const mostStacked = 8

// stackedAfter counts the marks on one character up to this one.
func stackedAfter(before int, r rune) int {
	if r > 0x2FF && unicode.In(r, unicode.Mn, unicode.Me) && !unicode.Is(unicode.Variation_Selector, r) {
		return before + 1
	}
	return 0
}

// endOfStack is where the marks end that begin at a place, and how many they are.
func endOfStack(text string, at int) (end, count int) {
	for end = at; end < len(text); count++ {
		r, size := utf8.DecodeRuneInString(text[end:])
		if stackedAfter(0, r) == 0 {
			break
		}
		end += size
	}
	return end, count
}

// ofEmoji reports whether the character at a place only joins or colours emoji:
// their sequences are seen as what they are.
func ofEmoji(text string, at, size int) bool {
	r, _ := utf8.DecodeRuneInString(text[at:])
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, _ := utf8.DecodeRuneInString(text[at+size:])
	switch r {
	case '\uFE0F':
		return isSymbol(before)
	case '\u200D':
		return (isSymbol(before) || before == '\uFE0F') && isSymbol(after)
	}
	return false
}

func isSymbol(r rune) bool { return r > 0xFF && unicode.In(r, unicode.So, unicode.Sk) }

// plain reports whether a text has nothing but characters that a keyboard has,
// as nearly all have, and with layout also line feeds and tabs.
func plain(text string, layout bool) bool {
	for i := range len(text) {
		c := text[i]
		if (c < ' ' || c > '~') && !(layout && (c == '\n' || c == '\t')) {
			return false
		}
	}
	return true
}

// Any reports whether a text holds a hidden character.
func Any(text string) bool {
	if plain(text, false) {
		return false
	}
	for _, part := range Parts(text) {
		if part.Code != "" {
			return true
		}
	}
	return false
}

// Text writes a name with its hidden characters as [U+200B].
func Text(text string) string { return replace(text, false) }

// Lines does the same for texts of several lines, whose line ends and tabs are
// what they seem.
func Lines(text string) string { return replace(text, true) }

func replace(text string, layout bool) string {
	if plain(text, layout) {
		return text
	}
	var out strings.Builder
	parts := Parts(text)
	for i, part := range parts {
		switch {
		case part.Code == "":
			out.WriteString(part.Text)
		case layout && part.Code == "U+000A":
			out.WriteByte('\n')
		case layout && part.Code == "U+0009":
			out.WriteByte('\t')
		case layout && part.Code == "U+000D" && i+1 < len(parts) && parts[i+1].Code == "U+000A":
			out.WriteByte('\r')
		default:
			out.WriteString("[" + part.Code + "]")
		}
	}
	return out.String()
}

// Describe lists the hidden characters of a text, each once.
func Describe(text string) string {
	var out []string
	seen := map[string]bool{}
	for _, part := range Parts(text) {
		if part.Code == "" || seen[part.Code] {
			continue
		}
		seen[part.Code] = true
		if part.Name != "" {
			part.Code += " (" + part.Name + ")"
		}
		out = append(out, part.Code)
	}
	return strings.Join(out, ", ")
}

// Skeleton is what two texts have in common that look the same: without hidden
// characters, and with letters of other alphabets as the Latin ones that they
// look like. It is not a name.
func Skeleton(text string) string {
	return strings.Map(func(r rune) rune {
		if Hidden(r) {
			return -1
		}
		if latin, ok := lookAlikes[r]; ok {
			return latin
		}
		return r
	}, norm.NFKC.String(text))
}
