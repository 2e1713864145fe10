package registry

import (
	"context"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// ensureVersion creates v if there is none. A number that has no place in the
// order is refused only for a new version: one that came before the broker
// ordered so can still be tagged.
func (s *Service) ensureVersion(tx kernel.Tx, field string, v kernel.Version) (kernel.Version, bool, error) {
	fields := kernel.Fields{}
	s.CheckOrder(fields, field, v.Number)
	if len(fields) > 0 {
		if _, err := tx.FindVersion(v.Pacticipant.ID, v.Number); kernel.IsNotFound(err) {
			return v, false, fields.Err()
		} else if err != nil {
			return v, false, err
		}
	}
	return tx.EnsureVersion(v)
}

// foreseeVersion says that a version is going to be made or changed, and whether it
// is new if that is known. names are those that may become the main branch.
func (s *Service) foreseeVersion(ahead kernel.Tx, p kernel.Pacticipant, number string, at time.Time, names ...string) (kernel.Version, bool, error) {
	if s.MayDetectMainBranch(p, names...) {
		_ = ahead.Lock(kernel.ToChange, p.Row()) // what they say comes later
		_, _ = ahead.FindPacticipantByID(p.ID)
	}
	return ahead.EnsureVersion(kernel.Version{Pacticipant: p.Party(), Number: number, CreatedAt: at})
}

// VersionQuery selects versions of one pacticipant. At most one of Branch, Tag
// and EnvironmentUUID is set.
type VersionQuery struct {
	Pacticipant     string
	Branch          string
	Tag             string
	EnvironmentUUID string
	Page            kernel.Page
}

// VersionChange is what a request says about a version.
type VersionChange struct {
	Pacticipant string
	Number      string
	BuildURL    Change
	// Tags replaces the tags of the version if TagsGiven.
	Tags      []string
	TagsGiven bool
}

// ListVersions returns versions, latest first.
func (s *Service) ListVersions(ctx context.Context, q VersionQuery) (kernel.Paged[kernel.VersionDetails], error) {
	out := kernel.Paged[kernel.VersionDetails]{Page: q.Page}
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		filter, err := versionFilter(tx, q)
		if err != nil {
			return err
		}
		found, total, err := tx.ListVersions(filter)
		if err != nil {
			return err
		}
		if q.Tag != "" && total == 0 {
			return kernel.Errorf(kernel.CodeNotFound, "no version of %s has the tag %s", q.Pacticipant, q.Tag)
		}
		out.Total = total
		out.Items, err = versionDetails(tx, found)
		return err
	})
	return out, err
}

func versionFilter(tx kernel.Tx, q VersionQuery) (kernel.VersionFilter, error) {
	filter := kernel.VersionFilter{Tag: q.Tag, Page: q.Page}
	p, err := kernel.FindParty(tx, kernel.RolePacticipant, q.Pacticipant)
	if err != nil {
		return filter, err
	}
	filter.PacticipantID = p.ID
	if q.Branch != "" {
		branch, err := tx.FindBranch(p.ID, q.Branch)
		if err != nil {
			return filter, err
		}
		filter.BranchID = branch.ID
	}
	if q.EnvironmentUUID != "" {
		environment, err := tx.FindEnvironment(q.EnvironmentUUID)
		if err != nil {
			return filter, err
		}
		filter.EnvironmentID = environment.ID
	}
	return filter, nil
}

// versionDetails adds what resources of versions show.
func versionDetails(tx kernel.Tx, found []kernel.Version) ([]kernel.VersionDetails, error) {
	ids := kernel.VersionIDs(found)
	var branches map[int64][]kernel.BranchVersion
	var tags map[int64][]kernel.Tag
	var pacts map[int64][]kernel.PactPublication
	var deployed map[int64][]kernel.DeployedVersion
	var released map[int64][]kernel.ReleasedVersion
	err := tx.Together(func() (err error) {
		branches, tags, err = kernel.BranchesAndTagsOf(tx, ids)
		return err
	}, func() (err error) {
		pacts, err = kernel.PactsOf(tx, ids)
		return err
	}, func() (err error) {
		deployed, err = tx.DeployedOf(ids)
		return err
	}, func() (err error) {
		released, err = tx.ReleasedOf(ids)
		return err
	})
	out := make([]kernel.VersionDetails, len(found))
	for i, v := range found {
		out[i] = kernel.VersionDetails{
			Version: v, Branches: branches[v.ID], Tags: tags[v.ID], Pacts: pacts[v.ID], Deployed: deployed[v.ID], Released: released[v.ID],
		}
	}
	return out, err
}

