package gate

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

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
		Promoting: q.Promoting,
		Asker:     q.Asker,
	}
	if q.To != "" {
		out.Target = matrix.Target{Tag: q.To, Latest: true}
		out.LatestBy = matrix.ByConsumerVersion
	}
	return out
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

// LookAtGate answers like CanIDeploy and keeps no answer: it is for pages.
func (s *Service) LookAtGate(ctx context.Context, q CanIDeployQuery) (MatrixAnswer, error) {
	return s.look(ctx, q.matrixQuery(), func(tx kernel.Tx, _ MatrixQuery) error { return q.check(tx) })
}
