package api

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/links"
)

// route is an address with what may be done there.
type route struct {
	// path holds {parameters}, named as in the documentation.
	path string
	// methods are in the order in which they are told to clients. OPTIONS
	// stands in the list where Pact Broker has it.
	methods []method
	// produces are the media types of the answers, the default first; HAL
	// alone if empty.
	produces []string
	// rel is the page below broker/internal/rels that documents the address.
	rel string
	// public is who else may use it, if the configuration says so.
	public public
	// media is what an address that ends in a type asks for, whatever Accept says.
	media string
	// verbatim means that an ending such as .json is always part of the address.
	verbatim bool
	// page is the dashboard's page about the same thing, for browsers.
	page func(echo.Context) string
	// browsed means that a browser is shown the answer in the API browser.
	browsed bool
}

// method is one thing that may be done at an address.
type method struct {
	name     string
	handle   echo.HandlerFunc
	consumes []string // media types of the body; JSON if empty
	body     bodyRule
	needs    access.Right // what somebody needs who writes; reading needs the same everywhere
	// objects are what it is about; judges means that the handler asks itself whether
	// whoever makes the request may do so for what it finds, and own that it is about
	// nothing but what is one's own.
	objects     []object
	judges, own bool
	produces    []string // instead of those of the route
	// does is what the record calls it, where that is not told by the address.
	does string
	// late means that the handler negotiates itself, after it has checked its
	// question: what is wrong with that is told first.
	late bool
	// anyJSON means that the body may be JSON under any name, and typeFirst that
	// a body of another type is refused before it is looked at.
	anyJSON, typeFirst bool
	// content means that the body is kept as it was sent, so that its texts may
	// hold whatever JSON can write.
	content bool
	// paged means that wrong page parameters are told before anything else.
	paged bool
}

// bodyRule reports whether a request must have a body.
type bodyRule int

const (
	bodyOptional bodyRule = iota
	bodyRequired
)

// knownMethods are answered by 405 where a route does not have them. Others
// are answered by 501.
var knownMethods = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "CONNECT", "OPTIONS", "PATCH"}

func (a *API) register(r route) {
	path := echoPath(r.path)
	a.rows[path] = &r
	offered := map[string]bool{}
	for _, m := range r.methods {
		offered[m.name] = true
		a.echo.Add(m.name, path, a.wrap(r, m))
		if m.name == http.MethodGet {
			offered[http.MethodHead] = true
			a.echo.Add(http.MethodHead, path, a.wrap(r, m))
		}
	}
	refuse := func(c echo.Context) error {
		c.Response().Header().Set("Allow", methodNames(r))
		refusal := *errMethodNotAllowed
		refusal.text = c.Request().Method + " is not for this address. Allowed are " + methodNames(r) + "."
		return &refusal
	}
	for _, name := range knownMethods {
		if !offered[name] {
			a.echo.Add(name, path, refuse)
		}
	}
}

// echoPath writes {name} as :name.
func echoPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// wrap runs a handler in Pact Broker's order of decisions: the syntax of the
// body, then OPTIONS, then what the client accepts. Requests with a body are
// negotiated by bind, because the checks of its content come first.
func (a *API) wrap(r route, m method) echo.HandlerFunc {
	handle := func(c echo.Context) error {
		if !r.verbatim {
			if err := decodeParameters(c); err != nil {
				return err
			}
		}
		if err := a.judgeObjects(c, m); err != nil {
			return err
		}
		c.Set(keyProduces, produced(r, m))
		c.Set(keyMethod, m)
		if m.name == http.MethodOptions {
			c.Response().Header().Set("Access-Control-Allow-Methods", methodNames(r))
			return c.NoContent(http.StatusOK)
		}
		if m.late {
			return m.handle(c)
		}
		if hasBody(m.name) || m.body == bodyRequired {
			if err := a.readBody(c); err != nil {
				return err
			}
			return m.handle(c)
		}
		if m.paged {
			if err := checkPage(c); err != nil {
				return err
			}
		}
		if err := negotiate(c); err != nil {
			return err
		}
		return m.handle(c)
	}
	if m.name != http.MethodGet {
		return handle
	}
	return func(c echo.Context) error { return a.withShorter(c, handle) }
}

// The keys under which a request keeps what was found out about it.
const (
	keyRoute       = "route"
	keyPathProblem = "path problem"
	keyShorter     = "shorter address"
	keyRaw         = "raw parameters"
	keyProduces    = "produces"
	keyMethod      = "method"
	keyType        = "type"
	keyBody        = "body"
	keyJSON        = "json"
	keyPage        = "page"
	keyTime        = "time"
	keyWho         = "who"
)

func produced(r route, m method) []string {
	switch {
	case len(m.produces) > 0:
		return m.produces
	case len(r.produces) > 0:
		return r.produces
	}
	return []string{typeHAL}
}

// gives reports whether GET answers in a media type.
func (r *route) gives(media string) bool {
	for _, m := range r.methods {
		if m.name == http.MethodGet && slices.Contains(produced(*r, m), media) {
			return true
		}
	}
	return false
}

func hasBody(method string) bool {
	return method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch
}

func methodNames(r route) string {
	names := make([]string, 0, len(r.methods))
	for _, m := range r.methods {
		names = append(names, m.name)
	}
	return strings.Join(names, ", ")
}

// negotiate chooses the media type of the answer or refuses with 406.
func negotiate(c echo.Context) error {
	header := c.Request().Header
	media, ok := chooseType(header, c.Get(keyProduces).([]string))
	if !ok || !charsetWanted(header) {
		return errNotAcceptable
	}
	c.Set(keyType, media)
	return nil
}

func (a *API) recoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if r := recover(); r != nil {
				if aborted, ok := r.(error); ok && errors.Is(aborted, http.ErrAbortHandler) {
					panic(r)
				}
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		return next(c)
	}
}

// inert is the policy of what a browser should show and not run: it loads nothing and
// stands in no frame. Pages set their own.
const inert = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (a *API) commonHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		header := c.Response().Header()
		header.Set("X-Pact-Broker-Version", a.config.Version)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Vary", "Accept")
		header.Set("Cache-Control", "private, no-cache")
		header.Set("Content-Security-Policy", inert)
		header.Set("Referrer-Policy", "same-origin")
		// What a use case triggers may build addresses as this request sees them.
		request := c.Request()
		c.SetRequest(request.WithContext(links.NewContext(request.Context(), a.links(c), links.Outward(request, a.config.BaseURLs))))
		return next(c)
	}
}

func isKnownMethod(name string) bool { return slices.Contains(knownMethods, name) }
