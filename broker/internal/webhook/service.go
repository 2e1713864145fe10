// Package webhook keeps webhooks, finds those that wait for an event, and says what
// each has to send. Package delivery, below it, sends.
package webhook

import (
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
)

// Service has the use cases of this subject. It is safe for concurrent use.
//
// A method returns a *kernel.Error for what the caller can act on; any other
// error is internal. Names that do not exist are kernel.CodeNotFound, those of
// pacticipants with kernel.ReasonUnknownName where the API names them.
type Service struct {
	*kernel.Base
	// Executor sends test executions; nil if this process sends none.
	Executor Executor
	// Schedule holds the waits after failed attempts.
	Schedule []time.Duration
	secrets  *secret.Service
}

// New returns the use cases on base, with the secrets that webhooks may name.
func New(base *kernel.Base, secrets *secret.Service) *Service {
	return &Service{Base: base, secrets: secrets}
}
