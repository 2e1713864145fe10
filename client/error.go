package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/treatyhq/treaty/internal/redact"
)

// What an [*Error] or a failed connection can be asked for with errors.Is. An
// answer of any other status is none of them: look at [Error.Status].
var (
	// ErrInvalid is an answer of status 400 or 422. Error.Fields says what is
	// wrong with which member of the request.
	ErrInvalid = errors.New("the broker refuses the request as invalid")
	// ErrUnauthorized is an answer of status 401: credentials are missing or
	// wrong.
	ErrUnauthorized = errors.New("the broker does not know who asks")
	// ErrForbidden is an answer of status 403: these credentials may not do it.
	ErrForbidden = errors.New("the broker does not allow this")
	// ErrNotFound is an answer of status 404, or what a list of the broker does
	// not have.
	ErrNotFound = errors.New("the broker has no such thing")
	// ErrConflict is an answer of status 409, such as to content that differs
	// from what a version has published, or to a name that looks like a
	// misspelt one.
	ErrConflict = errors.New("the request conflicts with what the broker has")
	// ErrTooLarge is an answer of status 413.
	ErrTooLarge = errors.New("the request is larger than the broker accepts")
	// ErrUnavailable is an answer of status 503 to the last attempt.
	ErrUnavailable = errors.New("the broker cannot answer now")
	// ErrUnreachable means that there was no whole answer: no connection, one
	// that broke, or a time limit. What the system said is wrapped in it.
	ErrUnreachable = errors.New("the broker cannot be reached")
)

// What a record of a deployment or release may lack. Both are ErrNotFound as well.
var (
	// ErrNoVersion means that the pacticipant or its version does not exist.
	ErrNoVersion = errors.New("no such version")
	// ErrNoEnvironment means that the version has no link to an environment of
	// that name; the error lists those it has.
	ErrNoEnvironment = errors.New("no such environment")
)

// missing is a sentence about something that is not there.
type missing struct {
	text string
	what error
}

func (m missing) Error() string { return m.text }

// Is says that it is both what is missing and ErrNotFound.
func (m missing) Is(target error) bool { return target == m.what || target == ErrNotFound }

// Error is an answer of status 300 or above. It reads both forms in which
// brokers report errors: application/problem+json and the older one.
type Error struct {
	// Status is the HTTP status. 3xx is one that HTTP did not follow.
	Status int
	// Method and URL of the request; the URL without user and password.
	Method string
	URL    string
	// Message is the broker's sentence, if it sent one.
	Message string
	// Fields holds the broker's complaints by field; "" for those about the
	// request as a whole.
	Fields map[string][]string
	// Notices are lines for people that came with the error.
	Notices []Notice
	// Kind is what the broker calls this error, the last part of the type of its problem
	// document, such as gate-refused; empty where it sent none.
	Kind string
	// Decision is the answer of the gate to a request that asked first and was refused;
	// nil for other errors.
	Decision *Decision
	// Reference is the key under which the broker logged a failure of its own;
	// empty for what is the request's fault.
	Reference string

	retryAfter time.Duration
	// nothingStored is set where the broker says so.
	nothingStored bool
	// oauth is the code of an answer of OAuth (RFC 6749, section 5.2).
	oauth string
}

// Error gives the broker's own words where it sent any, else method, address
// and status. It has several lines where there are several complaints.
func (e *Error) Error() string {
	if words := e.words(); words != "" {
		return words
	}
	return fmt.Sprintf("%s %s was answered %d %s", e.Method, e.URL, e.Status, http.StatusText(e.Status))
}

func (e *Error) words() string {
	var lines []string
	if e.Message != "" {
		lines = append(lines, e.Message)
	}
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		for _, complaint := range e.Fields[field] {
			lines = append(lines, strings.TrimSpace(field+" "+complaint))
		}
	}
	if len(lines) == 0 {
		for _, n := range e.Notices {
			lines = append(lines, n.Text)
		}
	}
	return strings.Join(lines, "\n  ")
}

// Is reports whether the status means target, which is one of ErrInvalid,
// ErrUnauthorized, ErrForbidden, ErrNotFound, ErrConflict, ErrTooLarge and
// ErrUnavailable. It makes errors.Is work.
func (e *Error) Is(target error) bool {
	switch e.Status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return target == ErrInvalid
	case http.StatusUnauthorized:
		return target == ErrUnauthorized
	case http.StatusForbidden:
		return target == ErrForbidden
	case http.StatusNotFound:
		return target == ErrNotFound
	case http.StatusConflict:
		return target == ErrConflict
	case http.StatusRequestEntityTooLarge:
		return target == ErrTooLarge
	case http.StatusServiceUnavailable:
		return target == ErrUnavailable
	default:
		return false
	}
}

