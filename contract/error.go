package contract

import (
	"strings"
)

// FormatError tells that something is not written the way the Pact
// Specification asks for, and where.
type FormatError struct {
	// Where is the place in the document, such as "interactions[3].request.status";
	// empty for the document itself.
	Where string
	// What is wrong, as a sentence that says what was expected.
	What string
	// Err is the cause, if another package found it.
	Err error
}

// Error returns place and reason in one line.
func (e *FormatError) Error() string {
	var b strings.Builder
	b.WriteString("pact: ")
	if e.Where != "" {
		b.WriteString(e.Where + ": ")
	}
	b.WriteString(e.What)
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns Err, for errors.Is and errors.As; nil if there is none.
func (e *FormatError) Unwrap() error { return e.Err }
