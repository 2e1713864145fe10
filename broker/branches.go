package broker

import (
	"context"
	"slices"
)

// ListBranches returns the branches of a pacticipant, last updated first.
func (s *Service) ListBranches(ctx context.Context, q BranchQuery) (Paged[Branch], error) {
	out := Paged[Branch]{Page: q.Page}
	err := s.Store.View(ctx, func(tx Tx) error {
		p, err := findParty(tx, RolePacticipant, q.Pacticipant)
		if err != nil {
			return err
		}
		out.Items, out.Total, err = tx.ListBranches(p.ID, q.Search, q.Page)
		return err
	})
	return out, err
}

// findBranch returns CodeNotFound without a reason.
func findBranch(tx Tx, pacticipant, branch string) (Pacticipant, Branch, error) {
	p, err := tx.FindPacticipant(pacticipant)
	if err != nil {
		return p, Branch{}, err
	}
	b, err := tx.FindBranch(p.ID, branch)
	return p, b, err
}

// FindBranch returns a branch.
func (s *Service) FindBranch(ctx context.Context, pacticipant, branch string) (Branch, error) {
	var out Branch
	err := s.Store.View(ctx, func(tx Tx) error {
		var err error
		_, out, err = findBranch(tx, pacticipant, branch)
		return err
	})
	return out, err
}

// DeleteBranch deletes a branch; its versions stay.
func (s *Service) DeleteBranch(ctx context.Context, pacticipant, branch string) error {
	find := func(tx Tx) (int64, error) {
		_, b, err := findBranch(tx, pacticipant, branch)
		return b.ID, err
	}
	if err := s.thin(ctx, find, Tx.ThinBranch); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(tx Tx) error {
		id, err := find(tx)
		if err != nil {
			return err
		}
		return tx.DeleteBranch(id)
	})
}

// DeleteBranches deletes all branches but the main branch and those named.
func (s *Service) DeleteBranches(ctx context.Context, pacticipant string, exclude []string) (BranchDeletion, error) {
	var out BranchDeletion
	err := s.Store.Update(ctx, func(tx Tx) error {
		out = BranchDeletion{}
		p, err := findParty(tx, RolePacticipant, pacticipant)
		if err != nil {
			return err
		}
		branches, _, err := tx.ListBranches(p.ID, "", Page{})
		if err != nil {
			return err
		}
		for _, b := range branches {
			if b.Name == p.MainBranch || slices.Contains(exclude, b.Name) {
				out.Remaining = append(out.Remaining, b.Name)
				continue
			}
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
// tells whether it was not there before.
func (s *Service) PutBranchVersion(ctx context.Context, pacticipant, branch, number string) (BranchVersion, bool, error) {
	fields := Fields{}
	s.checkName(fields, "pacticipant", pacticipant)
	s.checkName(fields, "branch", branch)
	s.checkName(fields, "version", number)
	if err := s.allowKnown(ctx, fields, "pacticipant", pacticipant, "version", number); err != nil {
		return BranchVersion{}, false, err
	}
	if err := fields.Err(); err != nil {
		return BranchVersion{}, false, err
	}
	var out BranchVersion
	var created bool
	at := s.now()
	err := s.Store.Update(ctx, func(tx Tx) error {
		p, _, err := ensurePacticipant(tx, pacticipant, at)
		if err != nil {
			return err
		}
		v, isNew, err := s.ensureVersion(tx, "version", Version{Pacticipant: p.Party(), Number: number, CreatedAt: at, UpdatedAt: touched(at)})
		if err != nil {
			return err
		}
		if !isNew {
			if err := s.checkBranchCount(tx, v, branch); err != nil {
				return err
			}
		}
		if err := s.detectMainBranch(tx, p, branch, at); err != nil {
			return err
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
func (s *Service) FindBranchVersion(ctx context.Context, pacticipant, branch, number string) (BranchVersion, error) {
	var out BranchVersion
	err := s.Store.View(ctx, func(tx Tx) error {
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
	return s.Store.Update(ctx, func(tx Tx) error {
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
