package generate

import (
	"errors"
	"fmt"

	"github.com/treatyhq/treaty/contract"
)

// Error tells that a generator could not make a value. The example stays.
type Error struct {
	// Category and Key say which generator, as in the pact file; Key is empty
	// for method, path and status.
	Category contract.Category
	Key      string
	// Type of the generator, such as "RandomInt".
	Type string
	// Err is the reason: ErrUnknownType, ErrNoValue, or what is wrong with an
	// attribute.
	Err error
}

// Error says which generator failed and why.
func (e *Error) Error() string {
	where := string(e.Category)
	if e.Key != "" {
		where += " " + e.Key
	}
	return fmt.Sprintf("generator %s at %s: %v; the example is kept", e.Type, where, e.Err)
}

// Unwrap returns Err, for errors.Is.
func (e *Error) Unwrap() error { return e.Err }

// Reasons that an [*Error] wraps; ask with errors.Is.
var (
	// ErrUnknownType is the reason when there is no such generator.
	ErrUnknownType = errors.New("there is no generator of this type")
	// ErrNoValue is the reason when the context lacks what the generator draws from.
	ErrNoValue = errors.New("no value for it")
)

// errOtherMode tells that a generator does not apply in this mode, which is
// not a failure.
var errOtherMode = errors.New("does not apply in this mode")
