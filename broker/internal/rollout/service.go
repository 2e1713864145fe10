// Package rollout follows how versions come to environments: by rollouts, during which
// two versions are live, and by deployments that ask the gate first. It records and
// answers; whoever deploys acts. Rules that have a letter and a number in a comment are
// those of docs/guide/rollouts.md.
package rollout

import (
	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Service has the use cases of this subject. It is safe for concurrent use.
type Service struct {
	*kernel.Base
	gate *gate.Service
}

// New returns the use cases on base, which ask the gate.
func New(base *kernel.Base, gate *gate.Service) *Service { return &Service{Base: base, gate: gate} }
