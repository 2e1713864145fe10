package web

import (
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/overview"
)

// liveVersion is a version that is deployed or released somewhere now.
type liveVersion struct {
	version kernel.Version
	how     string
	since   time.Time
}

// howDeployed says how a version came, and whether it stays.
func howDeployed(d kernel.DeployedVersion) string {
	how := "deployed"
	switch {
	case d.Candidate:
		how = "being rolled out"
	case d.Rollout != "" && d.PromotedAt.IsZero():
		how = "rolled out and aborted"
	}
	if d.Instance != "" {
		how += " to " + d.Instance
	}
	return how
}

// liveVersions lists what is deployed or supported in an environment, newest first.
func liveVersions(e overview.EnvironmentState) []liveVersion {
	var live []liveVersion
	for _, d := range e.Deployed {
		live = append(live, liveVersion{d.Version, howDeployed(d), d.CreatedAt})
	}
	for _, s := range e.Released {
		live = append(live, liveVersion{s.Version, "released", s.CreatedAt})
	}
	slices.SortStableFunc(live, func(a, b liveVersion) int { return b.since.Compare(a.since) })
	return live
}
