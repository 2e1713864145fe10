package gate

import (
	"context"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// Matrix answers a question to the matrix. It returns CodeInvalid, with the
// messages in order under the empty field, for a question that makes no sense.
func (s *Service) Matrix(ctx context.Context, q MatrixQuery) (MatrixAnswer, error) {
	return s.ask(ctx, q, s.checkMatrixQuery)
}

// LookAtMatrix answers like Matrix and keeps no answer: it is for badges.
func (s *Service) LookAtMatrix(ctx context.Context, q MatrixQuery) (MatrixAnswer, error) {
	return s.look(ctx, q, s.checkMatrixQuery)
}

// CanIDeploy answers whether one version may go to an environment or join the
// versions with a tag. It returns CodeInvalid with messages by field.
func (s *Service) CanIDeploy(ctx context.Context, q CanIDeployQuery) (MatrixAnswer, error) {
	return s.ask(ctx, q.matrixQuery(), func(tx kernel.Tx, _ MatrixQuery) error { return q.check(tx) })
}

// matrixQuery is the question in the matrix's terms. An environment wants every
// pair of live versions, a tag the latest version with it.
func (q CanIDeployQuery) matrixQuery() MatrixQuery {
	out := MatrixQuery{
		Selectors: []matrix.Selector{{Pacticipant: q.Pacticipant, Version: q.Version}},
		Ignore:    q.Ignore,
		Target:    matrix.Target{Environment: q.Environment},
		LatestBy:  matrix.ByVersions,
		At:        q.At,
		Asker:     q.Asker,
	}
	if q.To != "" {
		out.Target = matrix.Target{Tag: q.To, Latest: true}
		out.LatestBy = matrix.ByConsumerVersion
	}
	return out
}

func (q CanIDeployQuery) check(tx kernel.Tx) error {
	problems := kernel.Fields{}
	if strings.TrimSpace(q.Pacticipant) == "" {
		problems.Add("pacticipant", "is missing")
	}
	if strings.TrimSpace(q.Version) == "" {
		problems.Add("version", "is missing")
	}
	switch {
	case q.Environment == "" && q.To == "":
		problems.Add("", "say where to: give either an environment or a 'to' tag")
	case q.Environment != "" && q.To != "":
		problems.Add("", "give an environment or a 'to' tag, not both")
	}
	if len(problems) > 0 {
		return problems.Err()
	}
	if known, err := kernel.Exists(tx.FindPacticipant(q.Pacticipant)); err != nil {
		return err
	} else if !known {
		near, err := kernel.NearPacticipants(tx, q.Pacticipant)
		if err != nil {
			return err
		}
		problems.Add("pacticipant", "'%s' does not match an existing pacticipant.%s", q.Pacticipant, near)
	}
	if q.Environment == "" {
		return problems.Err()
	}
	if known, err := kernel.Exists(tx.FindEnvironmentByName(q.Environment)); err != nil {
		return err
	} else if !known {
		near, err := kernel.NearEnvironments(tx, q.Environment)
		if err != nil {
			return err
		}
		problems.Add("environment", "with name '%s' does not exist.%s", q.Environment, near)
	}
	return problems.Err()
}

// CanIDeployBranch answers for the head of a branch. It returns CodeNotFound,
// without ReasonUnknownName, if the branch is empty or the environment does
// not exist.
func (s *Service) CanIDeployBranch(ctx context.Context, q BranchCanIDeployQuery) (MatrixAnswer, error) {
	return s.ask(ctx, q.matrixQuery(), func(tx kernel.Tx, _ MatrixQuery) error { return q.check(tx) })
}

// LookAtBranch answers like CanIDeployBranch and keeps no answer: it is for
// badges.
func (s *Service) LookAtBranch(ctx context.Context, q BranchCanIDeployQuery) (MatrixAnswer, error) {
	return s.look(ctx, q.matrixQuery(), func(tx kernel.Tx, _ MatrixQuery) error { return q.check(tx) })
}

func (q BranchCanIDeployQuery) matrixQuery() MatrixQuery {
	return MatrixQuery{
		Selectors: []matrix.Selector{{Pacticipant: q.Pacticipant, Branch: q.Branch, Latest: true}},
		Target:    matrix.Target{Environment: q.Environment},
		LatestBy:  matrix.ByVersions,
		Asker:     q.Asker,
	}
}

func (q BranchCanIDeployQuery) check(tx kernel.Tx) error {
	p, err := tx.FindPacticipant(q.Pacticipant)
	if kernel.IsNotFound(err) {
		return kernel.UnknownName(kernel.RolePacticipant, q.Pacticipant)
	}
	if err != nil {
		return err
	}
	branch, err := tx.FindBranch(p.ID, q.Branch)
	if err == nil && branch.HeadVersionID == 0 || kernel.IsNotFound(err) {
		return kernel.Errorf(kernel.CodeNotFound, "%s has no version on branch %s", q.Pacticipant, q.Branch)
	}
	if err != nil {
		return err
	}
	if known, err := kernel.Exists(tx.FindEnvironmentByName(q.Environment)); err != nil || !known {
		return orNotFound(err, "there is no environment named %s", q.Environment)
	}
	return nil
}

// CanIDeployTag answers for the latest version with a tag. It returns
// CodeNotFound if there is none.
func (s *Service) CanIDeployTag(ctx context.Context, q TagCanIDeployQuery) (MatrixAnswer, error) {
	return s.ask(ctx, q.matrixQuery(), func(tx kernel.Tx, _ MatrixQuery) error { return q.check(tx) })
}

// LookAtTag answers like CanIDeployTag and keeps no answer: it is for badges.
func (s *Service) LookAtTag(ctx context.Context, q TagCanIDeployQuery) (MatrixAnswer, error) {
	return s.look(ctx, q.matrixQuery(), func(tx kernel.Tx, _ MatrixQuery) error { return q.check(tx) })
}

func (q TagCanIDeployQuery) matrixQuery() MatrixQuery {
	return MatrixQuery{
		Selectors: []matrix.Selector{{Pacticipant: q.Pacticipant, Tag: q.Tag, Latest: true}},
		Target:    matrix.Target{Tag: q.To, Latest: true},
		LatestBy:  matrix.ByConsumerVersion,
		Asker:     q.Asker,
	}
}

func (q TagCanIDeployQuery) check(tx kernel.Tx) error {
	p, err := tx.FindPacticipant(q.Pacticipant)
	if kernel.IsNotFound(err) {
		return kernel.UnknownName(kernel.RolePacticipant, q.Pacticipant)
	}
	if err != nil {
		return err
	}
	if known, err := kernel.Exists(tx.FindTagHead(p.ID, q.Tag)); err != nil || !known {
		return orNotFound(err, "%s has no version with tag %s", q.Pacticipant, q.Tag)
	}
	return nil
}

func orNotFound(err error, format string, args ...any) error {
	if err != nil {
		return err
	}
	return kernel.Errorf(kernel.CodeNotFound, format, args...)
}

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

// LookAtGate answers like CanIDeploy and keeps no answer: it is for pages.
func (s *Service) LookAtGate(ctx context.Context, q CanIDeployQuery) (MatrixAnswer, error) {
	return s.look(ctx, q.matrixQuery(), func(tx kernel.Tx, _ MatrixQuery) error { return q.check(tx) })
}
