package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"log/slog"
	"net/http"

	"github.com/treatyhq/treaty/internal/errlog"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static/style.css
var styleSheet []byte

// styleName changes with the content, so that browsers may keep the file.
var styleName = func() string {
	sum := sha256.Sum256(styleSheet)
	return "style." + hex.EncodeToString(sum[:6]) + ".css"
}()

// pages holds a parsed template per page, each with the layout.
type pages map[string]*template.Template

// parsePages parses the embedded templates; they are part of the program, so a
// bad one is a bug that the gallery test shows.
func parsePages() pages {
	shared := template.Must(template.New("").Funcs(shownIn).ParseFS(templateFiles, "templates/layout.html", "templates/pairs.html"))
	parsed := pages{}
	for _, name := range []string{"home", "applications", "application", "environments", "environment", "gate", "contract", "result", "error"} {
		parsed[name] = template.Must(template.Must(shared.Clone()).ParseFS(templateFiles, "templates/"+name+".html"))
		isolateAll(parsed[name])
	}
	return parsed
}

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
	header.Set("Cache-Control", "no-cache, no-store, must-revalidate")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Vary", "Accept")
	rw.WriteHeader(status)
	_, _ = out.WriteTo(rw)
}

func serveAsset(rw http.ResponseWriter, r *http.Request) {
	if r.PathValue("name") != styleName {
		http.NotFound(rw, r)
		return
	}
	header := rw.Header()
	header.Set("Content-Type", "text/css; charset=utf-8")
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("X-Content-Type-Options", "nosniff")
	_, _ = rw.Write(styleSheet)
}
