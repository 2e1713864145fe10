// Package wording puts numbers and lists into English.
package wording

import (
	"strconv"
	"strings"
)

// Count says "1 pair" or "3 pairs".
func Count(n int, one string) string { return CountOf(n, one, one+"s") }

// CountOf says "1 is missing" or "3 are missing".
func CountOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// Some says "a, b and 3 others": the first items, at most so many, and how many others
// there are.
func Some(items []string, most int, other string) string {
	if more := len(items) - most; more > 0 {
		items = append(items[:most:most], Count(more, other))
	}
	return List(items, "and")
}

// List says "a", "a and b" or "a, b and c", with and or another word.
func List(items []string, and string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " " + and + " " + items[len(items)-1]
}
