package command

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// The exit statuses. Unlike many tools, a wrong call is 1 as well: pipelines
// written for the Pact clients expect it.
const (
	exitYes     = 0
	exitNo      = 1
	exitNoReply = 2 // could not ask; only where an option asks for the difference
)

// errSilent ends a command with status 1 without another word: the answer is
// no and has been printed.
var errSilent = errors.New("answered no")

// statusError is an error with its own exit status.
type statusError struct {
	status int
	err    error
}

func (s *statusError) Error() string { return s.err.Error() }
func (s *statusError) Unwrap() error { return s.err }

// exitStatus gives err another exit status than 1. It returns nil for nil.
func exitStatus(status int, err error) error {
	if err == nil {
		return nil
	}
	return &statusError{status: status, err: err}
}

// nextError is an error and what its reader should do about it.
type nextError struct {
	err  error
	step string
}

func (n *nextError) Error() string { return n.err.Error() }
func (n *nextError) Unwrap() error { return n.err }

// next attaches the next step to err: a sentence or a command to type. The
// innermost step wins, because it knows most. It returns nil for nil.
func next(err error, format string, args ...any) error {
	var known *nextError
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &nextError{err: err, step: fmt.Sprintf(format, args...)}
}

// report prints err to w and returns the exit status it means.
func report(w io.Writer, err error) int {
	if err == nil {
		return exitYes
	}
	status := exitNo
	var own *statusError
	if errors.As(err, &own) {
		status = own.status
	}
	if errors.Is(err, errSilent) {
		return status
	}
	err = explain(err)
	fmt.Fprintf(w, "treaty: %s\n", cutLines(err.Error()))
	var advice *nextError
	if errors.As(err, &advice) {
		fmt.Fprintf(w, "  next: %s\n", cutLines(advice.step))
	}
	return status
}

// cutLines keeps a message readable that repeats something very long, such as
// a name of 10,000 characters.
func cutLines(text string) string {
	const most = 600
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if runes := []rune(line); len(runes) > most {
			lines[i] = string(runes[:most]) + "…"
		}
	}
	return strings.Join(lines, "\n")
}
