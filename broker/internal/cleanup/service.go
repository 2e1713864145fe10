// Package cleanup deletes what is no longer of use, some at a time.
package cleanup

import (
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Service has the use cases of this subject. It is safe for concurrent use.
//
// A method returns a *kernel.Error for what the caller can act on; any other
// error is internal. Names that do not exist are kernel.CodeNotFound, those of
// pacticipants with kernel.ReasonUnknownName where the API names them.
type Service struct {
	*kernel.Base
	// Configured is what the clean-up of this broker takes, and When says when it
	// runs by itself, in words; empty if it does not.
	Configured Options
	When       string
	// previewing is held by whoever makes a preview: one at a time reads so much.
	previewing chan struct{}
}

// New returns the use cases on base.
func New(base *kernel.Base) *Service {
	return &Service{Base: base, previewing: make(chan struct{}, 1)}
}
