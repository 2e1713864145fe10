package broker

import "fmt"

// ListenError means that the broker could not take its port.
type ListenError struct {
	Address string
	Cause   error
}

func (e *ListenError) Error() string {
	return fmt.Sprintf("cannot listen on %s: %v", e.Address, e.Cause)
}

// Unwrap returns the cause; syscall.EADDRINUSE if another program has the port.
func (e *ListenError) Unwrap() error { return e.Cause }

// DatabaseError means that the database could not be opened or brought up to
// date.
type DatabaseError struct {
	// URL of the database without its password.
	URL   string
	Cause error
}

func (e *DatabaseError) Error() string {
	return fmt.Sprintf("cannot open the database %s: %v", e.URL, e.Cause)
}

// Unwrap returns the cause.
func (e *DatabaseError) Unwrap() error { return e.Cause }
