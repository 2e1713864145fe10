package api

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// locate finds the route of a request, once: who may use it, whether it has a
// page, and what is counted about it all come from the row of the table that
// also answers. Nobody else takes an address apart.
func (a *API) locate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		if err := pathProblem(u.EscapedPath(), u.Path); err != nil {
			c.Set(keyPathProblem, err)
		}
		path := "/" + strings.TrimPrefix(u.EscapedPath(), "/")
		if len(path) > 1 {
			path = strings.TrimSuffix(path, "/")
		}
		a.find(c, path)
		return next(c)
	}
}

// find makes the route of an address the one that answers. An address whose
// end is the name of a type is first looked for as it stands. If it is not an
// address, the one without the end is, and the end says which type is wanted.
// If it might be a name, the shorter address is kept for withShorter.
func (a *API) find(c echo.Context, path string) {
	header := c.Request().Header
	stem, media, cut := cutExtension(path)
	r := a.match(c, path)
	switch {
	case r == nil && cut:
		if a.match(c, stem) != nil {
			header.Set("Accept", media)
			return
		}
		a.match(c, path)
	case r == nil || r.verbatim || !isReading(c.Request().Method):
	case r.media != "":
		header.Set("Accept", r.media)
	case cut && strings.HasSuffix(r.path, "}"):
		c.Set(keyShorter, stem)
		if media == typeHAL && r.gives(typeHAL) {
			header.Set("Accept", media)
		}
	}
}

// match asks the router for one path and returns its row of the table, nil if
// there is none.
func (a *API) match(c echo.Context, path string) *route {
	u := c.Request().URL
	u.RawPath = path
	if plain, err := url.PathUnescape(path); err == nil {
		u.Path = plain
	}
	c.SetPath("")
	a.echo.Router().Find(c.Request().Method, path, c)
	r := a.rows[c.Path()]
	c.Set(keyRoute, r)
	return r
}

// dispatch runs what locate has found.
func (a *API) dispatch(echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error { return c.Handler()(c) }
}

// routeOf is the row of the table that a request belongs to, nil if its
// address is in none.
func routeOf(c echo.Context) *route {
	r, _ := c.Get(keyRoute).(*route)
	return r
}

// needsOf is the right that a request needs: what its method says in the table, else
// to read where it changes nothing, and to write where it would, if there were such
// a method.
func needsOf(c echo.Context) access.Right {
	name := c.Request().Method
	if r := routeOf(c); r != nil {
		for _, m := range r.methods {
			if m.name == name || m.name == http.MethodGet && name == http.MethodHead {
				return m.need()
			}
		}
	}
	return method{name: name}.need()
}

func (m method) need() access.Right {
	switch {
	case m.needs != access.Right{}:
		return m.needs
	case isSafe(m.name):
		return access.ReadContracts
	}
	return access.ManageContracts
}

// extensions are the endings of an address that take the place of Accept.
var extensions = []struct{ ending, media string }{
	{".json", typeHAL}, {".yaml", typeYAML}, {".csv", typeCSV}, {".svg", typeSVG},
}

// cutExtension takes such an ending off the last segment of a path.
func cutExtension(path string) (stem, media string, cut bool) {
	for _, e := range extensions {
		stem, found := strings.CutSuffix(path, e.ending)
		if found && stem != "" && !strings.HasSuffix(stem, "/") {
			return stem, e.media, true
		}
	}
	return path, "", false
}

// errNothingHere is returned by a handler of lists that found nothing at an
// address which may have an ending that is not part of its last name.
var errNothingHere = errors.New("nothing at the whole address")

// orShorter lets a list without items be looked for again at the address
// without its ending, if it has one.
func orShorter(c echo.Context, items int) error {
	if _, pending := c.Get(keyShorter).(string); pending && items == 0 {
		return errNothingHere
	}
	return nil
}

// withShorter runs a handler, and if there is nothing at the whole address
// what belongs to the one without .json or the like at its end. Pact Broker
// always cuts the ending off, which loses versions called 1.0.json. The
// shorter address may have another route, so its policy is asked again.
func (a *API) withShorter(c echo.Context, handle echo.HandlerFunc) error {
	stem, pending := c.Get(keyShorter).(string)
	err := handle(c)
	if !pending || !errors.Is(err, errNothingHere) && !errors.Is(err, errNotAcceptable) && !kernel.IsNotFound(err) {
		return err
	}
	_, media, _ := cutExtension(c.Request().URL.EscapedPath())
	c.Request().Header.Set("Accept", media)
	c.Set(keyShorter, nil)
	if a.match(c, stem) == nil {
		return err
	}
	return a.authenticate(c.Handler())(c)
}

// isReading reports whether a method asks for what GET answers.
func isReading(method string) bool { return method == http.MethodGet || method == http.MethodHead }
