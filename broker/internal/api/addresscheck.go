package api

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// maxNameLength is the longest name, version number, branch or tag in
// characters. PostgreSQL cannot index much longer ones.
const maxNameLength = 500

// decodeParameters undoes the percent-encoding of the path parameters, once:
// a slash that was encoded stays part of its name.
func decodeParameters(c echo.Context) error {
	names, values := c.ParamNames(), c.ParamValues()
	raw := make(map[string]string, len(values))
	fields := kernel.Fields{}
	for i, value := range values {
		plain, err := url.PathUnescape(value)
		if err != nil {
			plain = value
		}
		if message := nameProblem(plain); message != "" && i < len(names) {
			fields.Add(names[i], "%s", message)
		}
		if i < len(names) {
			raw[names[i]] = value
		}
		values[i] = plain
	}
	c.Set(keyRaw, raw)
	c.SetParamValues(values...)
	return fields.Err()
}

// rawParameter is a path parameter as it was sent.
func rawParameter(c echo.Context, name string) string {
	raw, _ := c.Get(keyRaw).(map[string]string)
	return raw[name]
}

// textProblem says why something is not text that every database can keep, ""
// if it is one. All that a request says goes through it: PostgreSQL takes
// neither broken UTF-8 nor a zero byte.
func textProblem(text string) string {
	switch {
	case !utf8.ValidString(text):
		return "is not valid UTF-8"
	case strings.ContainsRune(text, 0):
		return "cannot contain a zero byte"
	}
	return ""
}

// nameProblem says why no name can be text, "" if it can.
func nameProblem(text string) string {
	if message := textProblem(text); message != "" {
		return message
	}
	if utf8.RuneCountInString(text) > maxNameLength {
		return fmt.Sprintf("cannot be longer than %d characters", maxNameLength)
	}
	return ""
}

// guardAddress refuses what cannot mean anything, and text that no database
// can keep, in whichever part of the address it stands.
func (a *API) guardAddress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err, wrong := c.Get(keyPathProblem).(error); wrong {
			return err
		}
		if err := queryProblem(c.Request().URL.RawQuery); err != nil {
			return err
		}
		return next(c)
	}
}

// pathProblem says why a path cannot be an address, nil if it can. A slash
// that is encoded is part of a name, so only bare ones make empty segments.
func pathProblem(escaped, plain string) error {
	switch {
	case strings.Contains(escaped, "//"):
		return errEmptySegment
	case strings.ContainsAny(plain, "\n\t"):
		return errPathCharacter
	}
	return nil
}

// queryProblem says which parameter of a query string is not text.
func queryProblem(raw string) error {
	fields := kernel.Fields{}
	for _, part := range strings.Split(raw, "&") {
		name, value, _ := strings.Cut(part, "=")
		name = unescapeLeniently(name)
		message := textProblem(unescapeLeniently(value))
		if problem := textProblem(name); problem != "" {
			name, message = strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", "\uFFFD"), "\uFFFD"), problem
		}
		if message != "" {
			fields.Add(name, "%s", message)
		}
	}
	return fields.Err()
}
