// Package caught turns a panic into an error that can be reported: what was
// thrown, and the last calls before it by name, file and line. Folders are
// left out, because reports go to other people's screens and databases.
package caught

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"strings"
)

// most is how many calls an [Error] tells.
const most = 8

// Error is a panic that was caught.
type Error struct {
	Value any
	// Calls are the last calls before the panic, the innermost first.
	Calls []string
}

// Error gives the value in one line and each call in one of its own.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "it panicked: %v", e.Value)
	for _, call := range e.Calls {
		b.WriteString("\n  at " + call)
	}
	return b.String()
}

// Unwrap returns the value if it is an error.
func (e *Error) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// errGoexit is what is left of a function that ended its goroutine, as
// testing.T.FailNow does.
var errGoexit = errors.New("it ended its goroutine without returning")

// Do runs f. A panic of f comes back as an [*Error].
func Do(f func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = New(p)
		}
	}()
	f()
	return nil
}

// Apart runs f as [Do] does, in a goroutine of its own and sends what became
// of it: also when f ends its goroutine, which must not be the caller's.
func Apart(f func() error) <-chan error {
	done := make(chan error, 1)
	go func() {
		err := errGoexit
		defer func() { done <- err }()
		if p := Do(func() { err = f() }); p != nil {
			err = p
		}
	}()
	return done
}

// New returns the error of a value that recover gave. It is called by the
// deferred function itself, while the calls before the panic are still known.
func New(value any) *Error {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	e := &Error{Value: value}
	thrown := false
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			thrown, e.Calls = true, nil
		case thrown && !strings.HasPrefix(f.Function, "runtime.") && len(e.Calls) < most:
			e.Calls = append(e.Calls, fmt.Sprintf("%s (%s:%d)", path.Base(f.Function), path.Base(f.File), f.Line))
		}
		if !more {
			return e
		}
	}
}
