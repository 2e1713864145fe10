// Package publish takes contracts in: publishing and merging them, reading them
// back, comparing two, and deleting them.
package publish

import (
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

// Service has the use cases of this subject. It is safe for concurrent use.
//
// A method returns a *kernel.Error for what the caller can act on; any other
// error is internal. Names that do not exist are kernel.CodeNotFound, those of
// pacticipants with kernel.ReasonUnknownName where the API names them.
type Service struct {
	*kernel.Base
	registry *registry.Service
	webhook  *webhook.Service

	diffs turns
	kept  keptDiffs
}

// New returns the use cases on base.
func New(base *kernel.Base, versions *registry.Service, hooks *webhook.Service) *Service {
	return &Service{Base: base, registry: versions, webhook: hooks, diffs: make(turns, 1)}
}
