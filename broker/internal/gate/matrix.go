package gate

import (
	"context"
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
