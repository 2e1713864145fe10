package redact

import (
	"strings"
	"unicode"
)

// secretWords mark a name wherever they stand in it, once separators and case
// are gone: X-Api-Key, api_key and apiKey are one name.
var secretWords = []string{
	"authorization", "token", "secret", "password", "passwd", "passphrase", "passcode", "credential", "cookie",
	"apikey", "accesskey", "privatekey", "signature", "bearer",
}

// secretNames mark a name by a word of it of its own: "monkey" is not a key, and
// "signal" no signature.
var secretNames = map[string]bool{"key": true, "pwd": true, "pass": true, "sig": true, "auth": true, "jwt": true, "pat": true}

// Name reports whether a header, a query parameter or a member of a body with
// this name holds a secret.
func Name(name string) bool {
	words := wordsOf(name)
	joined := strings.Join(words, "")
	for _, word := range secretWords {
		if strings.Contains(joined, word) {
			return true
		}
	}
	for _, word := range words {
		if secretNames[word] {
			return true
		}
	}
	return false
}

// wordsOf splits a name at what is neither a letter nor a digit and where a
// capital follows a small letter, in lower case.
func wordsOf(name string) []string {
	var words []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	small := false
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			small = false
			continue
		case unicode.IsUpper(r) && small:
			end()
		}
		small = unicode.IsLower(r)
		word.WriteRune(unicode.ToLower(r))
	}
	end()
	return words
}

// Header returns the value of a header as it may be shown.
func Header(name, value string) string {
	if Name(name) {
		return Stars
	}
	return maskTokens(value, func(string) string { return Stars })
}
