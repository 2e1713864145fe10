package registry

import (
	"context"
	"fmt"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// BranchQuery selects branches of one pacticipant.
type BranchQuery struct {
	Pacticipant string
	Search      string // case-insensitive part of the name
	Page        kernel.Page
}

// BranchDeletion says what a bulk deletion did.
type BranchDeletion struct {
	Deleted   int
	Remaining []string // sorted by name
}

// ListBranches returns the branches of a pacticipant, last updated first.
func (s *Service) ListBranches(ctx context.Context, q BranchQuery) (kernel.Paged[kernel.Branch], error) {
	out := kernel.Paged[kernel.Branch]{Page: q.Page}
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		p, err := kernel.FindParty(tx, kernel.RolePacticipant, q.Pacticipant)
		if err != nil {
			return err
		}
		out.Items, out.Total, err = tx.ListBranches(p.ID, q.Search, q.Page)
		return err
	})
	return out, err
}

// findBranch returns CodeNotFound without a reason.
func findBranch(tx kernel.Tx, pacticipant, branch string) (kernel.Pacticipant, kernel.Branch, error) {
	p, err := tx.FindPacticipant(pacticipant)
	if err != nil {
		return p, kernel.Branch{}, err
	}
	b, err := tx.FindBranch(p.ID, branch)
	return p, b, err
}

// FindBranch returns a branch.
func (s *Service) FindBranch(ctx context.Context, pacticipant, branch string) (kernel.Branch, error) {
	var out kernel.Branch
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		var err error
		_, out, err = findBranch(tx, pacticipant, branch)
		return err
	})
	return out, err
}

// DeleteBranch deletes a branch; its versions stay.
func (s *Service) DeleteBranch(ctx context.Context, pacticipant, branch string) error {
	find := func(tx kernel.Tx) (int64, error) {
		_, b, err := findBranch(tx, pacticipant, branch)
		return b.ID, err
	}
	return s.Delete(ctx, find, kernel.Tx.ThinBranch, kernel.Tx.DeleteBranch)
}

// DeleteBranches deletes all branches but the main branch and those named.
func (s *Service) DeleteBranches(ctx context.Context, pacticipant string, exclude []string) (BranchDeletion, error) {
	var out BranchDeletion
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		out = BranchDeletion{}
		p, err := kernel.Locked(tx, kernel.ToChange, func() (kernel.Pacticipant, error) { // its main branch stays
			return kernel.FindParty(tx, kernel.RolePacticipant, pacticipant)
		})
		if err != nil {
			return err
		}
		branches, _, err := tx.ListBranches(p.ID, "", kernel.Page{})
		if err != nil {
			return err
		}
		unwanted := slices.DeleteFunc(branches, func(b kernel.Branch) bool {
			stays := b.Name == p.MainBranch || slices.Contains(exclude, b.Name)
			if stays {
				out.Remaining = append(out.Remaining, b.Name)
			}
			return stays
		})
		if err := tx.Lock(kernel.ToDelete, kernel.RowsOf(unwanted)...); err != nil {
			return err
		}
		for _, b := range unwanted {
			if err := tx.DeleteBranch(b.ID); err != nil {
				return err
			}
			out.Deleted++
		}
		slices.Sort(out.Remaining)
		return nil
	})
	return out, err
}

// PutBranchVersion adds a version to a branch, creating what is missing, and
// reports whether it was not there before.
func (s *Service) PutBranchVersion(ctx context.Context, pacticipant, branch, number string) (kernel.BranchVersion, bool, error) {
	fields := kernel.Fields{}
	s.CheckName(fields, "pacticipant", pacticipant)
	s.CheckName(fields, "branch", branch)
	s.CheckName(fields, "version", number)
	if err := s.AllowKnown(ctx, fields, "pacticipant", pacticipant, "version", number); err != nil {
		return kernel.BranchVersion{}, false, err
	}
	if err := fields.Err(); err != nil {
		return kernel.BranchVersion{}, false, err
	}
	var out kernel.BranchVersion
	var created bool
	at := s.Moment()
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		if err := tx.Foresee(func(ahead kernel.Tx) {
			p, err := ahead.FindPacticipant(pacticipant)
			if err != nil {
				return
			}
			v, isNew, err := s.foreseeVersion(ahead, p, number, at, branch)
			b, _, missing := ahead.EnsureBranch(p.ID, branch, at)
			if err == nil && missing == nil && !isNew {
				_, _ = ahead.CountBranches(v.ID) // what they say comes later
				_, _ = ahead.AddToBranch(b, v, false, at)
			}
		}); err != nil {
			return err
		}
		p, _, err := kernel.EnsureOwn(ctx, tx, pacticipant, at)
		if err != nil {
			return err
		}
		if err := s.DetectMainBranch(tx, p, at, branch); err != nil {
			return err
		}
		v, isNew, err := s.ensureVersion(tx, "version", kernel.Version{Pacticipant: p.Party(), Number: number, CreatedAt: at, UpdatedAt: kernel.Touched(at)})
		if err != nil {
			return err
		}
		if !isNew {
			if err := s.CheckBranchCount(tx, v, branch); err != nil {
				return err
			}
		}
		b, _, err := tx.EnsureBranch(p.ID, branch, at)
		if err != nil {
			return err
		}
		if created, err = tx.AddToBranch(b, v, false, at); err != nil {
			return err
		}
		out, err = tx.FindBranchVersion(b.ID, v.ID)
		return err
	})
	return out, created, err
}

// FindBranchVersion returns the membership of a version in a branch.
func (s *Service) FindBranchVersion(ctx context.Context, pacticipant, branch, number string) (kernel.BranchVersion, error) {
	var out kernel.BranchVersion
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		p, b, err := findBranch(tx, pacticipant, branch)
		if err != nil {
			return err
		}
		v, err := tx.FindVersion(p.ID, number)
		if err != nil {
			return err
		}
		out, err = tx.FindBranchVersion(b.ID, v.ID)
		return err
	})
	return out, err
}

// DeleteBranchVersion takes a version off a branch.
func (s *Service) DeleteBranchVersion(ctx context.Context, pacticipant, branch, number string) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		p, b, err := findBranch(tx, pacticipant, branch)
		if err != nil {
			return err
		}
		v, err := tx.FindVersion(p.ID, number)
		if err != nil {
			return err
		}
		return tx.RemoveFromBranch(b.ID, v.ID)
	})
}

// CheckBranchCount refuses to put a version on more branches than it may be on.
// The version is locked.
func (s *Service) CheckBranchCount(tx kernel.Tx, v kernel.Version, branch string) error {
	limit := s.Settings.Limits.Branches
	if limit <= 0 {
		return nil
	}
	if err := tx.Lock(kernel.ToChange, v.Row()); err != nil {
		return err
	}
	present, err := tx.CountBranches(v.ID)
	if err != nil || present < limit {
		return err
	}
	branches, err := tx.BranchesOf([]int64{v.ID})
	if err != nil || slices.ContainsFunc(branches[v.ID], func(b kernel.BranchVersion) bool { return b.Branch == branch }) {
		return err
	}
	fields := kernel.Fields{}
	kernel.CheckCount(fields, "branch", present+1, limit, fmt.Sprintf("branches for version %s", v.Number), "give each build a version of its own")
	return fields.BeyondLimit()
}
