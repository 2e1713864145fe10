// Package overview answers what pages show of the whole: the state of applications
// and environments, the latest pact of each pair, the network of applications,
// and the provider states that consumers rely on.
package overview

import (
	"sync/atomic"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Service has the use cases of this subject. It is safe for concurrent use.
//
// A method returns a *kernel.Error for what the caller can act on; any other
// error is internal. Names that do not exist are kernel.CodeNotFound, those of
// pacticipants with kernel.ReasonUnknownName where the API names them.
type Service struct {
	*kernel.Base
	counting counting
	// everything and what follows are what many look at.
	everything   *standing[Everything]
	happenings   *standing[[]Happening]
	environments kernel.Kinds[string, standing[EnvironmentAnswer]]
	applications kernel.Kinds[ApplicationQuery, standing[ApplicationAnswer]]
	versions     kernel.Kinds[versionName, standing[VersionAnswer]]
	// comparisons and network follow from everything; looks counts looks at that.
	comparisons kernel.Kinds[string, drawn[EnvironmentComparison]]
	network     *drawn[Map]
	looks       atomic.Int64
	usages      *usages
}

// New returns the use cases on base.
func New(base *kernel.Base) *Service {
	return &Service{Base: base, everything: newStanding[Everything](), happenings: newStanding[[]Happening](), network: newDrawn[Map](), usages: newUsages()}
}

// listEnvironments returns all environments in the order of pages. The API lists them
// in its own.
func listEnvironments(tx kernel.Tx) ([]kernel.Environment, error) {
	found, err := tx.ListEnvironments()
	return kernel.ProductionFirst(found), err
}
