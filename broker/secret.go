package broker

import (
	"fmt"

	"github.com/treatyhq/treaty/internal/redact"
)

// Secret is text that no way of printing shows. Reveal returns it.
type Secret string

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// String returns stars, or nothing if there is no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redact.Stars
}

// GoString is String.
func (s Secret) GoString() string { return s.String() }

// Format prints String for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// MarshalText makes JSON and logs show String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
