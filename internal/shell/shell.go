// Package shell writes command lines that can be pasted into a POSIX shell.
package shell

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/treatyhq/treaty/internal/visible"
)

// safe are the characters that mean nothing to a shell, wherever they stand but
// for an equals sign at the beginning, which zsh takes for a command's place.
const safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@+,%"

// Quote writes a word so that a shell takes it as it is. Everything but a few
// characters goes between single quotes, in which nothing has a meaning; a
// single quote itself stands outside of them. Words cannot hold a zero byte,
// which is left out.
//
// A word with characters that are not seen is spelt out by printf, so that what
// is seen on a page or a screen is what the shell gets.
func Quote(word string) string {
	word = strings.ReplaceAll(word, "\x00", "")
	switch {
	case word != "" && word[0] != '=' && strings.Trim(word, safe) == "":
		return word
	case visible.Any(word) && !strings.HasSuffix(word, "\n"): // a shell cuts that off what a command prints
		return `"$(printf ` + single(spelt(word)) + `)"`
	}
	return single(word)
}

func single(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// spelt is the format for which printf prints the word, with the bytes of
// hidden characters as octal numbers, of a dash that printf would read as the
// beginning of an option, and of exclamation marks, which an old bash takes for its
// history wherever double quotes are around.
func spelt(word string) string {
	var out strings.Builder
	if strings.HasPrefix(word, "-") {
		out.WriteString(`\055`)
		word = word[1:]
	}
	for len(word) > 0 {
		_, size := utf8.DecodeRuneInString(word)
		if char := word[:size]; visible.Any(char) || char == "!" {
			for _, b := range []byte(char) {
				fmt.Fprintf(&out, `\%03o`, b)
			}
		} else {
			out.WriteString(strings.NewReplacer(`\`, `\\`, `%`, `%%`).Replace(char))
		}
		word = word[size:]
	}
	return out.String()
}

// Join writes words as one line.
func Join(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = Quote(word)
	}
	return strings.Join(quoted, " ")
}
