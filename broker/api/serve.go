package api

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/links"
)

// maxNameLength is the longest name, version number, branch or tag in
// characters. PostgreSQL cannot index much longer ones.
const maxNameLength = 500

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
	// rel is the page below docs/rels that documents the address.
	rel string
	// access is the exception that this route makes from passwords.
	access access
}

// method is one thing that may be done at an address.
type method struct {
	name     string
	handle   echo.HandlerFunc
	consumes []string // media types of the body; JSON if empty
	body     bodyRule
	produces []string // instead of those of the route
	// late means that the handler negotiates itself, after it has checked its
	// question: what is wrong with that is told first.
	late bool
	// content means that the body is kept as it was sent, so that its texts may
	// hold whatever JSON can write.
	content bool
	// paged means that wrong page parameters are told before anything else.
	paged bool
}

// bodyRule says whether a request must have a body.
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
	offered := map[string]bool{}
	for _, m := range r.methods {
		offered[m.name] = true
		a.echo.Add(m.name, path, a.wrap(r, m))
	}
	refuse := func(c echo.Context) error {
		c.Response().Header().Set("Allow", methodNames(r))
		return errMethodNotAllowed
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
	return func(c echo.Context) error {
		if err := decodeParameters(c); err != nil {
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
		if hasBody(m.name) {
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
		return a.withExtension(c, m.handle)
	}
}

// The keys under which a request keeps what was found out about it.
const (
	keyProduces = "produces"
	keyMethod   = "method"
	keyType     = "type"
	keyBody     = "body"
	keyJSON     = "json"
	keyPage     = "page"
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

// withExtension runs a handler, and again for the address without .json or
// .yaml at its end if there is nothing at the whole one. Pact Broker always
// cuts the extension off, which loses versions called 1.0.json.
func (a *API) withExtension(c echo.Context, handle echo.HandlerFunc) error {
	err := handle(c)
	values := c.ParamValues()
	if !broker.IsNotFound(err) || len(values) == 0 || c.Request().Method != http.MethodGet {
		return err
	}
	last := values[len(values)-1]
	if !strings.HasSuffix(c.Request().URL.Path, last) {
		return err
	}
	for extension, media := range map[string]string{".json": typeHAL, ".yaml": typeYAML} {
		stem, found := strings.CutSuffix(last, extension)
		if !found || stem == "" {
			continue
		}
		values[len(values)-1] = stem
		c.SetParamValues(values...)
		c.Request().Header.Set("Accept", media)
		if err := negotiate(c); err != nil {
			return err
		}
		return handle(c)
	}
	return err
}

// decodeParameters undoes the percent-encoding of the path parameters, once:
// a slash that was encoded stays part of its name.
func decodeParameters(c echo.Context) error {
	names, values := c.ParamNames(), c.ParamValues()
	fields := broker.Fields{}
	for i, value := range values {
		plain, err := url.PathUnescape(value)
		if err != nil {
			plain = value
		}
		if message := nameProblem(plain); message != "" && i < len(names) {
			fields.Add(names[i], "%s", message)
		}
		values[i] = plain
	}
	c.SetParamValues(values...)
	return fields.Err()
}

// nameProblem says why no name can be text, "" if it can.
func nameProblem(text string) string {
	switch {
	case !utf8.ValidString(text):
		return "is not valid UTF-8"
	case strings.ContainsRune(text, 0):
		return "cannot contain a zero byte"
	case utf8.RuneCountInString(text) > maxNameLength:
		return fmt.Sprintf("cannot be longer than %d characters", maxNameLength)
	}
	return ""
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

func (a *API) commonHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		header := c.Response().Header()
		header.Set("X-Pact-Broker-Version", a.config.Version)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Vary", "Accept")
		header.Set("Cache-Control", "no-cache")
		// What a use case triggers may build addresses as this request sees them.
		request := c.Request()
		c.SetRequest(request.WithContext(links.NewContext(request.Context(), a.links(c))))
		return next(c)
	}
}

// guardPath refuses paths that cannot mean anything, routes on the encoded
// path, and takes off what does not belong to the address: a slash at the end
// and the extensions of badges and CSV files.
func (a *API) guardPath(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		if strings.Contains(u.Path, "//") && strings.Contains(u.EscapedPath(), "//") {
			return errEmptySegment
		}
		if strings.ContainsAny(u.Path, "\n\t") {
			return errPathCharacter
		}
		path := u.EscapedPath()
		if len(path) > 1 {
			path = strings.TrimSuffix(path, "/")
		}
		path = a.stripExtension(c.Request(), path)
		u.RawPath = path
		if plain, err := url.PathUnescape(path); err == nil {
			u.Path = plain
		}
		return next(c)
	}
}

// stripExtension makes .svg and .csv work as Accept headers where such files
// are made.
func (a *API) stripExtension(r *http.Request, path string) string {
	if stem, ok := strings.CutSuffix(path, "/badge.svg"); ok {
		r.Header.Set("Accept", typeSVG)
		return stem + "/badge"
	}
	stem, ok := strings.CutSuffix(path, ".csv")
	if ok && (stem == "/relationships" || strings.HasPrefix(path, "/groups/")) {
		r.Header.Set("Accept", typeCSV)
		return stem
	}
	return path
}

func isKnownMethod(name string) bool { return slices.Contains(knownMethods, name) }
