// Package errlog writes errors to logs: under one key, whole, and without the
// secrets of URLs in them.
package errlog

import (
	"log/slog"
	"strings"

	"github.com/treatyhq/treaty/internal/redact"
)

// Key is the key of every error in a log.
const Key = "error"

// Attr returns err as an attribute of a log. It is the only form in which errors
// are logged.
func Attr(err error) slog.Attr { return slog.String(Key, Text(err)) }

// Text returns all that err has to say. An error may keep the text of its cause
// to itself, because its own is shown to people; what belongs to the log is the
// cause.
func Text(err error) string {
	if err == nil {
		return ""
	}
	text := err.Error()
	hidden(err, func(inner string) {
		if !strings.Contains(text, inner) {
			text += ": " + inner
		}
	})
	return redact.Text(text)
}

// hidden calls tell with the text of each cause, from the outside in.
func hidden(err error, tell func(text string)) {
	for _, cause := range causes(err) {
		tell(cause.Error())
		hidden(cause, tell)
	}
}

func causes(err error) []error {
	switch wrapping := err.(type) { //nolint:errorlint // this walks the tree itself
	case interface{ Unwrap() error }:
		if cause := wrapping.Unwrap(); cause != nil {
			return []error{cause}
		}
	case interface{ Unwrap() []error }:
		return wrapping.Unwrap()
	}
	return nil
}

// Replace gives errors that a library logs in its own way the form of Attr. It
// is for slog.HandlerOptions.
func Replace(_ []string, a slog.Attr) slog.Attr {
	if err, ok := a.Value.Any().(error); ok {
		return slog.String(keyOf(a.Key), Text(err))
	}
	if key := keyOf(a.Key); key != a.Key {
		return slog.String(key, redact.Text(a.Value.String()))
	}
	return a
}

func keyOf(key string) string {
	switch key {
	case "err", "cause":
		return Key
	}
	return key
}