// oneVersion is versionDetails with everything.
func oneVersion(tx kernel.Tx, v kernel.Version) (kernel.VersionDetails, error) {
	var details []kernel.VersionDetails
	var environments []kernel.Environment
	if err := tx.Together(func() (err error) {
		details, err = versionDetails(tx, []kernel.Version{v})
		return err
	}, func() (err error) {
		environments, err = tx.ListEnvironments()
		return err
	}); err != nil {
		return kernel.VersionDetails{}, err
	}
	details[0].Environments = environments
	return details[0], nil
}

// FindVersion returns a version.
func (s *Service) FindVersion(ctx context.Context, pacticipant, number string) (kernel.VersionDetails, error) {
	var out kernel.VersionDetails
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		v, err := kernel.FindVersion(tx, pacticipant, number)
		if err != nil {
			return err
		}
		out, err = oneVersion(tx, v)
		return err
	})
	return out, err
}

// FindLatestVersion returns the latest version, with a tag or on a branch if asked.
func (s *Service) FindLatestVersion(ctx context.Context, q kernel.LatestVersionQuery) (kernel.VersionDetails, error) {
	var out kernel.VersionDetails
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		p, err := tx.FindPacticipant(q.Pacticipant)
		if err != nil {
			return err
		}
		v, err := kernel.LatestVersion(tx, p, q)
		if err != nil {
			return err
		}
		out, err = oneVersion(tx, v)
		return err
	})
	return out, err
}

// ReplaceVersion creates or replaces a version, and reports whether it is new.
// Tags are replaced only if given; a build URL not given becomes empty.
func (s *Service) ReplaceVersion(ctx context.Context, in VersionChange) (kernel.VersionDetails, bool, error) {
	in.BuildURL.Given = true
	return s.UpdateVersion(ctx, in)
}

// UpdateVersion creates a version or sets the fields that are given, and tells
// whether it is new.
func (s *Service) UpdateVersion(ctx context.Context, in VersionChange) (kernel.VersionDetails, bool, error) {
	if err := s.checkVersion(ctx, in); err != nil {
		return kernel.VersionDetails{}, false, err
	}
	in.BuildURL.Value = kernel.WithoutUser(in.BuildURL.Value)
	var out kernel.VersionDetails
	var created bool
	at := s.Moment()
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		if err := tx.Foresee(func(ahead kernel.Tx) {
			p, err := ahead.FindPacticipant(in.Pacticipant)
			if err != nil {
				return
			}
			if v, isNew, err := s.foreseeVersion(ahead, p, in.Number, at); err == nil && isNew {
				_, _ = kernel.PactsOf(ahead, []int64{v.ID}) // what they say comes later
				_, _ = ahead.DeployedOf([]int64{v.ID})
				_, _ = ahead.ReleasedOf([]int64{v.ID})
			}
		}); err != nil {
			return err
		}
		p, _, err := kernel.EnsureOwn(ctx, tx, in.Pacticipant, at)
		if err != nil {
			return err
		}
		v, isNew, err := s.ensureVersion(tx, "number", kernel.Version{Pacticipant: p.Party(), Number: in.Number, BuildURL: in.BuildURL.Value, CreatedAt: at})
		if err != nil {
			return err
		}
		created = isNew
		if !isNew && in.BuildURL.Given {
			v.BuildURL, v.UpdatedAt = in.BuildURL.Value, at
			if err := tx.SaveVersion(v); err != nil {
				return err
			}
		}
		if err := s.replaceTags(tx, v, in, at); err != nil {
			return err
		}
		out, err = oneVersion(tx, v)
		return err
	})
	return out, created, err
}

func (s *Service) checkVersion(ctx context.Context, in VersionChange) error {
	fields := kernel.Fields{}
	s.CheckName(fields, "pacticipant", in.Pacticipant)
	s.CheckName(fields, "number", in.Number)
	if err := s.AllowKnown(ctx, fields, "pacticipant", in.Pacticipant, "number", in.Number); err != nil {
		return err
	}
	kernel.CheckBuildURL(fields, "buildUrl", in.BuildURL.Value)
	for _, tag := range in.Tags {
		s.CheckName(fields, "tags", tag)
	}
	return fields.Err()
}

// DeleteVersion deletes a version with its tags, memberships, pacts, results as
// a provider, deployments and releases.
func (s *Service) DeleteVersion(ctx context.Context, pacticipant, number string) error {
	for gone := false; !gone; {
		err := s.Store.Update(ctx, func(tx kernel.Tx) error {
			v, err := kernel.FindVersion(tx, pacticipant, number)
			if err != nil {
				return err
			}
			gone, err = kernel.DeleteVersion(tx, v)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
