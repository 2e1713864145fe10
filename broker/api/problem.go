package api

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/internal/hal"
)

// requestError is an error of the protocol, found before or after the use
// case: it stands for a status of its own.
type requestError struct {
	status int
	// media is the content type of the empty answer; "" for none.
	media string
	text  string
}

func (e *requestError) Error() string { return e.text }

var (
	errNotAcceptable    = &requestError{status: http.StatusNotAcceptable, text: "no acceptable media type"}
	errUnsupportedType  = &requestError{status: http.StatusUnsupportedMediaType, media: typeHAL, text: "unsupported media type"}
	errMethodNotAllowed = &requestError{status: http.StatusMethodNotAllowed, text: "method not allowed"}
	errNotImplemented   = &requestError{status: http.StatusNotImplemented, text: "unknown method"}
	errNotModified      = &requestError{status: http.StatusNotModified, text: "not modified"}
	errPrecondition     = &requestError{status: http.StatusPreconditionFailed, text: "precondition failed"}
	errEmptySegment     = errors.New("empty path component")
	errPathCharacter    = errors.New("control character in the path")
	errGeneric          = broker.Errorf(broker.CodeNotFound, "%s", genericText)
)

const genericText = "There is nothing at this address."

// listedError makes the problems of an invalid request one list without
// fields, as the matrix answers them.
type listedError struct{ error }

func (e listedError) Unwrap() error { return e.error }

// outcome is how a code of the domain is told over HTTP.
type outcome struct {
	status int
	kind   string // last segment of the problem's type
	title  string
}

// outcomes is the whole table; what is not in it is internal.
var outcomes = map[broker.Code]outcome{
	broker.CodeInvalid:       {http.StatusBadRequest, "validation-error", "Invalid request"},
	broker.CodeUnauthorized:  {http.StatusUnauthorized, "unauthorized", "Unauthorized"},
	broker.CodeForbidden:     {http.StatusForbidden, "forbidden", "Forbidden"},
	broker.CodeNotFound:      {http.StatusNotFound, "not-found", "Not found"},
	broker.CodeConflict:      {http.StatusConflict, "conflict", "Conflict"},
	broker.CodeUnprocessable: {http.StatusUnprocessableEntity, "validation-error", "Unprocessable request"},
	broker.CodeTooLarge:      {http.StatusRequestEntityTooLarge, "request-too-large", "Request too large"},
	broker.CodeTimeout:       {http.StatusRequestTimeout, "timeout", "Took too long"},
	broker.CodeUnavailable:   {http.StatusServiceUnavailable, "unavailable", "Unavailable"},
}

// writeError turns every error of the API into its answer. It is the only
// place that does.
func (a *API) writeError(err error, c echo.Context) {
	if c.Response().Committed {
		a.log.Error("answer was cut off", slog.Any("error", err), slog.String("path", c.Request().URL.Path))
		return
	}
	if errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil {
		a.log.Debug("client left", slog.String("path", c.Request().URL.Path))
		return
	}
	if written := a.writeKnown(err, c); written != nil {
		a.log.Debug("error answer not written", slog.Any("error", written))
	}
}

func (a *API) writeKnown(err error, c echo.Context) error {
	var request *requestError
	var domain *broker.Error
	var fromEcho *echo.HTTPError
	switch {
	case errors.Is(err, errEmptySegment):
		return writeProblem(c, problem("Not Found", "/problem/not-found", "Empty path component found", 404))
	case errors.Is(err, errPathCharacter):
		return a.writePathCharacter(c)
	case errors.As(err, &request):
		return writeEmpty(c, request)
	case errors.As(err, &fromEcho):
		return a.writeEcho(c, fromEcho)
	case errors.As(err, &domain) && domain.Code != broker.CodeInternal:
		return a.writeDomain(c, err, domain)
	}
	return a.writeInternal(c, err)
}

func (a *API) writePathCharacter(c echo.Context) error {
	detail := "The address must not hold a line break."
	if !strings.Contains(c.Request().URL.Path, "\n") {
		detail = "The address must not hold a tab."
	}
	return writeProblem(c, problem("Unprocessable", "/problem/invalid-request-parameter-value", detail, 422))
}

func writeEmpty(c echo.Context, e *requestError) error {
	if e.media != "" {
		c.Response().Header().Set("Content-Type", e.media+charset)
	}
	return c.NoContent(e.status)
}

// writeEcho answers what the router found.
func (a *API) writeEcho(c echo.Context, e *echo.HTTPError) error {
	switch {
	case e.Code == http.StatusMethodNotAllowed && !isKnownMethod(c.Request().Method):
		return writeEmpty(c, errNotImplemented)
	case e.Code == http.StatusNotFound && !isAPI(c.Request()):
		return c.HTML(e.Code, notFoundPage)
	case e.Code == http.StatusNotFound:
		return a.writeDomain(c, errGeneric, errGeneric)
	}
	return c.NoContent(e.Code)
}

// notFoundPage is what a browser sees at an address that means nothing.
const notFoundPage = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Not found</title>\n" +
	"<body><h1>Not found</h1><p>There is nothing at this address.</p></body></html>\n"

