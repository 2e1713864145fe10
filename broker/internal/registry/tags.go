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
	return fields.BeyondLimit()
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
		if err := tx.Foresee(func(ahead kernel.Tx) { s.foreseeTag(ahead, pacticipant, number, tag, at) }); err != nil {
			return err
		}
		p, _, err := kernel.EnsureOwn(ctx, tx, pacticipant, at)
		if err != nil {
			return err
		}
		place, err := s.placeOfTag(tx, p, tag)
		if err != nil {
			return err
		}
		if err := s.DetectMainBranch(tx, p, at, tag); err != nil {
			return err
		}
		v, isNew, err := s.ensureVersion(tx, "version", kernel.Version{Pacticipant: p.Party(), Number: number, CreatedAt: at, UpdatedAt: kernel.Touched(at)})
		if err != nil {
			return err
		}
		if place != nil {
			if err := kernel.JudgeRecord(ctx, p.Name, *place); err != nil {
				return err
			}
		}
		if out, created, err = s.addTag(tx, v, isNew, tag, at); err != nil || place == nil {
			return err
		}
		_, err = tx.RecordDeployment(kernel.DeployedVersion{UUID: s.NewID(), Version: v, Environment: *place, Auto: true, CreatedAt: at, Rollback: kernel.MaybeRollback, By: kernel.ByOf(ctx).Name})
		return err
	})
	return out, created, err
}

// foreseeTag says what PutTag is going to ask and to lock, in its order.
func (s *Service) foreseeTag(ahead kernel.Tx, pacticipant, number, tag string, at time.Time) {
	if s.Settings.DeployedVersionsForTags {
		_, _ = ahead.FindEnvironmentByName(tag) // what it says comes later
	}
	p, err := ahead.FindPacticipant(pacticipant)
	if err != nil {
		return
	}
	if _, err := s.placeOfTag(ahead, p, tag); err != nil {
		return
	}
	v, isNew, err := s.foreseeVersion(ahead, p, number, at, tag)
	s.ForeseeFirstTag(ahead, p, tag, at)
	if err == nil && !isNew {
		_, _ = ahead.CountTags(v.ID) // what they say comes later
		_, _, _ = kernel.BranchesAndTagsOf(ahead, []int64{v.ID})
	}
}

// addTag adds a tag with what follows from it: a branch from the first tag of a
// fresh version.
func (s *Service) addTag(tx kernel.Tx, v kernel.Version, isNew bool, name string, at time.Time) (kernel.Tag, bool, error) {
	if err := s.beforeTags(tx, v, isNew, []string{name}, at); err != nil {
		return kernel.Tag{}, false, err
	}
	return tx.AddTag(v, name, at)
}

// AddTags is addTag for several, in the order given.
func (s *Service) AddTags(tx kernel.Tx, v kernel.Version, isNew bool, names []string, at time.Time) error {
	if len(names) == 0 {
		return nil
	}
	if err := s.beforeTags(tx, v, isNew, names, at); err != nil {
		return err
	}
	return tx.AddTags(v, names, at)
}

// beforeTags judges by the tags and branches that the version has, under its lock.
func (s *Service) beforeTags(tx kernel.Tx, v kernel.Version, isNew bool, names []string, at time.Time) error {
	if !isNew {
		if err := tx.Lock(kernel.ToChange, v.Row()); err != nil {
			return err
		}
	}
	if err := s.checkTagCount(tx, v, isNew, names); err != nil {
		return err
	}
	asBranch, err := s.isFirstTag(tx, v, at)
	if err != nil || !asBranch {
		return err
	}
	branch, _, err := tx.EnsureBranch(v.Pacticipant.ID, names[0], at)
	if err != nil {
		return err
	}
	_, err = tx.AddToBranch(branch, v, true, at)
	return err
}

// ForeseeFirstTag asks for the branch that a tag may become.
func (s *Service) ForeseeFirstTag(ahead kernel.Tx, p kernel.Pacticipant, tag string, at time.Time) {
	if s.Settings.UseFirstTagAsBranch {
		_, _, _ = ahead.EnsureBranch(p.ID, tag, at) // what it says comes later
	}
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

// MayDetectMainBranch reports whether DetectMainBranch has something to do for the
// names.
func (s *Service) MayDetectMainBranch(p kernel.Pacticipant, names ...string) bool {
	return s.Settings.AutoDetectMainBranch && p.MainBranch == "" &&
		slices.ContainsFunc(names, func(name string) bool { return slices.Contains(s.Settings.MainBranchCandidates, name) })
}

// DetectMainBranch makes the first usual name of the branch and tags of a version
// the main branch of a pacticipant that has none. It comes before the version,
// because the application is locked first.
func (s *Service) DetectMainBranch(tx kernel.Tx, p kernel.Pacticipant, at time.Time, names ...string) error {
	usual := slices.IndexFunc(names, func(name string) bool { return slices.Contains(s.Settings.MainBranchCandidates, name) })
	if usual < 0 || !s.MayDetectMainBranch(p, names...) {
		return nil
	}
	if err := tx.Lock(kernel.ToChange, p.Row()); err != nil {
		return err
	}
	present, err := tx.FindPacticipantByID(p.ID)
	if err != nil || present.MainBranch != "" {
		return err
	}
	present.MainBranch, present.UpdatedAt = names[usual], kernel.Touched(at)
	return tx.SavePacticipant(present)
}

// placeOfTag returns the environment that is named like a tag if a version that
// gets the tag is to be recorded there, nil otherwise. The application is locked
// for that.
func (s *Service) placeOfTag(tx kernel.Tx, p kernel.Pacticipant, tag string) (*kernel.Environment, error) {
	if !s.Settings.DeployedVersionsForTags {
		return nil, nil
	}
	environment, err := tx.FindEnvironmentByName(tag)
	if kernel.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &environment, tx.Lock(kernel.ToChange, p.Row())
}

// replaceTags makes in.Tags the tags of v, if they were given.
func (s *Service) replaceTags(tx kernel.Tx, v kernel.Version, in VersionChange, at time.Time) error {
	if !in.TagsGiven {
		return nil
	}
	if err := tx.Lock(kernel.ToChange, v.Row()); err != nil {
		return err
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
