package registry

import (
	"context"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// releases are the records that stand beside each other: a version stays
// supported when the next one comes.
var releases = recordKind[kernel.ReleasedVersion]{
	noun:      "released version",
	list:      kernel.Tx.ListReleasedVersions,
	version:   func(r kernel.ReleasedVersion) string { return r.Version.Number },
	currently: func(r kernel.ReleasedVersion) bool { return r.CurrentlySupported },
	end: func(tx kernel.Tx, r kernel.ReleasedVersion, at time.Time, _ string) (kernel.ReleasedVersion, error) {
		err := tx.EndRelease(r, at)
		r.CurrentlySupported, r.SupportEndedAt, r.UpdatedAt = false, at, at
		return r, err
	},
	rows:    func(r kernel.ReleasedVersion) []kernel.Row { return []kernel.Row{r.Row()} },
	field:   "currentlySupported",
	forever: "Support that ended stays ended: currentlySupported does not go back to true. Record a new release instead.",
}

// RecordRelease marks a version as released and supported, and reports whether
// the record is new.
func (s *Service) RecordRelease(ctx context.Context, in Deployment) (out kernel.ReleasedVersion, created bool, err error) {
	err = s.record(ctx, in, func(kernel.Tx, kernel.Version, kernel.Environment) {}, func(tx kernel.Tx, v kernel.Version, e kernel.Environment, at time.Time) (err error) {
		out, created, err = tx.RecordRelease(kernel.ReleasedVersion{UUID: s.NewID(), Version: v, Environment: e, CreatedAt: at})
		return err
	})
	return out, created, err
}

// ListReleasedVersions returns the releases (at most one) of a version to an
// environment, with the environment.
func (s *Service) ListReleasedVersions(ctx context.Context, in Deployment) ([]kernel.ReleasedVersion, kernel.Environment, error) {
	return releases.ofVersion(ctx, s, in)
}

// FindReleasedVersion returns the release with the uuid.
func (s *Service) FindReleasedVersion(ctx context.Context, uuid string) (kernel.ReleasedVersion, error) {
	return releases.find(ctx, s, uuid)
}

// UpdateReleasedVersion ends support if currently is given and false. It
// returns CodeUnprocessable if currently is true: only a new record does that.
func (s *Service) UpdateReleasedVersion(ctx context.Context, uuid string, currently *bool) (kernel.ReleasedVersion, error) {
	return releases.update(ctx, s, uuid, currently)
}

// ListCurrentlySupported returns what is supported in an environment, oldest
// first, with the environment.
func (s *Service) ListCurrentlySupported(ctx context.Context, q CurrentQuery) ([]kernel.ReleasedVersion, kernel.Environment, error) {
	out, environment, err := releases.current(ctx, s, q)
	slices.Reverse(out)
	return out, environment, err
}
