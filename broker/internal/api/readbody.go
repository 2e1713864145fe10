package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/exact"
	"github.com/treatyhq/treaty/internal/members"
)

// maxJSONDepth is how deeply a body may be nested, as in Pact Broker.
const maxJSONDepth = 50

// readBody reads the body of a request, within the limit, and its JSON. It
// answers a wrong syntax before anything else is looked at.
func (a *API) readBody(c echo.Context) error {
	text, err := a.readLimited(c)
	if err != nil {
		return err
	}
	a.startTime(c)
	work := len(text)
	if c.Request().Method == http.MethodPatch { // there is another document that it goes into
		work *= 2
	}
	if err := a.admit(c, work); err != nil {
		return err
	}
	c.Set(keyBody, text)
	media, m := mediaType(c.Request().Header), c.Get(keyMethod).(method)
	if m.typeFirst && !takes(m, media) {
		return errUnsupportedType
	}
	if !strings.Contains(media, "json") {
		return nil
	}
	if len(bytes.TrimSpace(text)) == 0 {
		if m.body == bodyRequired {
			return kernel.Errorf(kernel.CodeInvalid, "The request body is empty, but a JSON document is expected")
		}
		return nil
	}
	parse := parseJSON
	if c.Get(keyMethod).(method).content {
		parse = parsePact
	}
	value, err := parse(text)
	if err != nil {
		return err
	}
	if !m.content {
		if err := zeroBytes(value); err != nil {
			return err
		}
	}
	c.Set(keyJSON, value)
	return nil
}

// zeroBytes refuses texts that no database can keep, wherever they stand in a
// document. Test results are kept as they were sent, with their escapes.
func zeroBytes(document any) error {
	found := &fieldProblems{}
	if members, ok := document.(map[string]any); ok {
		document = maps.Clone(members)
		delete(document.(map[string]any), "testResults")
	}
	lookForZeroBytes(found, document, nil)
	return found.err()
}

func lookForZeroBytes(found *fieldProblems, value any, path []string) {
	switch value := value.(type) {
	case string:
		if message := textProblem(value); message != "" {
			found.add(memberProblem(path, message))
		}
	case []any:
		for i, item := range value {
			lookForZeroBytes(found, item, append(slices.Clone(path), strconv.Itoa(i)))
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			at := append(slices.Clone(path), strings.ReplaceAll(name, "\x00", "\uFFFD"))
			if message := textProblem(name); message != "" {
				found.add(memberProblem(at, "has a name that "+message))
			}
			lookForZeroBytes(found, value[name], at)
		}
	}
}

// maxDrained is how much of a body that is too large is read and thrown away:
// many clients read no answer before they have sent everything.
const maxDrained = 128 << 20

// readLimited reads a body that may be as large as the configuration says.
func (a *API) readLimited(c echo.Context) ([]byte, error) {
	request, limit := c.Request(), a.config.MaxBodyBytes
	var text []byte
	var err error
	if request.ContentLength <= limit {
		text, err = readAll(io.LimitReader(request.Body, limit+1), request.ContentLength)
	}
	if err != nil {
		return nil, kernel.Errorf(kernel.CodeInvalid, "The request body could not be read: it ended early or is not encoded as its headers say").Because(err)
	}
	if request.ContentLength <= limit && int64(len(text)) <= limit {
		return text, nil
	}
	c.Response().Header().Set("Connection", "close")
	if request.ContentLength <= maxDrained {
		// What comes of it changes nothing: the answer is the same.
		_, _ = io.CopyN(io.Discard, request.Body, maxDrained)
	}
	return nil, kernel.Errorf(kernel.CodeTooLarge,
		"The request body is larger than the %d bytes that this broker accepts. "+
			"Make the contract smaller or raise the limit of the broker.", limit)
}

// readAll is io.ReadAll into a buffer of the length that the client has told, so
// that a large body is not copied while it grows. What it tells is not believed
// before it comes: a body of which nothing arrives takes little.
func readAll(r io.Reader, length int64) ([]byte, error) {
	const trusted = 64 << 10
	if length <= trusted {
		return io.ReadAll(r)
	}
	start := make([]byte, trusted)
	if n, err := io.ReadFull(r, start); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			err = nil
		}
		return start[:n], err
	}
	text := bytes.NewBuffer(make([]byte, 0, length+bytes.MinRead))
	text.Write(start)
	_, err := text.ReadFrom(r)
	return text.Bytes(), err
}

