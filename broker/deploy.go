package broker

import (
	"context"
	"slices"
)

// RecordDeployment marks a version as deployed and ends the deployment it
// replaces. If it is deployed there already, it returns the existing record.
func (s *Service) RecordDeployment(ctx context.Context, in Deployment) (DeployedVersion, error) {
	fields := Fields{}
	checkLine(fields, "applicationInstance", in.Instance)
	if err := fields.Err(); err != nil {
		return DeployedVersion{}, err
	}
	var out DeployedVersion
	at := s.now()
	err := s.Store.Update(ctx, func(tx Tx) error {
		v, e, err := findPlace(tx, in)
		if err != nil {
			return err
		}
		out, err = tx.RecordDeployment(DeployedVersion{UUID: s.NewID(), Version: v, Environment: e, Instance: in.Instance, CreatedAt: at})
		return err
	})
	return out, err
}

func findPlace(tx Tx, in Deployment) (Version, Environment, error) {
	v, err := findVersion(tx, in.Pacticipant, in.Version)
	if err != nil {
		return v, Environment{}, err
	}
	e, err := tx.FindEnvironment(in.EnvironmentUUID)
	return v, e, err
}

// ListDeployedVersions returns the deployments of a version to an environment,
// newest first, with the environment. Instance is ignored.
func (s *Service) ListDeployedVersions(ctx context.Context, in Deployment) ([]DeployedVersion, Environment, error) {
	var out []DeployedVersion
	var environment Environment
	err := s.Store.View(ctx, func(tx Tx) error {
		v, e, err := findPlace(tx, in)
		if err != nil {
			return err
		}
		environment = e
		out, err = tx.ListDeployedVersions(RecordFilter{VersionID: v.ID, EnvironmentID: e.ID})
		return err
	})
	return out, environment, err
}

// FindDeployedVersion returns the deployment with the uuid.
func (s *Service) FindDeployedVersion(ctx context.Context, uuid string) (DeployedVersion, error) {
	var out DeployedVersion
	err := s.Store.View(ctx, func(tx Tx) error {
		var err error
		out, err = findDeployed(tx, uuid)
		return err
	})
	return out, err
}

func findDeployed(tx Tx, uuid string) (DeployedVersion, error) {
	found, err := tx.ListDeployedVersions(RecordFilter{UUID: uuid})
	if err == nil && len(found) == 0 {
		err = Errorf(CodeNotFound, "no deployed version %s", uuid)
	}
	if err != nil {
		return DeployedVersion{}, err
	}
	return found[0], nil
}

// UpdateDeployedVersion ends a deployment if currently is given and false. It
// returns CodeUnprocessable if currently is true: only a new record does that.
func (s *Service) UpdateDeployedVersion(ctx context.Context, uuid string, currently *bool) (DeployedVersion, error) {
	var out DeployedVersion
	at := s.now()
	err := s.Store.Update(ctx, func(tx Tx) error {
		d, err := findDeployed(tx, uuid)
		if err != nil {
			return err
		}
		switch {
		case currently != nil && *currently:
			return unprocessable("currentlyDeployed", "An ended deployment stays ended: currentlyDeployed does not go back to true. Record a new deployment instead.")
		case currently != nil && !*currently && d.CurrentlyDeployed:
			if err := tx.EndDeployment(d, at); err != nil {
				return err
			}
			d.CurrentlyDeployed, d.UndeployedAt = false, at
		}
		out = d
		return nil
	})
	return out, err
}

func unprocessable(field, text string) error {
	return &Error{Code: CodeUnprocessable, Message: text, Fields: Fields{field: {text}}}
}

// ListCurrentlyDeployed returns what is deployed in an environment, newest
// first, with the environment.
func (s *Service) ListCurrentlyDeployed(ctx context.Context, q CurrentQuery) ([]DeployedVersion, Environment, error) {
	var out []DeployedVersion
	var environment Environment
	err := s.Store.View(ctx, func(tx Tx) error {
		out = nil
		filter, known, err := currentFilter(tx, q, &environment)
		if err != nil || !known {
			return err
		}
		found, err := tx.ListDeployedVersions(filter)
		out = slices.DeleteFunc(found, func(d DeployedVersion) bool { return q.Version != "" && d.Version.Number != q.Version })
		return err
	})
	return out, environment, err
}

