package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
)

//go:embed static
var staticFiles embed.FS

// assetSet changes with the content of any asset, so that browsers may keep them.
// It is a part of their path, so that modules find each other by their names.
var assetSet = func() string {
	sum := sha256.New()
	for _, name := range assetNames() {
		text, _ := staticFiles.ReadFile("static/" + name) // it is embedded
		sum.Write([]byte(name + "\x00"))
		sum.Write(text)
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
}()

func assetNames() []string {
	names, _ := fs.Glob(staticFiles, "static/*") // the pattern is right
	for i, name := range names {
		names[i] = path.Base(name)
	}
	return names
}

// serveAsset serves a file that pages load. While releases follow each other,
// one may be asked for a file of another: it gives its own, not to be kept.
func serveAsset(rw http.ResponseWriter, r *http.Request) {
	text, err := staticFiles.ReadFile("static/" + path.Base(r.PathValue("name")))
	if err != nil {
		http.NotFound(rw, r)
		return
	}
	header := rw.Header()
	header.Set("Content-Type", mediaType(r.PathValue("name")))
	header.Set("Cache-Control", "private, max-age=31536000, immutable")
	if r.PathValue("set") != assetSet {
		header.Set("Cache-Control", "private, no-store")
	}
	header.Set("X-Content-Type-Options", "nosniff")
	_, _ = rw.Write(text)
}

// mediaType is the type of an asset, whatever the machine thinks of its ending.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	default:
		return mime.TypeByExtension(path.Ext(name))
	}
}
