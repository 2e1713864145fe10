// Package shell writes command lines that can be pasted into a POSIX shell.
package shell

import "strings"

// safe are the characters that mean nothing to a shell, wherever they stand.
const safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@+,%"

// Quote writes a word so that a shell takes it as it is. Everything but a few
// characters goes between single quotes, in which nothing has a meaning; a
// single quote itself stands outside of them. Words cannot hold a zero byte,
// which is left out.
func Quote(word string) string {
	word = strings.ReplaceAll(word, "\x00", "")
	if word != "" && strings.Trim(word, safe) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// Join writes words as one line.
func Join(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = Quote(word)
	}
	return strings.Join(quoted, " ")
}