// parseJSON reads a JSON object or array. Numbers keep their text.
func parseJSON(text []byte) (any, error) {
	if !utf8.Valid(text) {
		return nil, notUTF8("Request body", text)
	}
	if depth := jsonDepth(text); depth > maxJSONDepth {
		return nil, kernel.Errorf(kernel.CodeInvalid,
			"The JSON document is nested more than %d levels deep", maxJSONDepth)
	}
	value, err := exact.Value(text)
	switch {
	case errors.Is(err, exact.ErrMore):
		return nil, kernel.Errorf(kernel.CodeInvalid, "There is text after the end of the JSON document")
	case err != nil:
		return nil, kernel.Errorf(kernel.CodeInvalid, "The JSON document cannot be parsed: %v", err)
	}
	var repeated *members.RepeatedError
	if err := members.Unique(text, isClientData); errors.As(err, &repeated) {
		at := "The JSON document"
		if len(repeated.Where) > 0 {
			at = repeated.Where.String()
		}
		return nil, kernel.Errorf(kernel.CodeInvalid, "%s %s", at, repeated.What())
	}
	switch value.(type) {
	case map[string]any, []any:
		return value, nil
	}
	return nil, kernel.Errorf(kernel.CodeInvalid,
		"Expected a JSON object in the request body but found %s", jsonKind(value))
}

// isClientData tells of the members of requests that the broker passes on without
// reading them: what a tool says of its tests, and what a webhook sends.
func isClientData(at members.Path) bool {
	return at.Is("testResults") || at.Is("request", "body")
}

// notUTF8 says where a text stops being UTF-8.
func notUTF8(what string, text []byte) error {
	position := 0
	for position < len(text) {
		r, size := utf8.DecodeRune(text[position:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		position += size
	}
	return kernel.Errorf(kernel.CodeInvalid, "%s", notUTF8Message(what, text, position))
}

func notUTF8Message(what string, text []byte, position int) string {
	fragment := []rune(string(text[:position]))
	at := len(fragment) + 1
	if len(fragment) > 100 {
		fragment = fragment[len(fragment)-100:]
	}
	return fmt.Sprintf("%s is not UTF-8 text at character %d, so it cannot be read as JSON. "+
		"What stands before it: '%s'", what, at, string(fragment))
}

// jsonDepth is how deeply brackets are nested outside of strings.
func jsonDepth(text []byte) int {
	depth, deepest := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = members.EndOfText(text, i)
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		}
	}
	return deepest
}

func jsonKind(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case json.Number:
		return "a number"
	case []any:
		return "an array"
	}
	return "an object"
}

// bind reads the body of a request by read, which notes what is wrong in the
// form. Then it checks what the client accepts and what kind of body it sent:
// Pact Broker tells first what is wrong with the content.
func bind(c echo.Context, read func(*form)) error {
	if err := examine(c, read); err != nil {
		return err
	}
	return checkHeaders(c)
}

// examine is the part of bind that looks at the body alone.
func examine(c echo.Context, read func(*form)) error {
	f, err := formOf(c)
	if err != nil {
		return err
	}
	read(f)
	return f.found.err()
}

// checkHeaders ends the checks of a request with a body: 406, then 415.
func checkHeaders(c echo.Context) error {
	if err := negotiate(c); err != nil {
		return err
	}
	if !takes(c.Get(keyMethod).(method), mediaType(c.Request().Header)) {
		return errUnsupportedType
	}
	return nil
}

// takes reports whether a method reads bodies of a media type.
func takes(m method, media string) bool {
	switch {
	case m.anyJSON && isJSON(media):
		return true
	case len(m.consumes) == 0:
		return media == typeJSON
	}
	return slices.Contains(m.consumes, media)
}

// formOf returns the body as a form. A body that is not JSON, or none, is an
// empty form; an array is refused.
func formOf(c echo.Context) (*form, error) {
	f := &form{found: &fieldProblems{}}
	switch value := c.Get(keyJSON).(type) {
	case map[string]any:
		f.values = value
	case []any:
		return nil, kernel.Errorf(kernel.CodeInvalid,
			"Expected a JSON object in the request body but found an array")
	}
	return f, nil
}

// bodyText is the body as it was received.
func bodyText(c echo.Context) []byte {
	text, _ := c.Get(keyBody).([]byte)
	return text
}
