package gate

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// CanIMerge answers whether the latest version of the main branch goes with
// the main branches of all partners. It is for a badge, so it keeps no answer. It returns CodeNotFound with
// ReasonUnknownName for an unknown pacticipant, and CodeNotFound if it has no
// main branch or no version on it.
func (s *Service) CanIMerge(ctx context.Context, pacticipant string) (MatrixAnswer, error) {
	var out MatrixAnswer
	q := MatrixQuery{Target: matrix.Target{MainBranch: true, Latest: true}, LatestBy: matrix.ByConsumerVersion}
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		version, err := mainBranchVersion(tx, pacticipant)
		if err != nil {
			return err
		}
		q.Selectors = []matrix.Selector{{Pacticipant: pacticipant, Version: version.Number}}
		out, err = s.askWithin(tx, q)
		return err
	})
	return out, err
}

// mainBranchVersion is the head of the main branch or, for those who still tag,
// the latest version with a tag of that name.
func mainBranchVersion(tx kernel.Tx, pacticipant string) (kernel.Version, error) {
	p, err := tx.FindPacticipant(pacticipant)
	if kernel.IsNotFound(err) {
		return kernel.Version{}, kernel.UnknownName(kernel.RolePacticipant, pacticipant)
	}
	if err != nil {
		return kernel.Version{}, err
	}
	if p.MainBranch == "" {
		return kernel.Version{}, kernel.Errorf(kernel.CodeNotFound, "%s has no main branch: set one with treaty create-or-update-pacticipant --main-branch", pacticipant)
	}
	branch, err := tx.FindBranch(p.ID, p.MainBranch)
	if err == nil && branch.HeadVersionID != 0 {
		return tx.FindVersionByID(branch.HeadVersionID)
	}
	if err != nil && !kernel.IsNotFound(err) {
		return kernel.Version{}, err
	}
	version, err := tx.FindTagHead(p.ID, p.MainBranch)
	if kernel.IsNotFound(err) {
		return kernel.Version{}, kernel.Errorf(kernel.CodeNotFound, "%s has no version on its main branch %s", pacticipant, p.MainBranch)
	}
	return version, err
}
