package broker

import (
	"fmt"

	"github.com/treatyhq/treaty/internal/redact"
)

// Secret is text that no way of printing shows, in logs and as JSON neither.
// Reveal returns it.
type Secret string

// Reveal returns the text itself; it is the only way to it.
func (s Secret) Reveal() string { return string(s) }

// String returns stars, or nothing if there is no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redact.Stars
}

// GoString returns the same stars, for %#v.
func (s Secret) GoString() string { return s.String() }

// Format prints stars for every verb of package fmt.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// MarshalText returns stars, so that JSON and logs show nothing else. The error is
// always nil.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
