package matching

import "github.com/treatyhq/treaty/contract"

// Request compares a received request with an expected one. Unexpected query
// parameters and JSON keys are mismatches.
func Request(expected, actual contract.Request) Result { return Result{} }

// Response compares a received response with an expected one. Unexpected
// headers and JSON keys are accepted.
func Response(expected, actual contract.Response) Result { return Result{} }

// Message compares contents and metadata of a message; unexpected keys are
// accepted.
func Message(expected, actual contract.Message) Result { return Result{} }
