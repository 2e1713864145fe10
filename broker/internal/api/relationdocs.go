package api

import (
	"html"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/rels"
	"github.com/treatyhq/treaty/internal/visible"
)

// getDoc answers the page of a relation. A relation without one is not an error:
// the link was there.
func (a *API) getDoc(c echo.Context) error {
	rel := strings.TrimPrefix(parameter(c, "rel"), "pb:")
	text, ok := rels.Page(rel)
	if !ok {
		text = "# " + visible.Text(rel) + "\n\nNo documentation exists for this relation yet.\n"
	}
	if chosen(c) == typeText {
		return writeText(c, typeText, text)
	}
	if shown, err := a.writePage(c, movedTo(c.Request(), pagesRoot.RelationPage(rel))); err != nil || shown {
		return err
	}
	return writeHTML(c, http.StatusOK, plainDoc(visible.Text(rel), rels.Parse(text)))
}

// plainDoc is the page of a relation where there is no dashboard.
func plainDoc(title string, blocks []rels.Block) string {
	var out strings.Builder
	out.WriteString("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>" + html.EscapeString(title) + "</title>\n<body><main>\n")
	for _, b := range blocks {
		switch {
		case b.Level > 0:
			level := string(rune('0' + b.Level))
			out.WriteString("<h" + level + " id=\"" + html.EscapeString(b.ID) + "\">" + plainLine(b.Text) + "</h" + level + ">\n")
		case b.Code != "":
			out.WriteString("<pre>" + html.EscapeString(b.Code) + "</pre>\n")
		case len(b.Items) > 0:
			out.WriteString("<ul>\n")
			for _, item := range b.Items {
				out.WriteString("<li>" + plainLine(item) + "</li>\n")
			}
			out.WriteString("</ul>\n")
		default:
			out.WriteString("<p>" + plainLine(b.Text) + "</p>\n")
		}
	}
	out.WriteString("</main></body></html>\n")
	return out.String()
}

func plainLine(line rels.Line) string {
	var out strings.Builder
	for _, s := range line {
		if s.Code {
			out.WriteString("<code>" + html.EscapeString(s.Text) + "</code>")
		} else {
			out.WriteString(html.EscapeString(s.Text))
		}
	}
	return out.String()
}
