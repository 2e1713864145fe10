package contract

import (
	"bytes"
	"regexp"
	"unicode/utf8"
)

// sniffLength is how many leading bytes are looked at, as in the reference
// implementation.
const sniffLength = 32

var (
	htmlStart = regexp.MustCompile(`(?i)^\s*(<!doctype|<html)`)
	xmlDecl   = regexp.MustCompile(`^\s*<\?xml\s+version`)
	xmlStart  = regexp.MustCompile(`^\s*<\s*\w`)
	jsonStart = regexp.MustCompile(`^\s*(true|false|null|-?[0-9]+|"|\{\s*("|\}|$)|\[)`)
)

// SniffContentType guesses the media type of content by its first bytes:
// "application/xml", "text/html", "application/json" or "text/plain". It
// returns "" for empty content and "application/octet-stream" for what
// cannot be text.
func SniffContentType(content []byte) string {
	if len(content) == 0 {
		return ""
	}
	head := content[:min(len(content), sniffLength)]
	switch {
	case xmlDecl.Match(head):
		return "application/xml"
	case htmlStart.Match(head):
		return "text/html"
	case xmlStart.Match(head):
		return "application/xml"
	case jsonStart.Match(head):
		return "application/json"
	case bytes.IndexByte(head, 0) >= 0 || !utf8.Valid(trimRune(head)):
		return "application/octet-stream"
	default:
		return "text/plain"
	}
}

// trimRune drops a rune that the cut at sniffLength may have split.
func trimRune(head []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(head); i++ {
		if utf8.RuneStart(head[len(head)-i]) {
			if !utf8.FullRune(head[len(head)-i:]) {
				return head[:len(head)-i]
			}
			break
		}
	}
	return head
}
