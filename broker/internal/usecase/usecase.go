// Package usecase puts the subjects of the broker together, for whoever answers
// requests and for tests.
package usecase

import (
	"github.com/treatyhq/treaty/broker/internal/audit"
	"github.com/treatyhq/treaty/broker/internal/cleanup"
	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/picking"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/rollout"
	"github.com/treatyhq/treaty/broker/internal/secret"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

// All is the broker without HTTP and without a database: every use case, by its
// subject. It is safe for concurrent use.
type All struct {
	*kernel.Base
	Registry *registry.Service
	Publish  *publish.Service
	Result   *result.Service
	Picking  *picking.Service
	Gate     *gate.Service
	Rollout  *rollout.Service
	Webhook  *webhook.Service
	Cleanup  *cleanup.Service
	Overview *overview.Service
	Identity *identity.Service
	Secret   *secret.Service
	Audit    *audit.Service
}

// New returns all use cases on store, with the real clock and random ids.
func New(store kernel.Store, settings kernel.Settings) *All {
	base := kernel.NewBase(store, settings)
	all := &All{
		Base:     base,
		Registry: registry.New(base),
		Result:   result.New(base),
		Picking:  picking.New(base),
		Gate:     gate.New(base),
		Cleanup:  cleanup.New(base),
		Overview: overview.New(base),
		Identity: identity.New(base),
		Secret:   secret.New(base),
		Audit:    audit.New(base),
	}
	all.Rollout = rollout.New(base, all.Gate)
	all.Webhook = webhook.New(base, all.Secret)
	all.Publish = publish.New(base, all.Registry, all.Webhook)
	return all
}
