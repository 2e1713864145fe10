package command

import (
	"errors"
	"fmt"
)

// The exit statuses. Unlike many tools, a wrong call is 1 as well: pipelines
// written for the Pact clients expect it.
const (
	ExitYes = 0
	ExitNo  = 1
)

// ErrSilent ends a command with status 1 without another word: the answer is
// no and has been printed.
var ErrSilent = errors.New("answered no")

// statusError is an error with its own exit status.
type statusError struct {
	status int
	err    error
}

func (s *statusError) Error() string { return s.err.Error() }
func (s *statusError) Unwrap() error { return s.err }

// WithStatus gives err another exit status than 1. It returns nil for nil.
func WithStatus(status int, err error) error {
	if err == nil {
		return nil
	}
	return &statusError{status: status, err: err}
}

// StatusOf returns the exit status that err was given, and whether it was
// given one.
func StatusOf(err error) (status int, given bool) {
	var own *statusError
	if errors.As(err, &own) {
		return own.status, true
	}
	return ExitNo, false
}

// nextError is an error and what its reader should do about it.
type nextError struct {
	err  error
	step string
}

func (n *nextError) Error() string { return n.err.Error() }
func (n *nextError) Unwrap() error { return n.err }

// Next attaches the next step to err: a sentence or a command to type. The
// innermost step wins, because it knows most. It returns nil for nil.
func Next(err error, format string, args ...any) error {
	var known *nextError
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &nextError{err: err, step: fmt.Sprintf(format, args...)}
}

// StepOf returns the next step that is attached to err, or "".
func StepOf(err error) string {
	var advice *nextError
	if errors.As(err, &advice) {
		return advice.step
	}
	return ""
}
