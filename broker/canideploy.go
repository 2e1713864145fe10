package broker

import "context"

// Matrix answers a question to the matrix. It returns CodeInvalid, with the
// messages in order under the empty field, for a question that makes no sense.
func (s *Service) Matrix(ctx context.Context, q MatrixQuery) (MatrixAnswer, error) {
	return MatrixAnswer{}, errUnfinished
}

// CanIDeploy answers whether one version may go to an environment or join the
// versions with a tag. It returns CodeInvalid with messages by field.
func (s *Service) CanIDeploy(ctx context.Context, q CanIDeployQuery) (MatrixAnswer, error) {
	return MatrixAnswer{}, errUnfinished
}

// CanIDeployBranch answers for the head of a branch. It returns CodeNotFound,
// without ReasonUnknownName, if the branch is empty or the environment does
// not exist.
func (s *Service) CanIDeployBranch(ctx context.Context, q BranchCanIDeployQuery) (MatrixAnswer, error) {
	return MatrixAnswer{}, errUnfinished
}

// CanIDeployTag answers for the latest version with a tag. It returns
// CodeNotFound if there is none.
func (s *Service) CanIDeployTag(ctx context.Context, q TagCanIDeployQuery) (MatrixAnswer, error) {
	return MatrixAnswer{}, errUnfinished
}

// CanIMerge answers whether the latest version of the main branch goes with
// the main branches of all partners. It returns CodeNotFound with
// ReasonUnknownName for an unknown pacticipant, and CodeNotFound if it has no
// main branch or no version on it.
func (s *Service) CanIMerge(ctx context.Context, pacticipant string) (MatrixAnswer, error) {
	return MatrixAnswer{}, errUnfinished
}
