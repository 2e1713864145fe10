package kernel

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Code says what kind of failure an Error is. The empty code means internal:
// the text of such an error is for the log only.
type Code string

// The codes of a domain error.
const (
	CodeInternal      Code = ""
	CodeInvalid       Code = "invalid"
	CodeUnauthorized  Code = "unauthorized"
	CodeForbidden     Code = "forbidden"
	CodeNotFound      Code = "not_found"
	CodeConflict      Code = "conflict"
	CodeUnprocessable Code = "unprocessable"
	CodeTooLarge      Code = "too_large"
	CodeUnavailable   Code = "unavailable"
	// CodeTimeout means that the answer would take more time or room than the
	// broker gives to a request of its kind.
	CodeTimeout Code = "timeout"
)

// Reason narrows a code where an answer depends on it.
type Reason string

// The reasons that change how an error is answered.
const (
	// ReasonUnknownName marks a CodeNotFound about a pacticipant that was
	// addressed by its name; the message names its role.
	ReasonUnknownName Reason = "unknown_name"
	// ReasonContentChanged marks a CodeConflict: the version already has a
	// pact with other content.
	ReasonContentChanged Reason = "content_changed"
	// ReasonMergeConflict marks a CodeConflict: an interaction with the same
	// description and provider states asks for something else.
	ReasonMergeConflict Reason = "merge_conflict"
	// ReasonSimilarName marks a CodeConflict: a new name looks like a
	// misspelt existing one.
	ReasonSimilarName Reason = "similar_name"
	// ReasonTaken marks a CodeConflict: what may be there once is there, such as a
	// name. Where the database finds it, somebody else has stored it just now.
	ReasonTaken Reason = "taken"
	// ReasonLasting marks a CodeUnavailable that ends when somebody mends
	// something: trying again does not help.
	ReasonLasting Reason = "lasting"
	// ReasonOutcomeUnknown marks a CodeUnavailable after which nobody knows
	// whether something is stored. After others, nothing is.
	ReasonOutcomeUnknown Reason = "outcome_unknown"
	// ReasonOutdated marks a CodeUnavailable: a newer release has changed the
	// database, and this program cannot work with it any more.
	ReasonOutdated Reason = "outdated"
	// ReasonGateRefused marks a CodeConflict: somebody asked first, and the gate did
	// not say yes.
	ReasonGateRefused Reason = "gate_refused"
	// ReasonRolloutRunning marks a CodeConflict: another rollout runs in the place.
	ReasonRolloutRunning Reason = "rollout_running"
	// ReasonRolloutEnded marks a CodeConflict: a rollout that has ended stays as it is.
	ReasonRolloutEnded Reason = "rollout_ended"
	// ReasonAlreadyDeployed marks a CodeConflict: the version is current in the place.
	ReasonAlreadyDeployed Reason = "already_deployed"
)

// Fields maps a field of the input to what is wrong with it. The empty key
// holds what concerns no single field. Nested fields are joined by a dot.
type Fields map[string][]string

// Add appends a message for field.
func (f Fields) Add(field, format string, args ...any) {
	f[field] = append(f[field], fmt.Sprintf(format, args...))
}

// Err returns a CodeInvalid error with f, or nil if f is empty.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Code: CodeInvalid, Message: f.String(), Fields: f}
}

// BeyondLimit returns a CodeUnprocessable error with f, or nil if f is empty: each of
// them is right by itself, and all of them are too many.
func (f Fields) BeyondLimit() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Code: CodeUnprocessable, Message: f.String(), Fields: f}
}

// String lists the fields and their messages in a fixed order.
func (f Fields) String() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(f)) {
		for _, message := range f[name] {
			parts = append(parts, strings.TrimSpace(name+" "+message))
		}
	}
	return strings.Join(parts, "; ")
}

// Error is a failure that the caller can act on.
type Error struct {
	Code Code
	// Message is a sentence for a person. It may be shown to anybody.
	Message string
	// Fields holds the problems by field when Code is CodeInvalid or
	// CodeUnprocessable, and which field of a CodeConflict is taken.
	Fields Fields
	// Reason is set where the code alone does not decide the answer.
	Reason Reason
	// Notices are lines for the person who published, in order. Only
	// PublishContracts sets them.
	Notices []Notice

	cause error
}

// Errorf returns an Error with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Because returns e with its cause set. The text of a cause is for the log only:
// it may be a driver's, with hosts, users and statements in it. What a person
// should read of another error goes into the message.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

// WithReason returns e with its reason set.
func (e *Error) WithReason(r Reason) *Error {
	e.Reason = r
	return e
}

// Error returns the message. The cause is not in it: see Unwrap.
func (e *Error) Error() string {
	if e.Message == "" {
		return string(e.Code)
	}
	return e.Message
}

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.cause }

// CodeOf returns the code of the first Error in err's chain, CodeInternal if
// there is none.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// ReasonOf returns the reason of the first Error in err's chain.
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// NameTaken returns the error for a name that something of the same sort has already:
// a CodeConflict that names the field. what is the sort, with its article.
func NameTaken(what string) *Error {
	e := Errorf(CodeConflict, "There is %s with this name already.", what).WithReason(ReasonTaken)
	e.Fields = Fields{"name": {"is taken: there is " + what + " with this name already"}}
	return e
}

// OrNameTaken returns the error of a transaction that has written something with a
// name, with a sentence for people if the database found the name taken. Of two that
// take one name at once both see it free before.
func OrNameTaken(err error, what string) error {
	var known *Error
	if errors.As(err, &known) && known.Reason == ReasonTaken && len(known.Fields) == 0 {
		return NameTaken(what).Because(err)
	}
	return err
}

// OfTime returns the error of a request whose time is over, in place of a context's;
// any other error as it is.
func OfTime(err error) error {
	var known *Error
	if errors.As(err, &known) || !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return Errorf(CodeUnavailable, "This took longer than the broker gives to a request, so that it was given up and nothing of it is stored. Try again.").Because(err)
}

// IsNotFound reports whether err says that something does not exist.
func IsNotFound(err error) bool { return CodeOf(err) == CodeNotFound }

// Role is the part a pacticipant plays in a sentence.
type Role string

// The roles.
const (
	RolePacticipant Role = "pacticipant"
	RoleConsumer    Role = "consumer"
	RoleProvider    Role = "provider"
)

// UnknownName returns the error for a pacticipant that does not exist.
func UnknownName(role Role, name string) *Error {
	return Errorf(CodeNotFound, "No %s with name '%s' found", role, name).WithReason(ReasonUnknownName)
}

// Exists turns a Find into an answer.
func Exists[T any](_ T, err error) (bool, error) {
	if IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// IgnoreNotFound returns err unless it is CodeNotFound.
func IgnoreNotFound(err error) error {
	if IsNotFound(err) {
		return nil
	}
	return err
}
