package gate

import (
	"context"
	"fmt"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// ask answers a question that somebody decides by, and keeps the answer.
func (s *Service) ask(ctx context.Context, q MatrixQuery, check func(kernel.Tx, MatrixQuery) error) (MatrixAnswer, error) {
	out, err := s.look(ctx, q, check)
	if err == nil {
		s.keep(q, out)
	}
	return out, err
}

// look checks the question and answers it, all on one snapshot: the answer
// cannot mix two moments. It changes nothing.
func (s *Service) look(ctx context.Context, q MatrixQuery, check func(kernel.Tx, MatrixQuery) error) (MatrixAnswer, error) {
	var out MatrixAnswer
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		if q.At.IsZero() {
			if err := tx.ForeseeQuestion(s.question(q)); err != nil {
				return err
			}
		}
		err := check(tx, q)
		if err == nil {
			out, err = s.askOnce(tx, q)
		}
		return err
	})
	return out, err
}

// askOnce is askWithin, which answers a question about now the same as long as
// nothing changes.
func (s *Service) askOnce(tx kernel.Tx, q MatrixQuery) (MatrixAnswer, error) {
	ask := func() (MatrixAnswer, error) { return s.askWithin(tx, q) }
	if !q.At.IsZero() {
		return ask()
	}
	question := s.gateQuestion(q)
	question.Asker = kernel.Asker{}
	key := answerKey{question: question.Key(), between: q.Between, show: fmt.Sprint(q.Show), ignoring: len(q.Ignore) > 0}
	if q.Limit != nil {
		key.limit = *q.Limit
	}
	return kernel.Kept(tx, key, ask, func(a MatrixAnswer) int {
		return rowWeight * (len(a.Rows) + len(a.Decision.Considered) + len(a.Decision.Explanations))
	})
}

// answerKey is all of a question but who asks.
type answerKey struct {
	question, show    string
	between, ignoring bool
	limit             int
}

// rowWeight is about how many bytes a row of an answer has, with what it leads to.
const rowWeight = 3 << 9

func (s *Service) question(q MatrixQuery) matrix.Query {
	question := matrix.Query{
		Selectors: q.Selectors, Ignore: q.Ignore, Target: q.Target, LatestBy: q.LatestBy, Show: q.Show, Between: q.Between, Promoting: q.Promoting,
		Compat: matrix.Compat(s.Settings.OriginalDecisions),
	}
	if q.Limit != nil {
		question.Limit = *q.Limit
	}
	return question
}

func (s *Service) askWithin(tx kernel.Tx, q MatrixQuery) (MatrixAnswer, error) {
	decision, err := matrix.Ask(tx.MatrixFacts(q.At), s.question(q))
	if err != nil {
		return MatrixAnswer{}, fmt.Errorf("ask the matrix: %w", err)
	}
	if q.At.IsZero() {
		if err := addAsked(tx, decision.Explanations); err != nil {
			return MatrixAnswer{}, fmt.Errorf("find what has been asked: %w", err)
		}
	}
	if !q.At.IsZero() {
		past, err := pastWarnings(tx, q, s.Moment())
		if err != nil {
			return MatrixAnswer{}, fmt.Errorf("find what the past leaves open: %w", err)
		}
		decision.Warnings = append(past, decision.Warnings...)
	}
	rows, err := DescribeRows(tx, decision.Shown)
	if err != nil {
		return MatrixAnswer{}, fmt.Errorf("describe rows: %w", err)
	}
	return MatrixAnswer{Decision: decision, Rows: rows, IgnoreAsked: len(q.Ignore) > 0}, nil
}
