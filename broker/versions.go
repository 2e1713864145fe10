package broker

import (
	"context"
	"slices"
)

// ListVersions returns versions, latest first.
func (s *Service) ListVersions(ctx context.Context, q VersionQuery) (Paged[VersionDetails], error) {
	out := Paged[VersionDetails]{Page: q.Page}
	err := s.Store.View(ctx, func(tx Tx) error {
		filter, err := versionFilter(tx, q)
		if err != nil {
			return err
		}
		found, total, err := tx.ListVersions(filter)
		if err != nil {
			return err
		}
		if q.Tag != "" && total == 0 {
			return Errorf(CodeNotFound, "no version of %s has the tag %s", q.Pacticipant, q.Tag)
		}
		out.Total = total
		out.Items, err = versionDetails(tx, found)
		return err
	})
	return out, err
}

func versionFilter(tx Tx, q VersionQuery) (VersionFilter, error) {
	filter := VersionFilter{Tag: q.Tag, Page: q.Page}
	p, err := findParty(tx, RolePacticipant, q.Pacticipant)
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
func versionDetails(tx Tx, found []Version) ([]VersionDetails, error) {
	ids := versionIDs(found)
	branches, tags, err := branchesAndTagsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	pacts, err := pactsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]VersionDetails, len(found))
	for i, v := range found {
		out[i] = VersionDetails{Version: v, Branches: branches[v.ID], Tags: tags[v.ID], Pacts: pacts[v.ID]}
	}
	deployed, err := tx.DeployedOf(ids)
	if err != nil {
		return nil, err
	}
	released, err := tx.ReleasedOf(ids)
	for i, v := range found {
		out[i].Deployed, out[i].Released = deployed[v.ID], released[v.ID]
	}
	return out, err
}

// pactsOf returns the current publications by version, by provider's name.
func pactsOf(tx Tx, versionIDs []int64) (map[int64][]PactPublication, error) {
	out := make(map[int64][]PactPublication)
	if len(versionIDs) == 0 {
		return out, nil
	}
	found, err := tx.ListPublications(PublicationFilter{VersionIDs: versionIDs})
	slices.SortStableFunc(found, byPair)
	for _, p := range found {
		out[p.ConsumerVersion.ID] = append(out[p.ConsumerVersion.ID], p)
	}
	return out, err
}

func versionIDs(versions []Version) []int64 {
	ids := make([]int64, len(versions))
	for i, v := range versions {
		ids[i] = v.ID
	}
	return ids
}

// oneVersion is versionDetails with everything.
func oneVersion(tx Tx, v Version) (VersionDetails, error) {
	details, err := versionDetails(tx, []Version{v})
	if err != nil {
		return VersionDetails{}, err
	}
	details[0].Environments, err = tx.ListEnvironments()
	return details[0], err
}

// FindVersion returns a version.
func (s *Service) FindVersion(ctx context.Context, pacticipant, number string) (VersionDetails, error) {
	var out VersionDetails
	err := s.Store.View(ctx, func(tx Tx) error {
		v, err := findVersion(tx, pacticipant, number)
		if err != nil {
			return err
		}
		out, err = oneVersion(tx, v)
		return err
	})
	return out, err
}

// findVersion returns CodeNotFound without a reason: an address of a version
// says nothing about which part of it is unknown.
func findVersion(tx Tx, pacticipant, number string) (Version, error) {
	p, err := tx.FindPacticipant(pacticipant)
	if err != nil {
		return Version{}, err
	}
	return tx.FindVersion(p.ID, number)
}

// FindLatestVersion returns the latest version, with a tag or on a branch if asked.
func (s *Service) FindLatestVersion(ctx context.Context, q LatestVersionQuery) (VersionDetails, error) {
	var out VersionDetails
	err := s.Store.View(ctx, func(tx Tx) error {
		p, err := tx.FindPacticipant(q.Pacticipant)
		if err != nil {
			return err
		}
		v, err := latestVersion(tx, p, q)
		if err != nil {
			return err
		}
		out, err = oneVersion(tx, v)
		return err
	})
	return out, err
}

func latestVersion(tx Tx, p Pacticipant, q LatestVersionQuery) (Version, error) {
	switch {
	case q.Tag != "":
		return tx.FindTagHead(p.ID, q.Tag)
	case q.Branch != "":
		branch, err := tx.FindBranch(p.ID, q.Branch)
		if err != nil {
			return Version{}, err
		}
		return tx.FindVersionByID(branch.HeadVersionID)
	}
	return tx.FindLatestVersion(p.ID)
}

// ReplaceVersion creates or replaces a version, and tells whether it is new.
// Tags are replaced only if given; a build URL not given becomes empty.
func (s *Service) ReplaceVersion(ctx context.Context, in VersionChange) (VersionDetails, bool, error) {
	in.BuildURL.Given = true
	return s.UpdateVersion(ctx, in)
}

// UpdateVersion creates a version or sets the fields that are given, and tells
// whether it is new.
func (s *Service) UpdateVersion(ctx context.Context, in VersionChange) (VersionDetails, bool, error) {
	if err := s.checkVersion(ctx, in); err != nil {
		return VersionDetails{}, false, err
	}
	var out VersionDetails
	var created bool
	at := s.now()
	err := s.Store.Update(ctx, func(tx Tx) error {
		p, _, err := ensurePacticipant(tx, in.Pacticipant, at)
		if err != nil {
			return err
		}
		v, isNew, err := s.ensureVersion(tx, "number", Version{Pacticipant: p.Party(), Number: in.Number, BuildURL: in.BuildURL.Value, CreatedAt: at})
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
	fields := Fields{}
	s.checkName(fields, "pacticipant", in.Pacticipant)
	s.checkName(fields, "number", in.Number)
	if err := s.allowKnown(ctx, fields, "pacticipant", in.Pacticipant, "number", in.Number); err != nil {
		return err
	}
	checkLine(fields, "buildUrl", in.BuildURL.Value)
	for _, tag := range in.Tags {
		s.checkName(fields, "tags", tag)
	}
	return fields.Err()
}

// DeleteVersion deletes a version with its tags, memberships, pacts, results as
// a provider, deployments and releases.
func (s *Service) DeleteVersion(ctx context.Context, pacticipant, number string) error {
	for gone := false; !gone; {
		err := s.Store.Update(ctx, func(tx Tx) error {
			v, err := findVersion(tx, pacticipant, number)
			if err != nil {
				return err
			}
			gone, err = deleteVersion(tx, v)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tagNames returns the names of tags.
func tagNames(tags []Tag) []string {
	names := make([]string, len(tags))
	for i, tag := range tags {
		names[i] = tag.Name
	}
	return names
}

// unique drops repetitions and keeps the order.
func unique(names []string) []string {
	out := make([]string, 0, len(names))
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}
