package broker

import (
	"fmt"
	"net/url"
	"strings"
)

// Secret is text that no way of printing shows. Reveal returns it.
type Secret string

// stars stand for a secret, whatever its length.
const stars = "*****"

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// String returns stars, or nothing if there is no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return stars
}

// GoString is String.
func (s Secret) GoString() string { return s.String() }

// Format prints String for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// MarshalText makes JSON and logs show String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// redactURL replaces the password of a database URL by stars. A text that
// looks like a URL but is none is replaced whole.
func redactURL(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	u, err := url.Parse(text)
	if err != nil {
		scheme, _, _ := strings.Cut(text, "://")
		return scheme + "://" + stars
	}
	if _, has := u.User.Password(); has {
		name := u.User.Username()
		u.User = nil
		rest := strings.TrimPrefix(u.String(), u.Scheme+"://")
		return u.Scheme + "://" + url.PathEscape(name) + ":" + stars + "@" + hidePasswordParameter(rest)
	}
	return hidePasswordParameter(u.String())
}

// hidePasswordParameter covers the other place where PostgreSQL URLs may
// carry a password.
func hidePasswordParameter(text string) string {
	before, after, found := strings.Cut(text, "password=")
	if !found {
		return text
	}
	_, rest, more := strings.Cut(after, "&")
	if more {
		rest = "&" + rest
	}
	return before + "password=" + stars + rest
}
