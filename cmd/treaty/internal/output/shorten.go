package output

import "strings"

// Shorten cuts what a person typed to a length that fits a message.
func Shorten(s string) string {
	const most = 80
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// ShortVersion cuts a full commit hash to the length that people compare.
func ShortVersion(number string) string {
	const hash, short = 40, 7
	if number == "" {
		return "???"
	}
	if len(number) == hash && strings.Trim(number, "0123456789abcdef") == "" {
		return number[:short] + "…"
	}
	return number
}