// newError reads an answer that is not a success.
func newError(r request, got *http.Response, body []byte) *Error {
	e := &Error{Status: got.StatusCode, Method: r.method, URL: redact.URL(r.url), nothingStored: got.Header.Get("X-Treaty-Stored") == "nothing"}
	if seconds, err := strconv.Atoi(got.Header.Get("Retry-After")); err == nil {
		e.retryAfter = time.Duration(seconds) * time.Second
	}
	kind := got.Header.Get("Content-Type")
	switch {
	case strings.Contains(kind, "json"):
		e.read(body)
	case strings.HasPrefix(kind, "text/plain"):
		e.Message = strings.TrimSpace(string(body[:min(len(body), 2000)]))
	}
	return e
}

// read takes in whichever form the body has. What it cannot read it leaves
// out: the status alone still tells the essence.
func (e *Error) read(body []byte) {
	var form struct {
		Title   string          `json:"title"`
		Detail  string          `json:"detail"`
		Error   json.RawMessage `json:"error"`
		Errors  json.RawMessage `json:"errors"`
		Notices []Notice        `json:"notices"`
		Type    string          `json:"type"`
		Answer  json.RawMessage `json:"answer"`
		// Description is where answers of OAuth have the sentence (RFC 6749, section 5.2).
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &form) != nil {
		return
	}
	e.Notices = form.Notices
	e.Kind = form.Type[strings.LastIndex(form.Type, "/")+1:]
	if d := (Decision{Raw: form.Answer}); len(form.Answer) > 0 && json.Unmarshal(form.Answer, &d) == nil {
		e.Decision = &d
	}
	if e.Message = form.Description; e.Message == "" {
		e.readSingle(form.Error)
	} else {
		_ = json.Unmarshal(form.Error, &e.oauth) // what is no text is no code
	}
	e.readErrors(form.Errors)
	if e.Message == "" {
		e.Message = form.Detail
	}
	if e.Message == "" && len(e.Fields) == 0 {
		e.Message = form.Title
	}
}

// readSingle reads "error": a sentence, or an object with message and reference.
func (e *Error) readSingle(raw json.RawMessage) {
	var failure struct{ Message, Reference string }
	if json.Unmarshal(raw, &e.Message) == nil || json.Unmarshal(raw, &failure) != nil {
		return
	}
	e.Message, e.Reference = failure.Message, failure.Reference
}

// readErrors reads "errors": field → sentences, a list of sentences, or a
// list of problems with a pointer each.
func (e *Error) readErrors(raw json.RawMessage) {
	var byField map[string]sentences
	if json.Unmarshal(raw, &byField) == nil {
		for field, complaints := range byField {
			e.complain(field, complaints...)
		}
		return
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return
	}
	for _, entry := range list {
		var sentence string
		var problem struct{ Detail, Title, Pointer string }
		if json.Unmarshal(entry, &sentence) == nil {
			e.complain("", sentence)
		} else if json.Unmarshal(entry, &problem) == nil {
			field := strings.ReplaceAll(strings.TrimPrefix(problem.Pointer, "/"), "/", ".")
			e.complain(field, orDefault(problem.Detail, problem.Title))
		}
	}
}

func (e *Error) complain(field string, complaints ...string) {
	if e.Fields == nil {
		e.Fields = map[string][]string{}
	}
	e.Fields[field] = append(e.Fields[field], complaints...)
}

// sentences reads one sentence or a list of them.
type sentences []string

// UnmarshalJSON accepts a string or an array of strings.
func (s *sentences) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*s = sentences{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(s))
}

// unreachableError is a failure below HTTP: no connection, or one that broke.
type unreachableError struct {
	url     string
	refused bool
	cause   error
}

func (u *unreachableError) Error() string {
	if u.refused {
		return fmt.Sprintf("no broker answers at %s: connection refused", u.url)
	}
	return fmt.Sprintf("no broker answers at %s: %s", u.url, redact.Text(innermost(u.cause).Error()))
}

func (u *unreachableError) Unwrap() error { return u.cause }

// Is makes every such failure an [ErrUnreachable].
func (u *unreachableError) Is(target error) bool { return target == ErrUnreachable }

// innermost drops the wrapping that repeats method and URL, with its secrets.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
