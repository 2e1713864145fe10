package contract

import (
	"fmt"
)

// UnsupportedError tells that a version of the specification cannot express
// what is in a pact.
type UnsupportedError struct {
	// Where is the place in the pact, such as "interactions[2] \"a user\"".
	Where string
	// What cannot be expressed, such as "a synchronous message".
	What string
	// Version that was asked for.
	Version SpecVersion
	// Needs is the lowest version that can; [VersionUnknown] if none can.
	Needs SpecVersion
}

// Error says what cannot be written and which version can.
func (e *UnsupportedError) Error() string {
	text := fmt.Sprintf("pact: %s: version %s cannot express %s", e.Where, e.Version, e.What)
	if e.Needs != VersionUnknown {
		text += fmt.Sprintf("; write version %s or later", e.Needs)
	}
	return text
}

func (e *encoder) unsupported(needs SpecVersion, format string, args ...any) error {
	return &UnsupportedError{Where: e.where, What: fmt.Sprintf(format, args...), Version: e.version, Needs: needs}
}
