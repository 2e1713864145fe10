package rels

import "strings"

// aliases are relations that share a page with another one.
var aliases = map[string]string{
	"webhooks-create":   "webhooks",
	"webhooks-webhooks": "webhooks",
	"webhook":           "webhooks",
	"can-i-deploy-pacticipant-version-to-tag":         "can-i-deploy",
	"can-i-deploy-pacticipant-version-to-environment": "can-i-deploy",
	"pacticipant": "pacticipants",
}

// Page is the Markdown about a relation, and whether there is any.
func Page(rel string) (string, bool) {
	if alias, ok := aliases[rel]; ok {
		rel = alias
	}
	if strings.ContainsAny(rel, "/\\") {
		return "", false
	}
	text, err := Files.ReadFile(rel + ".md")
	return string(text), err == nil
}

// Block is a piece of a page: a heading, a list, code, or a paragraph.
type Block struct {
	// Level is that of a heading, 0 for all else, and ID what texts point to it by.
	Level int
	ID    string
	// Code is code as it stands.
	Code string
	// Items are those of a list.
	Items []Line
	// Text is that of a heading or a paragraph.
	Text Line
}

// Line is a text in pieces.
type Line []Span

// Span is a piece of a text, which may be code.
type Span struct {
	Text string
	Code bool
}

// Parse reads the little Markdown of the pages: headings, lists, indented code and
// paragraphs, in which code stands between backquotes.
func Parse(text string) []Block {
	var out []Block
	for _, block := range strings.Split(strings.TrimSpace(text), "\n\n") {
		switch {
		case strings.HasPrefix(block, "#"):
			words := strings.TrimLeft(block, "#")
			level := min(6, len(block)-len(words))
			words = strings.TrimSpace(words)
			out = append(out, Block{Level: level, ID: strings.ReplaceAll(strings.ToLower(words), " ", "-"), Text: Line{{Text: words}}})
		case strings.HasPrefix(block, "    "):
			out = append(out, Block{Code: strings.ReplaceAll(block, "\n    ", "\n")[4:]})
		case strings.HasPrefix(block, "- "):
			var items []Line
			for _, item := range strings.Split(block[2:], "\n- ") {
				items = append(items, spans(strings.ReplaceAll(item, "\n  ", " ")))
			}
			out = append(out, Block{Items: items})
		default:
			out = append(out, Block{Text: spans(block)})
		}
	}
	return out
}

// spans takes out what stands between backquotes. A last one without a partner is one
// of the text.
func spans(text string) Line {
	parts := strings.Split(text, "`")
	var out Line
	for i, part := range parts {
		switch {
		case i%2 == 1 && i < len(parts)-1:
			out = append(out, Span{part, true})
		case i%2 == 1:
			out = append(out, Span{Text: "`" + part})
		case part != "":
			out = append(out, Span{Text: part})
		}
	}
	return out
}
