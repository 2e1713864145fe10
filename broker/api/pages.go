package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/links"
)

// browserPath is the address of the API browser.
const browserPath = "/hal-browser/browser.html"

// servePages answers browsers: the dashboard where it has a page for the
// address, the API browser where a browser asks for JSON.
func (a *API) servePages(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if wantsBrowser(r) {
			return c.Redirect(http.StatusSeeOther, browserPath+"#"+r.URL.EscapedPath())
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead || isAPI(r) {
			return next(c)
		}
		if isResultPath(r.URL.EscapedPath()) {
			here := a.links(c).Template(r.URL.EscapedPath())
			return c.Redirect(http.StatusFound, a.configuredBase()+browserPath+"#"+here)
		}
		if a.config.Web != nil && a.config.Web(c.Response(), withPage(r)) {
			c.Set(keyPage, true)
			return nil
		}
		return next(c)
	}
}

// wantsBrowser says whether a person asked for JSON in a browser.
func wantsBrowser(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return r.Method == http.MethodGet && strings.HasPrefix(accept, typeHTML) && strings.Contains(accept, "json") &&
		!strings.HasPrefix(r.URL.Path, "/hal-browser")
}

// isResultPath says whether an address is that of one verification result.
func isResultPath(path string) bool {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	n := len(segments)
	return n >= 9 && segments[0] == "pacts" && segments[5] == "pact-version" && segments[n-2] == "verification-results"
}

// withPage returns the request with the address of the dashboard's page about
// the same thing, if there is one: people paste addresses of the API into
// browsers.
func withPage(r *http.Request) *http.Request {
	page := pageAt(r.URL.EscapedPath())
	aboutPact := strings.HasPrefix(r.URL.Path, "/pacts/")
	if page == "" || aboutPact && !strings.Contains(r.Header.Get("Accept"), typeHTML) {
		return r
	}
	moved := r.Clone(r.Context())
	moved.URL.RawPath = page
	if plain, err := url.PathUnescape(page); err == nil {
		moved.URL.Path = plain
	}
	return moved
}

func pageAt(path string) string {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for i, segment := range segments {
		if plain, err := url.PathUnescape(segment); err == nil {
			segments[i] = plain
		}
	}
	root, n := links.Below(""), len(segments)
	switch {
	case n == 2 && segments[0] == "pacticipants":
		return root.ApplicationPage(segments[1])
	case n == 1 && segments[0] == "matrix":
		return root.GatePage("", "", "")
	case n == 7 && isPairPath(segments) && segments[5] == "version":
		return root.ContractPage(segments[4], segments[2], segments[6])
	case n == 6 && isPairPath(segments) && segments[5] == "latest":
		return root.ContractPage(segments[4], segments[2], "")
	case n == 5 && (segments[0] == "dashboard" || segments[0] == "matrix") && segments[1] == "provider" && segments[3] == "consumer":
		return root.ContractPage(segments[4], segments[2], "")
	}
	return ""
}

func isPairPath(segments []string) bool {
	return segments[0] == "pacts" && segments[1] == "provider" && segments[3] == "consumer"
}
