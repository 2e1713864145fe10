package registry

import (
	"context"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// deployments are the records of which a target holds one at a time.
var deployments = recordKind[kernel.DeployedVersion]{
	noun:      "deployed version",
	list:      kernel.Tx.ListDeployedVersions,
	version:   func(d kernel.DeployedVersion) string { return d.Version.Number },
	currently: func(d kernel.DeployedVersion) bool { return d.CurrentlyDeployed },
	end: func(tx kernel.Tx, d kernel.DeployedVersion, at time.Time, by string) (kernel.DeployedVersion, error) {
		err := tx.EndDeployment(d, at, by)
		d.CurrentlyDeployed, d.UndeployedAt = false, at
		return d, err
	},
	// The place is that of the application: another version may take it.
	rows: func(d kernel.DeployedVersion) []kernel.Row {
		return []kernel.Row{{Kind: kernel.RowPacticipant, ID: d.Version.Pacticipant.ID}, d.Row()}
	},
	field:   "currentlyDeployed",
	forever: "An ended deployment stays ended: currentlyDeployed does not go back to true. Record a new deployment instead.",
}

// RecordDeployment marks a version as deployed and ends the deployment it
// replaces. If it is deployed there already, it returns the existing record.
func (s *Service) RecordDeployment(ctx context.Context, in Deployment) (out kernel.DeployedVersion, err error) {
	fields := kernel.Fields{}
	kernel.CheckReason(fields, "reason", in.Reason)
	if in.Instance != "" {
		s.CheckName(fields, "applicationInstance", in.Instance)
	}
	if err := fields.Err(); err != nil {
		return out, err
	}
	foresee := func(ahead kernel.Tx, v kernel.Version, e kernel.Environment) {
		_, _ = ahead.RecordDeployment(kernel.DeployedVersion{Version: v, Environment: e, Instance: in.Instance}) // what it says comes later
	}
	err = s.record(ctx, in, foresee, func(tx kernel.Tx, v kernel.Version, e kernel.Environment, at time.Time) (err error) {
		out, err = tx.RecordDeployment(kernel.DeployedVersion{UUID: s.NewID(), Version: v, Environment: e, Instance: in.Instance, CreatedAt: at,
			Rollback: kernel.RollbackOf(in.Rollback), Reason: in.Reason, By: kernel.ByOf(ctx).Name})
		return err
	})
	return out, err
}

// ListDeployedVersions returns the deployments of a version to an environment,
// newest first, with the environment. Instance is ignored.
func (s *Service) ListDeployedVersions(ctx context.Context, in Deployment) ([]kernel.DeployedVersion, kernel.Environment, error) {
	return deployments.ofVersion(ctx, s, in)
}

// FindDeployedVersion returns the deployment with the uuid.
func (s *Service) FindDeployedVersion(ctx context.Context, uuid string) (kernel.DeployedVersion, error) {
	return deployments.find(ctx, s, uuid)
}

// UpdateDeployedVersion ends a deployment if currently is given and false. It
// returns CodeUnprocessable if currently is true: only a new record does that.
func (s *Service) UpdateDeployedVersion(ctx context.Context, uuid string, currently *bool) (kernel.DeployedVersion, error) {
	return deployments.update(ctx, s, uuid, currently)
}

// ListCurrentlyDeployed returns what is deployed in an environment, newest
// first, with the environment.
func (s *Service) ListCurrentlyDeployed(ctx context.Context, q CurrentQuery) ([]kernel.DeployedVersion, kernel.Environment, error) {
	return deployments.current(ctx, s, q)
}