// currentFilter is q as a filter; known is false if q names a pacticipant that
// does not exist and so has nothing anywhere.
func currentFilter(tx Tx, q CurrentQuery, environment *Environment) (filter RecordFilter, known bool, err error) {
	if *environment, err = tx.FindEnvironment(q.EnvironmentUUID); err != nil {
		return filter, false, err
	}
	filter = RecordFilter{EnvironmentID: environment.ID, Instance: q.Instance, Current: true}
	if q.Pacticipant == "" {
		return filter, true, nil
	}
	p, err := tx.FindPacticipant(q.Pacticipant)
	if IsNotFound(err) {
		return filter, false, nil
	}
	filter.PacticipantID = p.ID
	return filter, err == nil, err
}

// RecordRelease marks a version as released and supported, and tells whether
// the record is new.
func (s *Service) RecordRelease(ctx context.Context, in Deployment) (ReleasedVersion, bool, error) {
	var out ReleasedVersion
	var created bool
	at := s.now()
	err := s.Store.Update(ctx, func(tx Tx) error {
		v, e, err := findPlace(tx, in)
		if err != nil {
			return err
		}
		out, created, err = tx.RecordRelease(ReleasedVersion{UUID: s.NewID(), Version: v, Environment: e, CreatedAt: at})
		return err
	})
	return out, created, err
}

// ListReleasedVersions returns the releases (at most one) of a version to an
// environment, with the environment.
func (s *Service) ListReleasedVersions(ctx context.Context, in Deployment) ([]ReleasedVersion, Environment, error) {
	var out []ReleasedVersion
	var environment Environment
	err := s.Store.View(ctx, func(tx Tx) error {
		v, e, err := findPlace(tx, in)
		if err != nil {
			return err
		}
		environment = e
		out, err = tx.ListReleasedVersions(RecordFilter{VersionID: v.ID, EnvironmentID: e.ID})
		return err
	})
	return out, environment, err
}

// FindReleasedVersion returns the release with the uuid.
func (s *Service) FindReleasedVersion(ctx context.Context, uuid string) (ReleasedVersion, error) {
	var out ReleasedVersion
	err := s.Store.View(ctx, func(tx Tx) error {
		var err error
		out, err = findReleased(tx, uuid)
		return err
	})
	return out, err
}

func findReleased(tx Tx, uuid string) (ReleasedVersion, error) {
	found, err := tx.ListReleasedVersions(RecordFilter{UUID: uuid})
	if err == nil && len(found) == 0 {
		err = Errorf(CodeNotFound, "no released version %s", uuid)
	}
	if err != nil {
		return ReleasedVersion{}, err
	}
	return found[0], nil
}

// UpdateReleasedVersion ends support if currently is given and false. It
// returns CodeUnprocessable if currently is true: only a new record does that.
func (s *Service) UpdateReleasedVersion(ctx context.Context, uuid string, currently *bool) (ReleasedVersion, error) {
	var out ReleasedVersion
	at := s.now()
	err := s.Store.Update(ctx, func(tx Tx) error {
		r, err := findReleased(tx, uuid)
		if err != nil {
			return err
		}
		switch {
		case currently != nil && *currently:
			return unprocessable("currentlySupported", "Support that ended stays ended: currentlySupported does not go back to true. Record a new release instead.")
		case currently != nil && !*currently && r.CurrentlySupported:
			if err := tx.EndRelease(r, at); err != nil {
				return err
			}
			r.CurrentlySupported, r.SupportEndedAt, r.UpdatedAt = false, at, at
		}
		out = r
		return nil
	})
	return out, err
}

// ListCurrentlySupported returns what is supported in an environment, newest
// first, with the environment.
func (s *Service) ListCurrentlySupported(ctx context.Context, q CurrentQuery) ([]ReleasedVersion, Environment, error) {
	var out []ReleasedVersion
	var environment Environment
	err := s.Store.View(ctx, func(tx Tx) error {
		out = nil
		filter, known, err := currentFilter(tx, q, &environment)
		if err != nil || !known {
			return err
		}
		found, err := tx.ListReleasedVersions(filter)
		out = slices.DeleteFunc(found, func(r ReleasedVersion) bool { return q.Version != "" && r.Version.Number != q.Version })
		return err
	})
	return out, environment, err
}
