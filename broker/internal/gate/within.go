package gate

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// AskWithin answers a question in a transaction that goes on to record what was asked
// about: it sees all that was recorded before. Whoever calls it holds the environment.
func (s *Service) AskWithin(tx kernel.Tx, q CanIDeployQuery) (MatrixAnswer, error) {
	if err := q.check(tx); err != nil {
		return MatrixAnswer{}, err
	}
	return s.askWithin(tx, q.matrixQuery())
}

// KeepWithin keeps an answer with what was recorded because of it, and returns its number.
func (s *Service) KeepWithin(tx kernel.Tx, q CanIDeployQuery, answer MatrixAnswer) (int64, error) {
	now := s.Moment()
	a := s.gateAnswer(q.matrixQuery(), answer.Decision)
	a.Times, a.FirstAt, a.LastAt = 1, now, now
	fill(&a, answer.Decision)
	return tx.SaveGateAnswer(a)
}

// KeepRefusal keeps an answer after which nothing was recorded, and returns its number.
func (s *Service) KeepRefusal(ctx context.Context, q CanIDeployQuery, answer MatrixAnswer) (number int64, err error) {
	ctx = kernel.WithAct(ctx, nil) // nothing was done
	err = s.Store.Update(ctx, func(tx kernel.Tx) (err error) {
		number, err = s.KeepWithin(tx, q, answer)
		return err
	})
	return number, err
}
