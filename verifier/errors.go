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

// The errors of pact-go's package provider. Exactly one of them holds for an
// error of [Verifier.VerifyProvider]; ask with errors.Is, as the error itself
// has the report.
var (
	// ErrVerificationFailed says that everything was tried and something is not
	// as a pact expects, or ended in an error that counts as such, like that of
	// a state handler.
	ErrVerificationFailed = errors.New("the provider was verified and does not keep every pact")
	// ErrVerifierFailedToRun says that something could not be tried, or that
	// results which were to be published could not be. It holds also where
	// another interaction has failed: who tolerates [ErrVerificationFailed]
	// must not tolerate what nobody has looked at.
	ErrVerifierFailedToRun = errors.New("the verification could not be done as a whole")
)

// ErrNoPacts is wrapped in the error of a run whose sources hold no pact for the
// provider, where that is not allowed; ask with errors.Is.
var ErrNoPacts = errors.New("there is no pact to verify")

// OptionError says that an option is missing or wrong.
type OptionError struct {
	// Field of [Options] or [VerifyRequest], such as "Broker.URL".
	Field string
	// Problem as a sentence that says what to do.
	Problem string
}

// Error names the field and says what to do.
func (e *OptionError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Problem) }

// FailedError is the error of a report that is not a success.
type FailedError struct {
	// Report is the whole of what was found.
	Report Report
}

// Error gives the counts in one line; the report has the rest.
func (e *FailedError) Error() string { return e.Report.Summary() }

// Is reports whether target is what the report says: [ErrContractBroken] and
// [ErrNotVerified], of which both can hold, and pact-go's
// [ErrVerificationFailed] or [ErrVerifierFailedToRun]. It makes errors.Is work.
func (e *FailedError) Is(target error) bool {
	counts := e.Report.Counts()
	switch target {
	case ErrVerificationFailed:
		return !e.Report.OK() && e.Report.complete()
	case ErrVerifierFailedToRun:
		return !e.Report.complete()
	case ErrContractBroken:
		return counts.Failed > 0
	case ErrNotVerified:
		return counts.Errors > 0 || counts.NotRun > 0 || len(e.Report.Problems) > 0
	default:
		return false
	}
}

// startError says that there was no run at all, for the reason that it wraps.
type startError struct{ reason error }

func (e *startError) Error() string { return e.reason.Error() }
func (e *startError) Unwrap() error { return e.reason }

func (e *startError) Is(target error) bool {
	return target == ErrNotVerified || target == ErrVerifierFailedToRun
}
