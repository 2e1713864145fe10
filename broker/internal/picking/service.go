// Package picking answers a provider that asks for the pacts to verify: which the
// selectors pick, which are pending or work in progress, and why.
package picking

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
	// next is what pages say of the next verification.
	next kernel.Kinds[nextName, kernel.Standing[WhyAnswer]]
}

// New returns the use cases on base.
func New(base *kernel.Base) *Service {
	return &Service{Base: base}
}
