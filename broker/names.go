package broker

import (
	"cmp"
	"regexp"
	"slices"
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

func splitWords(name string) string {
	name = acronymBorder.ReplaceAllString(name, "$1 $2")
	name = wordBorder.ReplaceAllString(name, "$1 $2")
	return separators.ReplaceAllString(name, " ")
}

// similarKey is what two names that may mean the same application have in
// common: their words in lower case and singular, without the usual suffixes.
func similarKey(name string) string {
	words := strings.Fields(strings.ToLower(splitWords(strings.ReplaceAll(name, "::", "/"))))
	for i, word := range words {
		words[i] = strings.TrimSuffix(word, "s")
	}
	words = slices.DeleteFunc(words, func(word string) bool {
		return word == "api" || word == "provider" || word == "service"
	})
	return strings.Join(words, " ")
}

// namesBy sorts names by a key that those which look alike have in common. A
// request may bring hundreds of names to thousands: each is taken apart once.
func namesBy(key func(string) string, names []string) map[string][]string {
	out := make(map[string][]string, len(names))
	for _, name := range names {
		k := key(name)
		out[k] = append(out[k], name)
	}
	return out
}

// othersThan returns the names but one.
func othersThan(names []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(other string) bool { return other == name })
}

// compareFolded compares names without regard to case, and by it only where
// nothing else tells them apart.
func compareFolded(a, b string) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
}

// sortedUnique returns the distinct names, sorted.
func sortedUnique(names []string) []string {
	out := slices.Clone(names)
	slices.Sort(out)
	return slices.Compact(out)
}
