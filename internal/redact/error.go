package redact

import (
	"errors"
	"net/url"
)

// errNoURL stands for what net/url says of a text that it cannot parse, which
// quotes the part that it stumbled over.
var errNoURL = errors.New("it cannot be read as a URL")

// Error returns an error of net/http or net/url as it may be shown: without the
// URL that they put into theirs, which the caller names itself, and with Text
// applied to the rest. errors.Is and errors.As see through it.
func Error(err error) error {
	if err == nil {
		return nil
	}
	shown := err
	var found *url.Error
	if errors.As(err, &found) {
		shown = found.Err
		if found.Op == "parse" {
			shown = errNoURL
		}
	}
	return &quiet{text: Text(shown.Error()), cause: err}
}

// quiet is an error with a text of its own.
type quiet struct {
	text  string
	cause error
}

func (q *quiet) Error() string { return q.text }

func (q *quiet) Unwrap() error { return q.cause }
