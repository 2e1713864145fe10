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
			out, err = s.askWithin(tx, q)
		}
		return err
	})
	return out, err
}

func (s *Service) question(q MatrixQuery) matrix.Query {
	question := matrix.Query{
		Selectors: q.Selectors, Ignore: q.Ignore, Target: q.Target, LatestBy: q.LatestBy, Show: q.Show, Between: q.Between,
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
