package web

import (
	"bytes"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"sync"

	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/errlog"
)

//go:embed templates/*.html
var templateFiles embed.FS

// pages holds a parsed template per page, each with the layout.
type pages map[string]*template.Template

// parsePages parses the embedded templates, once for all brokers of a process; they
// are part of the program, so a bad one is a bug that the gallery test shows.
var parsePages = sync.OnceValue(func() pages {
	shared := template.Must(template.New("").Funcs(shownIn).ParseFS(kit.Templates, "templates/*.html"))
	template.Must(shared.ParseFS(templateFiles, "templates/layout.html"))
	parsed := pages{}
	for _, name := range []string{"home", "applications", "application", "environments", "environment", "comparison", "map", "gate", "contract", "result", "version", "usage", "matrix", "diff", "apibrowser", "relation", "webhooks", "webhook", "webhookform", "webhooktest", "delivery", "confirm", "admin", "retention", "delete", "kit", "error"} {
		parsed[name] = template.Must(template.Must(shared.Clone()).ParseFS(templateFiles, "templates/"+name+".html"))
		isolateAll(parsed[name])
	}
	return parsed
})

// contentPolicy lets a page load its own style sheet and script, ask its own
// broker, and nothing else.
const contentPolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// render writes the page. It renders to memory first: a template that fails
// half-way must not leave half a page under status 200.
func (w *web) render(rw http.ResponseWriter, status int, p page) {
	var out bytes.Buffer
	if err := w.pages[p.template()].ExecuteTemplate(&out, "layout", p); err != nil {
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
	rw.WriteHeader(status)
	_, _ = out.WriteTo(rw)
}
