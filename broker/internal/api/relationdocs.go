package api

import (
	"html"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/rels"
	"github.com/treatyhq/treaty/internal/visible"
)

// docAliases are relations that share a page with another one.
var docAliases = map[string]string{
	"webhooks-create":   "webhooks",
	"webhooks-webhooks": "webhooks",
	"webhook":           "webhooks",
	"can-i-deploy-pacticipant-version-to-tag":         "can-i-deploy",
	"can-i-deploy-pacticipant-version-to-environment": "can-i-deploy",
	"pacticipant": "pacticipants",
}

// docPage returns the Markdown of a relation, and whether there is a page.
func docPage(rel string) (string, bool) {
	if alias, ok := docAliases[rel]; ok {
		rel = alias
	}
	if strings.ContainsAny(rel, "/\\") {
		return "", false
	}
	text, err := rels.Files.ReadFile(rel + ".md")
	return string(text), err == nil
}

// getDoc answers the page of a relation. A relation without one is not an error:
// the link was there.
func (a *API) getDoc(c echo.Context) error {
	rel := strings.TrimPrefix(c.Param("rel"), "pb:")
	text, ok := docPage(rel)
	if !ok {
		text = "# " + visible.Text(rel) + "\n\nNo documentation exists for this relation yet.\n"
	}
	if chosen(c) == typeText {
		return writeText(c, typeText, text)
	}
	page := "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>" + html.EscapeString(visible.Text(rel)) +
		"</title>\n<body>\n" + markdown(text) + "</body></html>\n"
	return writeHTML(c, http.StatusOK, page)
}

// markdown turns the little Markdown of our own pages into HTML: headings,
// lists, indented code and paragraphs.
func markdown(text string) string {
	var out strings.Builder
	for _, block := range strings.Split(strings.TrimSpace(text), "\n\n") {
		switch {
		case strings.HasPrefix(block, "#"):
			out.WriteString(heading(block))
		case strings.HasPrefix(block, "    "):
			out.WriteString("<pre>" + html.EscapeString(strings.ReplaceAll(block, "\n    ", "\n")[4:]) + "</pre>\n")
		case strings.HasPrefix(block, "- "):
			out.WriteString("<ul>\n")
			for _, item := range strings.Split(block[2:], "\n- ") {
				out.WriteString("<li>" + inlineCode(strings.ReplaceAll(item, "\n  ", " ")) + "</li>\n")
			}
			out.WriteString("</ul>\n")
		default:
			out.WriteString("<p>" + inlineCode(block) + "</p>\n")
		}
	}
	return out.String()
}

// heading gives each heading an id, so that texts can point to it.
func heading(block string) string {
	words := strings.TrimLeft(block, "#")
	level := string(rune('0' + min(6, len(block)-len(words))))
	words = strings.TrimSpace(words)
	id := strings.ReplaceAll(strings.ToLower(words), " ", "-")
	return "<h" + level + " id=\"" + html.EscapeString(id) + "\">" + html.EscapeString(words) + "</h" + level + ">\n"
}

// inlineCode marks what stands between backquotes.
func inlineCode(text string) string {
	parts := strings.Split(html.EscapeString(text), "`")
	var out strings.Builder
	for i, part := range parts {
		if i%2 == 1 && i < len(parts)-1 {
			part = "<code>" + part + "</code>"
		}
		out.WriteString(part)
	}
	return out.String()
}
