package verifier

import (
	"errors"
	"fmt"
)

// The two ways in which a verification is not a success. Use errors.Is with
// the error of [Verifier.VerifyProvider], or of [Report.Err]. Both can hold.
var (
	// ErrContractBroken says that the provider answered and did not do what a
	// pact expects of it.
	ErrContractBroken = errors.New("the provider breaks a pact")
	// ErrNotVerified says that something could not be tried: a pact could not
	// be loaded, the provider not reached, a provider state not set up, or the
	// results not be published. The contract may be fine.
	ErrNotVerified = errors.New("not everything could be verified")
)

// ErrNoPacts is returned when the sources hold no pact for the provider and
// that is not allowed.
var ErrNoPacts = errors.New("there is no pact to verify")

// OptionError says that an option is missing or wrong.
type OptionError struct {
	// Field of [Options].
	Field string
	// Problem as a sentence that says what to do.
	Problem string
}

func (e *OptionError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Problem) }

// FailedError is the error of a report that is not a success.
type FailedError struct {
	Report Report
}

// Error gives the counts in one line; the report has the rest.
func (e *FailedError) Error() string { return e.Report.Summary() }

// Is makes errors.Is work with [ErrContractBroken] and [ErrNotVerified].
func (e *FailedError) Is(target error) bool {
	counts := e.Report.Counts()
	switch target {
	case ErrContractBroken:
		return counts.Failed > 0
	case ErrNotVerified:
		return counts.Errors > 0 || counts.NotRun > 0 || len(e.Report.Problems) > 0
	default:
		return false
	}
}
