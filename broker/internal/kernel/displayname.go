package kernel

import (
	"cmp"
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

// CompareFolded compares names without regard to case, and by it only where
// nothing else tells them apart.
func CompareFolded(a, b string) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
}

// NamesOf returns the names of environments, in their order.
func NamesOf(environments []Environment) []string {
	names := make([]string, len(environments))
	for i, e := range environments {
		names[i] = e.Name
	}
	return names
}

// Unique drops repetitions and keeps the order.
func Unique(names []string) []string {
	out := make([]string, 0, len(names))
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}
