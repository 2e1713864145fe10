package broker

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	acronymBorder = regexp.MustCompile(`(\p{Lu}+)(\p{Lu}\p{Ll})`)
	wordBorder    = regexp.MustCompile(`([\p{Ll}\d])(\p{Lu})`)
	separators    = regexp.MustCompile(`[-_\s]+`)
)

// DisplayName makes a name for people: "my-consumer app" and "MyConsumerApp"
// become "My Consumer App".
func DisplayName(name string) string {
	words := strings.Fields(splitWords(name))
	for i, word := range words {
		first, size := utf8.DecodeRuneInString(word)
		words[i] = string(unicode.ToUpper(first)) + word[size:]
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

// similarNames returns those of existing that look like name.
func similarNames(name string, existing []string) []string {
	key := similarKey(name)
	var out []string
	for _, other := range existing {
		if other != name && similarKey(other) == key {
			out = append(out, other)
		}
	}
	return out
}

// checkName adds what is wrong with a name, number, branch or tag.
func (s *Service) checkName(fields Fields, field, value string) {
	switch {
	case strings.TrimSpace(value) == "":
		fields.Add(field, "cannot be blank")
	case strings.ContainsAny(value, "\n\r"):
		fields.Add(field, "cannot contain multiple lines")
	case strings.ContainsRune(value, 0):
		fields.Add(field, "cannot contain a zero byte")
	case !utf8.ValidString(value):
		fields.Add(field, "must be UTF-8")
	case s.Settings.MaxNameLength > 0 && len(value) > s.Settings.MaxNameLength:
		fields.Add(field, "cannot be longer than %d bytes", s.Settings.MaxNameLength)
	}
}

// checkText adds what no stored text may have.
func checkText(fields Fields, field, value string) {
	switch {
	case strings.ContainsRune(value, 0):
		fields.Add(field, "cannot contain a zero byte")
	case !utf8.ValidString(value):
		fields.Add(field, "must be UTF-8")
	}
}

// checkNumber adds what is wrong with a version number that comes with a pact
// or a result: these are the ones that semantic ordering refuses.
func (s *Service) checkNumber(fields Fields, field, value string) {
	s.checkName(fields, field, value)
	if !s.Settings.OrderVersionsByDate && len(fields[field]) == 0 && !IsSemantic(value) {
		fields.Add(field, "'%s' is no semantic version such as 2.4.1 or 2.4.1-rc.3. This broker orders versions semantically and refuses others", value)
	}
}

// checkLine adds what is wrong with an optional single line.
func checkLine(fields Fields, field, value string) {
	if strings.ContainsAny(value, "\n\r") {
		fields.Add(field, "cannot contain multiple lines")
		return
	}
	checkText(fields, field, value)
}

// sortedUnique returns the distinct names, sorted.
func sortedUnique(names []string) []string {
	out := slices.Clone(names)
	slices.Sort(out)
	return slices.Compact(out)
}
