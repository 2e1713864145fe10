package kernel

import (
	"regexp"
	"strings"
)

var (
	acronymBorder = regexp.MustCompile(`(\p{Lu}+)(\p{Lu}\p{Ll})`)
	wordBorder    = regexp.MustCompile(`([\p{Ll}\d])(\p{Lu})`)
	separators    = regexp.MustCompile(`[-_\s]+`)
)

// Where a display name begins a new word. As in Pact Broker each border takes
// the characters beside it with it, so that of three one-letter words the last
// stays where it is, and only ASCII letters have a case.
var (
	acronymEnd    = regexp.MustCompile(`([A-Z])([A-Z])([a-z])`)
	capital       = regexp.MustCompile(`([a-z\d])([A-Z])(\S)`)
	separator     = regexp.MustCompile(`(\S)[-_\s.](\S)`)
	innerScore    = regexp.MustCompile(`_+([a-z])`)
	initialLetter = regexp.MustCompile(`^[a-z]`)
)

// DisplayName makes a name for people: "my-consumer app" and "MyConsumerApp"
// become "My Consumer App".
func DisplayName(name string) string {
	text := acronymEnd.ReplaceAllString(name, "$1 $2$3")
	text = capital.ReplaceAllString(text, "$1 $2$3")
	text = separator.ReplaceAllString(text, "$1 $2")
	words := strings.Fields(text)
	for i, word := range words {
		word = innerScore.ReplaceAllStringFunc(word, func(s string) string { return strings.ToUpper(strings.TrimLeft(s, "_")) })
		words[i] = initialLetter.ReplaceAllStringFunc(word, strings.ToUpper)
	}
	if len(words) == 0 {
		return name
	}
	return strings.Join(words, " ")
}

// SplitWords takes a name apart where its words meet.
func SplitWords(name string) string {
	name = acronymBorder.ReplaceAllString(name, "$1 $2")
	name = wordBorder.ReplaceAllString(name, "$1 $2")
	return separators.ReplaceAllString(name, " ")
}
