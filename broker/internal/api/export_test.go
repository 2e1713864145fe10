package api

import (
	"context"
	"net/http"
	"net/http/httptest"

	"github.com/labstack/echo/v4"
)

// The parts of the package that tests look at from outside.
var (
	ChooseType = chooseType
	Initials   = initials
	PlainDoc   = plainDoc
	InWords    = inWords
)

// ParseQuery reads a query string into plain values.
func ParseQuery(raw string) (map[string]any, error) {
	q, err := parseQuery(raw)
	return q.values, err
}

// Draw draws a badge.
func Draw(left, right, colour string) string {
	return drawBadge(badge{left: left, right: right, colour: colour})
}

// IsAPI reports whether a request is one of a program, by its route.
func (a *API) IsAPI(r *http.Request) bool {
	var out bool
	c := a.echo.NewContext(r, httptest.NewRecorder())
	_ = a.locate(func(c echo.Context) error { out = isAPI(r, routeOf(c)); return nil })(c)
	return out
}

// AnswerError writes err as the answer to r.
func (a *API) AnswerError(r *http.Request, err error) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	a.writeError(err, a.echo.NewContext(r, recorder))
	return recorder
}

// Listed makes an error a list without fields.
func Listed(err error) error { return listedError{err} }

// The errors of the protocol.
var (
	ErrNotAcceptable    error = errNotAcceptable
	ErrUnsupportedType  error = errUnsupportedType
	ErrMethodNotAllowed error = errMethodNotAllowed
	ErrNotImplemented   error = errNotImplemented
	ErrNotModified      error = errNotModified
	ErrPrecondition     error = errPrecondition
	ErrEmptySegment           = errEmptySegment
	ErrPathCharacter          = errPathCharacter
	ErrUnknownAddress   error = echo.ErrNotFound
)

// RouteInfo is a line of the route table.
type RouteInfo struct {
	Path, Rel, Public string
	Methods           []string
	// Needs is what each method needs, "resource:action".
	Needs map[string]string
	// Named is what the table says of each method, ":" where it leaves it to the rule.
	Named    []string
	Produces []string
	// Objects is how many things each method names that it is about, Judges whether it
	// asks itself.
	Objects map[string]int
	Judges  map[string]bool
}

// Routes lists the whole table.
func (a *API) Routes() []RouteInfo { return infos(a.routes()) }

// AllRoutes lists the dashboard's own addresses too.
func (a *API) AllRoutes() []RouteInfo { return infos(append(a.routes(), a.pageRoutes()...)) }

func infos(routes []route) []RouteInfo {
	var out []RouteInfo
	for _, r := range routes {
		info := RouteInfo{Path: r.path, Rel: r.rel, Public: string(r.public), Needs: map[string]string{}, Objects: map[string]int{}, Judges: map[string]bool{}, Produces: produced(r, method{})}
		for _, m := range r.methods {
			info.Methods = append(info.Methods, m.name)
			info.Needs[m.name] = m.need().String()
			info.Objects[m.name], info.Judges[m.name] = len(m.objects), m.judges
			info.Named = append(info.Named, m.needs.String())
		}
		out = append(out, info)
	}
	return out
}

// Room is the room of large documents.
type Room struct{ *room }

// NewRoom makes room for so many bytes.
func NewRoom(bytes int64) Room { return Room{newRoom(bytes)} }

// RoomQueue is how many bytes may wait.
const RoomQueue = roomQueue

// Enter waits for room.
func (r Room) Enter(ctx context.Context, bytes int64) (func(), error) { return r.enter(ctx, bytes) }

// ParsePact and ParseJSON read the body of a request.
var (
	ParsePact = parsePact
	ParseJSON = parseJSON
)