// writeDomain answers an error of the domain in the shape that fits the
// request: problem+json if the client takes it, else Pact Broker's older one.
func (a *API) writeDomain(c echo.Context, err error, e *broker.Error) error {
	out := outcomes[e.Code]
	switch {
	case len(e.Notices) > 0:
		return a.writeNotices(c, out, e)
	case e.Reason == broker.ReasonMergeConflict:
		return writeEmpty(c, &requestError{status: out.status, media: typeHAL})
	case e.Reason == broker.ReasonSimilarName:
		return c.Blob(out.status, typeText+charset, []byte(e.Message))
	case len(e.Fields) > 0:
		return a.writeFields(c, out, err, e)
	case acceptsProblem(c.Request().Header):
		return writeProblem(c, a.singleProblem(c, out, e))
	case e.Code == broker.CodeNotFound && e.Reason != broker.ReasonUnknownName:
		return writeJSON(c, out.status, typeJSON, new(hal.Object).Set("error", genericOr(e)))
	}
	return writeJSON(c, out.status, typeHAL, new(hal.Object).Set("error", e.Message))
}

func genericOr(e *broker.Error) string {
	if e.Message == "" {
		return genericText
	}
	return e.Message
}

func (a *API) singleProblem(c echo.Context, out outcome, e *broker.Error) *hal.Object {
	if e.Code == broker.CodeNotFound && e.Reason != broker.ReasonUnknownName {
		return problem("404 Not Found", a.configuredBase()+"/problem/not-found", genericOr(e), out.status)
	}
	return problem(out.title, a.links(c).Problem(out.kind), e.Message, out.status)
}

// configuredBase is the base of addresses that do not depend on the request.
func (a *API) configuredBase() string {
	if len(a.config.BaseURLs) == 0 {
		return ""
	}
	return strings.TrimRight(a.config.BaseURLs[0], "/")
}

func (a *API) writeNotices(c echo.Context, out outcome, e *broker.Error) error {
	contracts := []string{}
	for _, notice := range e.Notices {
		if notice.Level == broker.LevelError {
			contracts = append(contracts, notice.Text)
		}
	}
	body := new(hal.Object).
		Set("notices", a.noticeList(c, e.Notices)).
		Set("errors", new(hal.Object).Set("contracts", contracts))
	return writeJSON(c, out.status, typeJSON, body)
}

// writeFields answers problems that belong to fields.
func (a *API) writeFields(c echo.Context, out outcome, err error, e *broker.Error) error {
	var listed listedError
	asList := errors.As(err, &listed)
	items := problemsOf(err, e.Fields)
	if acceptsProblem(c.Request().Header) {
		return writeProblem(c, a.fieldsProblem(c, out, items, asList))
	}
	body := new(hal.Object)
	if asList {
		all := make([]string, 0, len(items))
		for _, item := range items {
			all = append(all, item.message)
		}
		return writeJSON(c, out.status, typeHAL, body.Set("errors", all))
	}
	fields := new(hal.Object)
	for _, item := range items {
		fields.Set(item.field, e.Fields[item.field])
	}
	return writeJSON(c, out.status, typeHAL, body.Set("errors", fields))
}

func (a *API) fieldsProblem(c echo.Context, out outcome, items []fieldProblem, asList bool) *hal.Object {
	list := make([]*hal.Object, 0, len(items))
	for _, item := range items {
		entry := new(hal.Object).
			Set("type", a.links(c).Problems(fieldKind(item.message))).
			Set("title", "Invalid body parameter").
			Set("detail", item.message)
		if !asList {
			entry.Set("pointer", item.pointer)
		}
		list = append(list, entry)
	}
	return new(hal.Object).
		Set("title", "Validation errors").
		Set("type", a.links(c).Problems(out.kind)).
		Set("status", out.status).
		Set("instance", "/").
		Set("errors", list)
}

// fieldKind names the sort of a field's problem by its text, as Pact Broker
// does.
func fieldKind(message string) string {
	switch {
	case strings.Contains(message, "missing"):
		return "missing-body-property"
	case strings.Contains(message, "format"), strings.Contains(message, "semantic version"):
		return "invalid-body-property-format"
	}
	return "invalid-body-property-value"
}

// writeInternal answers what nobody expected. The text stays in the log,
// where the reference leads to it.
func (a *API) writeInternal(c echo.Context, err error) error {
	reference := newReference()
	a.log.Error("request failed", slog.String("reference", reference),
		slog.String("method", c.Request().Method), slog.String("route", c.Path()), slog.Any("error", err))
	message := "Something went wrong in the broker. Its log says what, under the reference " + reference
	if acceptsProblem(c.Request().Header) {
		return writeProblem(c, problem("Server error", a.configuredBase()+"/problems/server-error", message, 500))
	}
	inner := new(hal.Object).Set("message", message).Set("reference", reference)
	return writeJSON(c, http.StatusInternalServerError, typeHAL, new(hal.Object).Set("error", inner))
}

// newReference makes a short word that is easy to search a log for.
func newReference() string { return strings.Map(onlyLetters, rand.Text())[:10] }

// onlyLetters replaces the digits of base 32 text.
func onlyLetters(r rune) rune {
	if r >= '0' && r <= '9' {
		return 'a' + (r - '0')
	}
	return r
}

func problem(title, kind, detail string, status int) *hal.Object {
	return new(hal.Object).Set("title", title).Set("type", kind).Set("detail", detail).Set("status", status)
}

func writeProblem(c echo.Context, body *hal.Object) error {
	status, _ := body.Get("status")
	return writeJSON(c, status.(int), typeProblem, body)
}
