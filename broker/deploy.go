package broker

import (
	"context"
	"time"
)

// deployments are the records of which a target holds one at a time.
var deployments = recordKind[DeployedVersion]{
	noun:      "deployed version",
	list:      Tx.ListDeployedVersions,
	version:   func(d DeployedVersion) string { return d.Version.Number },
	currently: func(d DeployedVersion) bool { return d.CurrentlyDeployed },
	end: func(tx Tx, d DeployedVersion, at time.Time) (DeployedVersion, error) {
		err := tx.EndDeployment(d, at)
		d.CurrentlyDeployed, d.UndeployedAt = false, at
		return d, err
	},
	field:   "currentlyDeployed",
	forever: "An ended deployment stays ended: currentlyDeployed does not go back to true. Record a new deployment instead.",
}

// RecordDeployment marks a version as deployed and ends the deployment it
// replaces. If it is deployed there already, it returns the existing record.
func (s *Service) RecordDeployment(ctx context.Context, in Deployment) (out DeployedVersion, err error) {
	fields := Fields{}
	if in.Instance != "" {
		s.checkName(fields, "applicationInstance", in.Instance)
	}
	if err := fields.Err(); err != nil {
		return out, err
	}
	err = s.record(ctx, in, func(tx Tx, v Version, e Environment, at time.Time) (err error) {
		out, err = tx.RecordDeployment(DeployedVersion{UUID: s.NewID(), Version: v, Environment: e, Instance: in.Instance, CreatedAt: at})
		return err
	})
	return out, err
}

// ListDeployedVersions returns the deployments of a version to an environment,
// newest first, with the environment. Instance is ignored.
func (s *Service) ListDeployedVersions(ctx context.Context, in Deployment) ([]DeployedVersion, Environment, error) {
	return deployments.ofVersion(ctx, s, in)
}

// FindDeployedVersion returns the deployment with the uuid.
func (s *Service) FindDeployedVersion(ctx context.Context, uuid string) (DeployedVersion, error) {
	return deployments.find(ctx, s, uuid)
}

// UpdateDeployedVersion ends a deployment if currently is given and false. It
// returns CodeUnprocessable if currently is true: only a new record does that.
func (s *Service) UpdateDeployedVersion(ctx context.Context, uuid string, currently *bool) (DeployedVersion, error) {
	return deployments.update(ctx, s, uuid, currently)
}

// ListCurrentlyDeployed returns what is deployed in an environment, newest
// first, with the environment.
func (s *Service) ListCurrentlyDeployed(ctx context.Context, q CurrentQuery) ([]DeployedVersion, Environment, error) {
	return deployments.current(ctx, s, q)
}
