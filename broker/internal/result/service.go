// Package result takes verification results in, reads them back and sums them up.
package result

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
	contracts contracts
}

// New returns the use cases on base.
func New(base *kernel.Base) *Service {
	return &Service{Base: base}
}
