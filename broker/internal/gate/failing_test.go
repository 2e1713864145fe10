package gate_test

import (
	"context"
	"testing"
	"time"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// A gate that could not look answers neither yes nor no.
func TestNoFailureOfTheDatabaseIsTakenForAnAnswer(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(ctx context.Context, s *gate.Service) error{
		"of a version": func(ctx context.Context, s *gate.Service) error {
			_, err := s.LookAtGate(ctx, gate.CanIDeployQuery{Pacticipant: "Foo", Version: "2", Environment: "test"})
			return err
		},
		"of a version that there is not": func(ctx context.Context, s *gate.Service) error {
			_, err := s.LookAtGate(ctx, gate.CanIDeployQuery{Pacticipant: "Foo", Version: "20", Environment: "test"})
			return err
		},
		"of a version to a tag": func(ctx context.Context, s *gate.Service) error {
			_, err := s.LookAtGate(ctx, gate.CanIDeployQuery{Pacticipant: "Foo", Version: "2", To: "dev"})
			return err
		},
		"in the past": func(ctx context.Context, s *gate.Service) error {
			_, err := s.LookAtGate(ctx, gate.CanIDeployQuery{Pacticipant: "Foo", Version: "2", Environment: "test", At: time.Now()})
			return err
		},
		"of a branch": func(ctx context.Context, s *gate.Service) error {
			_, err := s.LookAtBranch(ctx, gate.BranchCanIDeployQuery{Pacticipant: "Foo", Branch: "main", Environment: "test"})
			return err
		},
		"of a tag": func(ctx context.Context, s *gate.Service) error {
			_, err := s.LookAtTag(ctx, gate.TagCanIDeployQuery{Pacticipant: "Foo", Tag: "dev", To: "main"})
			return err
		},
		"of a merge": func(ctx context.Context, s *gate.Service) error {
			_, err := s.CanIMerge(ctx, "Foo")
			return err
		},
		"of a matrix": func(ctx context.Context, s *gate.Service) error {
			_, err := s.LookAtMatrix(ctx, gate.MatrixQuery{Selectors: []matrix.Selector{{Pacticipant: "Foo"}, {Pacticipant: "Bar"}}, Ignore: []matrix.Selector{{Pacticipant: "Zoo"}}})
			return err
		},
		"of answers": func(ctx context.Context, s *gate.Service) error {
			_, err := s.ListGateAnswers(ctx, kernel.GateHistoryQuery{Pacticipant: "Foo"})
			return err
		},
		"of an answer": func(ctx context.Context, s *gate.Service) error {
			_, err := s.FindGateAnswer(ctx, 1)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, failing := usecasetest.NewFailing(t)
			usecasetest.Landscape(t, s)
			if _, err := s.Gate.CanIDeploy(t.Context(), gate.CanIDeployQuery{Pacticipant: "Foo", Version: "2", Environment: "test"}); err != nil {
				t.Fatal(err)
			}
			s.Gate.Settle(t.Context())
			failing.EachCall(t, func() error { return do(t.Context(), s.Gate) })
		})
	}
}
