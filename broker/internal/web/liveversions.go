package web

import (
	"context"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/registry"
)

// liveVersion is a version that is deployed or released somewhere now.
type liveVersion struct {
	version kernel.Version
	how     string
	since   time.Time
}

// liveVersions lists what is deployed or supported in an environment, newest first.
func (w *web) liveVersions(ctx context.Context, e kernel.Environment) ([]liveVersion, error) {
	deployed, _, err := w.service.Registry.ListCurrentlyDeployed(ctx, registry.CurrentQuery{EnvironmentUUID: e.UUID})
	if err != nil {
		return nil, err
	}
	released, _, err := w.service.Registry.ListCurrentlySupported(ctx, registry.CurrentQuery{EnvironmentUUID: e.UUID})
	if err != nil {
		return nil, err
	}
	var live []liveVersion
	for _, d := range deployed {
		how := "deployed"
		if d.Instance != "" {
			how += " to " + d.Instance
		}
		live = append(live, liveVersion{d.Version, how, d.CreatedAt})
	}
	for _, s := range released {
		live = append(live, liveVersion{s.Version, "released", s.CreatedAt})
	}
	slices.SortStableFunc(live, func(a, b liveVersion) int { return b.since.Compare(a.since) })
	return live, nil
}
