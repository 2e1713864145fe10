package registry

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

const adviceTags = "give each build a version of its own, and take off tags that nobody asks for"

// checkTagCount refuses to give a version more tags than it may have. What it
// has already, from a time without a limit or with another, it keeps.
func (s *Service) checkTagCount(tx kernel.Tx, v kernel.Version, isNew bool, names []string) error {
	limit := s.Settings.Limits.Tags
	if limit <= 0 {
		return nil
	}
	var present []string
	if !isNew { // most versions have few: those are only counted
		n, err := tx.CountTags(v.ID)
		if err != nil || n+len(names) <= limit {
			return err
		}
		tags, err := tx.TagsOf([]int64{v.ID})
		if err != nil {
			return err
		}
		present = kernel.TagNames(tags[v.ID])
	}
	fields := kernel.Fields{}
	n := len(kernel.Unique(append(present, names...)))
	if n == len(present) {
		return nil
	}
	kernel.CheckCount(fields, "tags", n, limit, fmt.Sprintf("tags for version %s", v.Number), adviceTags)
	return fields.Err()
}

// PutTag tags a version, creating pacticipant and version if need be, and tells
// whether the tag is new.
func (s *Service) PutTag(ctx context.Context, pacticipant, number, tag string) (kernel.Tag, bool, error) {
	fields := kernel.Fields{}
	s.CheckName(fields, "pacticipant", pacticipant)
	s.CheckName(fields, "version", number)
	s.CheckName(fields, "tag", tag)
	if err := s.AllowKnown(ctx, fields, "pacticipant", pacticipant, "version", number); err != nil {
		return kernel.Tag{}, false, err
	}
	if err := fields.Err(); err != nil {
		return kernel.Tag{}, false, err
	}
	var out kernel.Tag
	var created bool
	at := s.Moment()
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		p, _, err := kernel.EnsurePacticipant(tx, pacticipant, at)
		if err != nil {
			return err
		}
		v, isNew, err := s.ensureVersion(tx, "version", kernel.Version{Pacticipant: p.Party(), Number: number, CreatedAt: at, UpdatedAt: kernel.Touched(at)})
		if err != nil {
			return err
		}
		if out, created, err = s.addTag(tx, p, v, isNew, tag, at); err != nil {
			return err
		}
		return s.deployForTag(tx, v, tag, at)
	})
	return out, created, err
}

// addTag adds a tag with what follows from it: a branch from the first tag of a
// fresh version, and a main branch.
func (s *Service) addTag(tx kernel.Tx, p kernel.Pacticipant, v kernel.Version, isNew bool, name string, at time.Time) (kernel.Tag, bool, error) {
	if err := s.beforeTags(tx, p, v, isNew, []string{name}, at); err != nil {
		return kernel.Tag{}, false, err
	}
	return tx.AddTag(v, name, at)
}

// AddTags is addTag for several, in the order given.
func (s *Service) AddTags(tx kernel.Tx, p kernel.Pacticipant, v kernel.Version, isNew bool, names []string, at time.Time) error {
	if len(names) == 0 {
		return nil
	}
	if err := s.beforeTags(tx, p, v, isNew, names, at); err != nil {
		return err
	}
	return tx.AddTags(v, names, at)
}

func (s *Service) beforeTags(tx kernel.Tx, p kernel.Pacticipant, v kernel.Version, isNew bool, names []string, at time.Time) error {
	if err := s.checkTagCount(tx, v, isNew, names); err != nil {
		return err
	}
	asBranch, err := s.isFirstTag(tx, v, at)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := s.DetectMainBranch(tx, p, name, at); err != nil {
			return err
		}
	}
	if !asBranch {
		return nil
	}
	branch, _, err := tx.EnsureBranch(p.ID, names[0], at)
	if err != nil {
		return err
	}
	_, err = tx.AddToBranch(branch, v, true, at)
	return err
}

// isFirstTag reports whether the next tag of v is to become its branch.
func (s *Service) isFirstTag(tx kernel.Tx, v kernel.Version, at time.Time) (bool, error) {
	if !s.Settings.UseFirstTagAsBranch || at.Sub(v.CreatedAt) > s.Settings.FirstTagAsBranchLimit {
		return false, nil
	}
	branches, err := tx.BranchesOf([]int64{v.ID})
	if err != nil || len(branches[v.ID]) > 0 {
		return false, err
	}
	tags, err := tx.TagsOf([]int64{v.ID})
	return len(tags[v.ID]) == 0, err
}

// MayDetectMainBranch reports whether DetectMainBranch has something to do for one
// of the names.
func (s *Service) MayDetectMainBranch(p kernel.Pacticipant, names ...string) bool {
	return s.Settings.AutoDetectMainBranch && p.MainBranch == "" &&
		slices.ContainsFunc(names, func(name string) bool { return slices.Contains(s.Settings.MainBranchCandidates, name) })
}

// DetectMainBranch makes a usual name the main branch of a pacticipant that has
// none.
func (s *Service) DetectMainBranch(tx kernel.Tx, p kernel.Pacticipant, name string, at time.Time) error {
	if !s.MayDetectMainBranch(p, name) {
		return nil
	}
	if err := tx.LockPacticipant(p.ID); err != nil {
		return err
	}
	// A request may add several tags: the first one counts.
	present, err := tx.FindPacticipantByID(p.ID)
	if err != nil || present.MainBranch != "" {
		return err
	}
	present.MainBranch, present.UpdatedAt = name, kernel.Touched(at)
	return tx.SavePacticipant(present)
}

// deployForTag records a deployment to the environment that is named like the
// tag, if there is one.
func (s *Service) deployForTag(tx kernel.Tx, v kernel.Version, tag string, at time.Time) error {
	if !s.Settings.DeployedVersionsForTags {
		return nil
	}
	environment, err := tx.FindEnvironmentByName(tag)
	if kernel.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = tx.RecordDeployment(kernel.DeployedVersion{UUID: s.NewID(), Version: v, Environment: environment, Auto: true, CreatedAt: at})
	return err
}

// replaceTags makes in.Tags the tags of v, if they were given.
func (s *Service) replaceTags(tx kernel.Tx, v kernel.Version, in VersionChange, at time.Time) error {
	if !in.TagsGiven {
		return nil
	}
	present, err := tx.TagsOf([]int64{v.ID})
	if err != nil {
		return err
	}
	wanted := make(map[string]bool, len(in.Tags))
	for _, name := range in.Tags {
		wanted[name] = true
	}
	var unwanted []string
	for _, tag := range present[v.ID] {
		if !wanted[tag.Name] {
			unwanted = append(unwanted, tag.Name)
		}
	}
	if len(unwanted) > 0 {
		if _, err := tx.RemoveTags(v, unwanted); err != nil {
			return err
		}
	}
	if err := s.checkTagCount(tx, v, false, in.Tags); err != nil {
		return err
	}
	return tx.AddTags(v, kernel.Unique(in.Tags), at)
}

// FindTag returns a tag of a version.
func (s *Service) FindTag(ctx context.Context, pacticipant, number, tag string) (kernel.Tag, error) {
	var out kernel.Tag
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		v, err := kernel.FindVersion(tx, pacticipant, number)
		if err != nil {
			return err
		}
		out, err = tx.FindTag(v.ID, tag)
		return err
	})
	return out, err
}

// DeleteTag takes a tag off a version.
func (s *Service) DeleteTag(ctx context.Context, pacticipant, number, tag string) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		v, err := kernel.FindVersion(tx, pacticipant, number)
		if err != nil {
			return err
		}
		return tx.RemoveTag(v, tag)
	})
}
