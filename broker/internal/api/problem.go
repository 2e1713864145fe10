package api

import (
	"context"
	"crypto/rand"
	"errors"
	"html"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/errlog"
	"github.com/treatyhq/treaty/internal/hal"
	"github.com/treatyhq/treaty/internal/visible"
)

// requestError is an error of the protocol, found before or after the use
// case: it stands for a status of its own.
type requestError struct {
	status int
	// kind is the last segment of the problem's type, and title its title.
	kind, title string
	// text says what to do about it.
	text string
	// plain means that clients of the older shape get the text as it is.
	plain bool
	// told means that every client gets the text. Without it, clients that ask
	// for one of the API's types get the empty body that they know, where the
	// status and the headers say all.
	told bool
	// retryAfter is when to try again; 0 says nothing about it.
	retryAfter time.Duration
}

func (e *requestError) Error() string { return e.text }

var (
	errNotAcceptable = &requestError{status: http.StatusNotAcceptable, kind: "not-acceptable", title: "Not acceptable",
		text: "This address does not answer in a type that the Accept header names."}
	errUnsupportedType = &requestError{status: http.StatusUnsupportedMediaType, kind: "unsupported-media-type", title: "Unsupported media type", told: true,
		text: "The body is of a type that is not taken here. Send Content-Type: application/json."}
	errMethodNotAllowed = &requestError{status: http.StatusMethodNotAllowed, kind: "method-not-allowed", title: "Method not allowed",
		text: "This method is not for this address. The Allow header lists those that are."}
	errNotImplemented = &requestError{status: http.StatusNotImplemented, kind: "unknown-method", title: "Unknown method",
		text: "This method is not known."}
	errNotModified  = &requestError{status: http.StatusNotModified, text: "not modified"}
	errPrecondition = &requestError{status: http.StatusPreconditionFailed, kind: "precondition-failed", title: "Precondition failed",
		text: "There is something at this address already, and If-None-Match: * asked for nothing to be there."}
	errNoCredentials = &requestError{status: http.StatusUnauthorized, kind: "unauthorized", title: "Unauthorized", plain: true,
		text: "This broker asks for a user and a password."}
	errNoToken = &requestError{status: http.StatusUnauthorized, kind: "unauthorized", title: "Unauthorized", plain: true, told: true,
		text: "This broker asks who you are: send a token as Authorization: Bearer …, or as the password of basic authentication. Clients take it from PACT_BROKER_TOKEN."}
	errWrongCredentials = &requestError{status: http.StatusUnauthorized, kind: "unauthorized", title: "Unauthorized", plain: true,
		text: "The user and the password are not those of this broker."}
	errReadOnly = &requestError{status: http.StatusUnauthorized, kind: "read-only", title: "Read only", plain: true, told: true,
		text: "This user may only read, and the request would change something. Ask as the user who may write."}
	errCredentialsForm = &requestError{status: http.StatusBadRequest, kind: "unauthorized", title: "Credentials not understood", plain: true,
		text: "The Authorization header is not of the form that this broker reads: Basic, with user and password in Base64."}
	errEmptySegment  = errors.New("empty path component")
	errPathCharacter = errors.New("control character in the path")
	errGeneric       = kernel.Errorf(kernel.CodeNotFound, "%s", genericText)
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
var outcomes = map[kernel.Code]outcome{
	kernel.CodeInvalid:       {http.StatusBadRequest, "validation-error", "Invalid request"},
	kernel.CodeUnauthorized:  {http.StatusUnauthorized, "unauthorized", "Unauthorized"},
	kernel.CodeForbidden:     {http.StatusForbidden, "forbidden", "Forbidden"},
	kernel.CodeNotFound:      {http.StatusNotFound, "not-found", "Not found"},
	kernel.CodeConflict:      {http.StatusConflict, "conflict", "Conflict"},
	kernel.CodeUnprocessable: {http.StatusUnprocessableEntity, "validation-error", "Unprocessable request"},
	kernel.CodeTooLarge:      {http.StatusRequestEntityTooLarge, "request-too-large", "Request too large"},
	kernel.CodeTimeout:       {http.StatusRequestTimeout, "timeout", "Took too long"},
	kernel.CodeUnavailable:   {http.StatusServiceUnavailable, "unavailable", "Unavailable"},
}

// conflicts are the outcomes of a CodeConflict whose reason clients act on.
var conflicts = map[kernel.Reason]outcome{
	kernel.ReasonGateRefused:     {http.StatusConflict, "gate-refused", "The gate did not say yes"},
	kernel.ReasonRolloutRunning:  {http.StatusConflict, "rollout-running", "Another rollout is running"},
	kernel.ReasonRolloutEnded:    {http.StatusConflict, "rollout-ended", "The rollout has ended"},
	kernel.ReasonAlreadyDeployed: {http.StatusConflict, "already-deployed", "Deployed already"},
}

// outcomeUnknown is how it is told that nobody knows whether something is stored.
var outcomeUnknown = outcome{http.StatusServiceUnavailable, "outcome-unknown", "Outcome unknown"}

// writeError turns every error of the API into its answer. It is the only
// place that does.
func (a *API) writeError(err error, c echo.Context) {
	if c.Response().Committed {
		a.log.Error("answer was cut off", errlog.Attr(err), slog.String("path", c.Request().URL.Path))
		return
	}
	if errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil {
		a.log.Debug("client left", slog.String("path", c.Request().URL.Path))
		return
	}
	if written := a.writeKnown(err, c); written != nil {
		a.log.Debug("error answer not written", errlog.Attr(written))
	}
}

func (a *API) writeKnown(err error, c echo.Context) error {
	err = kernel.OfTime(err)
	var request *requestError
	var domain *kernel.Error
	var fromEcho *echo.HTTPError
	switch {
	case errors.Is(err, errEmptySegment) && a.wantsPage(c):
		return a.writeErrorPage(c, http.StatusNotFound, "Not found", "There are two slashes in this address with nothing between them.")
	case errors.Is(err, errEmptySegment):
		return writeProblem(c, problem("Not Found", "/problem/not-found", "Empty path component found", 404))
	case errors.Is(err, errPathCharacter):
		return a.writePathCharacter(c)
	case errors.As(err, &request):
		return a.writeRequest(c, request)
	case errors.As(err, &fromEcho):
		return a.writeEcho(c, fromEcho)
	case errors.As(err, &domain) && domain.Code != kernel.CodeInternal:
		if domain.Code == kernel.CodeUnavailable {
			sayWhatIsStored(c.Response().Header(), domain.Reason)
		}
		a.logFailure(c, err, outcomes[domain.Code].status)
		return a.writeDomain(c, err, domain)
	}
	return a.writeInternal(c, err)
}

// storedHeader tells a client after a 503 whether it may send again what must not
// happen twice: "nothing" is stored, or it is "unknown".
const storedHeader = "X-Treaty-Stored"

// sayWhatIsStored adds to the answer of what was not possible whether something is
// stored, and when to try again, where that may help.
func sayWhatIsStored(h http.Header, reason kernel.Reason) {
	if reason == kernel.ReasonOutcomeUnknown {
		h.Set(storedHeader, "unknown")
		return
	}
	h.Set(storedHeader, "nothing")
	if reason != kernel.ReasonLasting {
		h.Set("Retry-After", "2") // seconds
	}
}

func (a *API) writePathCharacter(c echo.Context) error {
	detail := "The address must not hold a line break."
	if !strings.Contains(c.Request().URL.Path, "\n") {
		detail = "The address must not hold a tab."
	}
	if a.wantsPage(c) {
		return a.writeErrorPage(c, http.StatusUnprocessableEntity, "Unprocessable request", detail)
	}
	return writeProblem(c, problem("Unprocessable", "/problem/invalid-request-parameter-value", detail, 422))
}

// writeRequest answers an error of the protocol.
func (a *API) writeRequest(c echo.Context, e *requestError) error {
	if e.retryAfter > 0 {
		c.Response().Header().Set("Retry-After", strconv.Itoa(seconds(e.retryAfter)))
	}
	switch {
	case e.status == http.StatusNotModified:
		return c.NoContent(e.status)
	case e == errNotAcceptable && !a.wantsPage(c) && !acceptsAnything(c.Request().Header):
		return writeEmpty(c, e) // whatever is written, the client did not ask for it
	case acceptsProblem(c.Request().Header):
		return writeProblem(c, problem(e.title, a.links(c).Problem(e.kind), e.text, e.status))
	case a.wantsPage(c):
		return a.writeErrorPage(c, e.status, e.title, e.text)
	case !e.told && !acceptsAnything(c.Request().Header):
		return writeEmpty(c, e)
	case e.plain:
		return c.Blob(e.status, typeText+charset, []byte(e.text+"\n"))
	}
	return writeJSON(c, e.status, typeHAL, new(hal.Object).Set("error", e.text))
}

func writeEmpty(c echo.Context, e *requestError) error {
	if e.plain {
		c.Response().Header().Set("Content-Type", typeText+charset)
	}
	return c.NoContent(e.status)
}

// wantsPage reports whether an error is to be read in a browser.
func (a *API) wantsPage(c echo.Context) bool {
	return acceptsHTML(c.Request().Header) && !isAPI(c.Request(), routeOf(c))
}

// writeErrorPage shows an error as a page of the dashboard, or as a plain one
// if there is no dashboard.
func (a *API) writeErrorPage(c echo.Context, status int, title, text string) error {
	if a.config.ErrorPage == nil {
		title, text = html.EscapeString(title), html.EscapeString(visible.Lines(text))
		return writeHTML(c, status, "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>"+title+"</title>\n"+
			"<body><h1>"+title+"</h1><p><bdi>"+text+"</bdi></p></body></html>\n")
	}
	a.config.ErrorPage(c.Response(), c.Request(), status, title, text)
	return nil
}

// writeEcho answers what the router found.
func (a *API) writeEcho(c echo.Context, e *echo.HTTPError) error {
	switch {
	case e.Code == http.StatusMethodNotAllowed && !isKnownMethod(c.Request().Method):
		return a.writeRequest(c, errNotImplemented)
	case e.Code == http.StatusNotFound && !isAPI(c.Request(), routeOf(c)):
		return a.writeErrorPage(c, e.Code, "Not found", genericText)
	case e.Code == http.StatusNotFound:
		return a.writeDomain(c, errGeneric, errGeneric)
	}
	return c.NoContent(e.Code)
}

// writeDomain answers an error of the domain in the shape that fits the
// request: problem+json if the client takes it, else Pact Broker's older one.
func (a *API) writeDomain(c echo.Context, err error, e *kernel.Error) error {
	out := outcomes[e.Code]
	if e.Reason == kernel.ReasonOutcomeUnknown {
		out = outcomeUnknown
	}
	if known, ok := conflicts[e.Reason]; ok {
		return a.writeConflict(c, known, err, e)
	}
	switch {
	case len(e.Notices) > 0:
		return a.writeNotices(c, out, e)
	case a.wantsPage(c):
		return a.writeErrorPage(c, out.status, out.title, strings.Join(sentencesOf(err, e), "\n"))
	case e.Reason == kernel.ReasonSimilarName:
		return c.Blob(out.status, typeText+charset, []byte(visible.Lines(e.Message)))
	case e.Code == kernel.CodeForbidden:
		return writeProblem(c, a.singleProblem(c, out, e).Set("error", new(hal.Object).Set("message", e.Message)))
	case len(e.Fields) > 0:
		return a.writeFields(c, out, err, e)
	case acceptsProblem(c.Request().Header):
		return writeProblem(c, a.singleProblem(c, out, e))
	case e.Code == kernel.CodeNotFound && e.Reason != kernel.ReasonUnknownName:
		return writeJSON(c, out.status, typeJSON, new(hal.Object).Set("error", genericOr(e)))
	}
	return writeJSON(c, out.status, typeHAL, new(hal.Object).Set("error", e.Message))
}

// writeConflict answers a conflict that clients act on, with what is in the way. In the
// older shape it carries the same members.
func (a *API) writeConflict(c echo.Context, out outcome, err error, e *kernel.Error) error {
	if a.wantsPage(c) {
		return a.writeErrorPage(c, out.status, out.title, e.Message)
	}
	body, media := new(hal.Object).Set("error", e.Message), typeHAL
	if acceptsProblem(c.Request().Header) {
		body, media = problem(out.title, a.links(c).Problems(out.kind), e.Message, out.status), typeProblem
	}
	if err := a.addWhatIsInTheWay(c, err, body); err != nil {
		return err
	}
	return writeJSON(c, out.status, media, body)
}

// sentencesOf is what an error of the domain says, for people.
func sentencesOf(err error, e *kernel.Error) []string {
	if len(e.Fields) == 0 {
		return []string{genericOr(e)}
	}
	var out []string
	for _, item := range problemsOf(err, e.Fields) {
		out = append(out, strings.TrimSpace(item.field+" "+item.message))
	}
	return out
}

func genericOr(e *kernel.Error) string {
	if e.Message == "" {
		return genericText
	}
	return e.Message
}

func (a *API) singleProblem(c echo.Context, out outcome, e *kernel.Error) *hal.Object {
	if e.Code == kernel.CodeNotFound && e.Reason != kernel.ReasonUnknownName {
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

func (a *API) writeNotices(c echo.Context, out outcome, e *kernel.Error) error {
	contracts := []string{}
	for _, notice := range e.Notices {
		if notice.Level == kernel.LevelError {
			contracts = append(contracts, notice.Text)
		}
	}
	body := new(hal.Object).
		Set("notices", noticeList(a.links(c), e.Notices)).
		Set("errors", new(hal.Object).Set("contracts", contracts))
	return writeJSON(c, out.status, typeJSON, body)
}

// writeFields answers problems that belong to fields.
func (a *API) writeFields(c echo.Context, out outcome, err error, e *kernel.Error) error {
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
		slog.String("method", c.Request().Method), slog.String("route", c.Path()), errlog.Attr(err))
	message := "Something went wrong in the broker. Its log says what, under the reference " + reference
	if acceptsProblem(c.Request().Header) {
		return writeProblem(c, problem("Server error", a.configuredBase()+"/problems/server-error", message, 500))
	}
	if a.wantsPage(c) {
		return a.writeErrorPage(c, http.StatusInternalServerError, "Something went wrong", message)
	}
	inner := new(hal.Object).Set("message", message).Set("reference", reference)
	return writeJSON(c, http.StatusInternalServerError, typeHAL, new(hal.Object).Set("error", inner))
}

// logFailure logs why the broker could not do what was asked. The answer says
// what to do about it and nothing of the cause.
func (a *API) logFailure(c echo.Context, err error, status int) {
	if status >= http.StatusInternalServerError {
		a.log.Error("request failed", slog.String("method", c.Request().Method), slog.String("route", c.Path()), errlog.Attr(err))
	}
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
