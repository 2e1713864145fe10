package web

import (
	"bytes"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/errlog"
)

//go:embed templates/*.html
var templateFiles embed.FS

// pageNames are the pages, each a file in templates.
var pageNames = []string{
	"home", "find", "applications", "application", "environments", "environment", "comparison", "map", "gate", "keptanswer", "contract", "result", "version", "usage",
	"matrix", "diff", "apibrowser", "relation", "webhooks", "webhook", "webhookform", "webhooktest", "secrets", "secretform", "access", "audit", "delivery", "confirm", "admin", "retention",
	"delete", "edit", "login", "loggedout", "device", "kit", "error",
}

// pages holds the template of each page with the layout, parsed when the page is first
// looked at: most of what a broker at rest would keep in memory, and a third of its
// start, are templates, and many a broker is only asked by pipelines.
type pages map[string]func() *template.Template

// parsePages returns the templates, which all brokers of a process share. They are part
// of the program, so a bad one is a bug that the gallery test shows.
var parsePages = sync.OnceValue(func() pages {
	shared := sync.OnceValue(func() *template.Template {
		parts := template.Must(template.New("").Funcs(shownIn).ParseFS(kit.Templates, "templates/*.html"))
		return template.Must(parts.ParseFS(templateFiles, "templates/layout.html"))
	})
	parsed := make(pages, len(pageNames))
	for _, name := range pageNames {
		parsed[name] = sync.OnceValue(func() *template.Template {
			page := template.Must(template.Must(shared().Clone()).ParseFS(templateFiles, "templates/"+name+".html"))
			isolateAll(page)
			return page
		})
	}
	return parsed
})

// contentPolicy lets a page load its own style sheet and script, ask its own
// broker, and nothing else.
const contentPolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// mostOfTransfer is how long a browser may take to send a form, and to read a page
// that is made. What the API sends and takes may be far larger, and has more time.
const mostOfTransfer = 30 * time.Second

// render writes the page. It renders to memory first: a template that fails
// half-way must not leave half a page under status 200.
func (w *web) render(rw http.ResponseWriter, status int, p page) {
	var out bytes.Buffer
	if err := w.pages[p.template()]().ExecuteTemplate(&out, "layout", p); err != nil {
		w.config.Log.Error("page could not be rendered", slog.String("page", p.template()), errlog.Attr(err))
		http.Error(rw, "The page could not be rendered; see the broker's log.", http.StatusInternalServerError)
		return
	}
	header := rw.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "private, no-cache, no-store, must-revalidate")
	header.Set("Content-Security-Policy", contentPolicy)
	header.Set("Referrer-Policy", "same-origin")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Vary", "Accept")
	// Not every writer has deadlines, such as that of a test.
	_ = http.NewResponseController(rw).SetWriteDeadline(time.Now().Add(mostOfTransfer))
	rw.WriteHeader(status)
	_, _ = out.WriteTo(rw)
}
