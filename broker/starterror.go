package broker

import (
	"fmt"

	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/internal/redact"
)

// ListenError means that the broker could not take its port.
type ListenError struct {
	// Address is host and port.
	Address string
	// Cause is the system's error.
	Cause error
}

// Error names the address and why it could not be taken.
func (e *ListenError) Error() string {
	return fmt.Sprintf("cannot listen on %s: %v", e.Address, e.Cause)
}

// Unwrap returns Cause; with errors.Is it is syscall.EADDRINUSE if another program
// has the port.
func (e *ListenError) Unwrap() error { return e.Cause }

// DatabaseError means that the database could not be opened or brought up to
// date.
type DatabaseError struct {
	// URL of the database without its user and password.
	URL string
	// Cause is for the log: a driver's holds statements and names.
	Cause error
}

// Error says what is wrong with the database, without words of the driver and
// without secrets.
func (e *DatabaseError) Error() string {
	return fmt.Sprintf("cannot open the database %s: %s", e.URL, reason(e.Cause))
}

// Damaged reports whether the file of the database is damaged, or never was one: then
// only a backup helps.
func (e *DatabaseError) Damaged() bool { return store.Damaged(e.Cause) }

// told returns an error of the database in words of ours. errors.Is and errors.As
// see through it.
func told(err error) error {
	if err == nil || store.Reason(err) == "" {
		return err
	}
	return &toldError{err}
}

type toldError struct{ cause error }

func (e *toldError) Error() string { return reason(e.cause) }

func (e *toldError) Unwrap() error { return e.cause }

// reason is what may be told of an error of the database.
func reason(err error) string {
	if known := store.Reason(err); known != "" {
		return known
	}
	return redact.Text(err.Error())
}

// Unwrap returns Cause, for errors.Is and errors.As.
func (e *DatabaseError) Unwrap() error { return e.Cause }
