package api

import (
	"embed"
	"mime"
	"net/http"
	"path"

	"github.com/labstack/echo/v4"
)

//go:embed browser/*
var browserFiles embed.FS

// browserPage is the file that is a page of the dashboard, where there is one.
const browserPage = "browser.html"

// getBrowser serves the files of the API browser. They load nothing from
// elsewhere and run no script but their own.
func (a *API) getBrowser(c echo.Context) error {
	name := c.Param("file")
	if name == browserPage {
		if shown, err := a.writePage(c, movedTo(c.Request(), pagesRoot.APIPage())); err != nil || shown {
			return err
		}
	}
	text, err := browserFiles.ReadFile("browser/" + path.Base(name))
	if err != nil {
		return errGeneric
	}
	header := c.Response().Header()
	header.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "+
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	return c.Blob(http.StatusOK, mime.TypeByExtension(path.Ext(name)), text)
}
