package overview_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

func TestNoFailureOfTheDatabaseIsTakenForAnAnswer(t *testing.T) {
	t.Parallel()
	page := kernel.Page{Number: 1, Size: 10}
	for name, do := range map[string]func(ctx context.Context, s *overview.Service) error{
		"everything": func(ctx context.Context, s *overview.Service) error {
			_, err := s.Overview(ctx, overview.Query{})
			return err
		},
		"everything with its causes": func(ctx context.Context, s *overview.Service) error {
			_, err := overview.New(s.Base).Everything(ctx) // nothing is kept
			return err
		},
		"what happened": func(ctx context.Context, s *overview.Service) error {
			_, err := overview.New(s.Base).LookAtHappenings(ctx)
			return err
		},
		"an application whole": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtApplication(ctx, overview.ApplicationQuery{Name: "Foo", Branch: "main", Page: page})
			return err
		},
		"a question": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtQuestion(ctx, "Foo", 3)
			return err
		},
		"a question about nobody": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtQuestion(ctx, "Fooo", 3)
			return err
		},
		"explanations": func(ctx context.Context, s *overview.Service) error {
			row := &matrix.Row{Publication: matrix.Publication{ContentID: 1}}
			_, err := s.LookAtExplanations(ctx, []matrix.Explanation{{Cause: matrix.CauseFailed, ResultNumber: 101, Owner: "Foo", Row: row}, {Cause: matrix.CauseNeverVerified, Row: row}})
			return err
		},
		"one application": func(ctx context.Context, s *overview.Service) error {
			_, err := s.Overview(ctx, overview.Query{Application: "Bar"})
			return err
		},
		"one environment": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtEnvironment(ctx, "test")
			return err
		},
		"webhooks": func(ctx context.Context, s *overview.Service) error {
			_, err := s.WebhooksOf(ctx, "Foo")
			return err
		},
		"the broker": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtAdmin(ctx, "clean")
			return err
		},
		"counts so far": func(ctx context.Context, s *overview.Service) error {
			_, _, err := s.CountSoFar(ctx)
			return err
		},
		"the history of an environment": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtPlaceHistory(ctx, "test", kernel.PlaceMoment{})
			return err
		},
		"the first steps": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtBeginning(ctx)
			return err
		},
		"the map": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtMap(ctx)
			return err
		},
		"two environments": func(ctx context.Context, s *overview.Service) error {
			_, err := s.CompareEnvironments(ctx, "test", "test")
			return err
		},
		"one version": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtVersion(ctx, "Foo", "1")
			return err
		},
		"one version of a provider": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtVersion(ctx, "Bar", "1")
			return err
		},
		"a contract of the main branch": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtContract(ctx, overview.ContractQuery{Consumer: "Foo", Provider: "Bar"})
			return err
		},
		"a contract of a branch": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtContract(ctx, overview.ContractQuery{Consumer: "Foo", Provider: "Bar", Branch: "main"})
			return err
		},
		"a contract of a version": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtContract(ctx, overview.ContractQuery{Consumer: "Foo", Provider: "Bar", Version: "1"})
			return err
		},
		"rows of the matrix": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtMatrix(ctx, overview.MatrixQuery{
				Consumer: matrix.Selector{Pacticipant: "Foo", Branch: "main"}, Provider: matrix.Selector{Pacticipant: "Bar"}, Page: page,
			})
			return err
		},
		"rows of the matrix of what is not there": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtMatrix(ctx, overview.MatrixQuery{Consumer: matrix.Selector{Pacticipant: "Fooo"}, Page: page})
			return err
		},
		"rows of the matrix of an environment that is not there": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtMatrix(ctx, overview.MatrixQuery{Consumer: matrix.Selector{Pacticipant: "Foo", Environment: "tset"}, Page: page})
			return err
		},
		"what the matrix can be asked": func(ctx context.Context, s *overview.Service) error {
			_, err := s.LookAtMatrix(ctx, overview.MatrixQuery{Page: page})
			return err
		},
		"the dashboard": func(ctx context.Context, s *overview.Service) error {
			_, err := s.Dashboard(ctx, overview.DashboardQuery{Page: page})
			return err
		},
		"the dashboard of a pair": func(ctx context.Context, s *overview.Service) error {
			_, err := s.Dashboard(ctx, overview.DashboardQuery{Consumer: "Foo", Provider: "Bar", Page: page})
			return err
		},
		"the status of a pact": func(ctx context.Context, s *overview.Service) error {
			_, err := s.FindPactStatus(ctx, kernel.PactQuery{Consumer: "Foo", Provider: "Bar", Latest: true})
			return err
		},
		"metrics": func(ctx context.Context, s *overview.Service) error {
			_, err := s.CountAll(ctx)
			return err
		},
		"a group": func(ctx context.Context, s *overview.Service) error {
			_, err := s.FindGroup(ctx, "Foo", 10)
			return err
		},
		"relationships": func(ctx context.Context, s *overview.Service) error {
			_, err := s.ListRelationships(ctx)
			return err
		},
		"provider states": func(ctx context.Context, s *overview.Service) error {
			_, err := s.ListProviderStates(ctx, "Bar", "main", "")
			return err
		},
		"provider states in an environment": func(ctx context.Context, s *overview.Service) error {
			_, err := s.ListProviderStates(ctx, "Bar", "", "test")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, failing := usecasetest.NewFailing(t)
			usecasetest.Landscape(t, s)
			failing.EachCall(t, func() error { return do(t.Context(), s.Overview) })
		})
	}
}

func TestNoFailureOfTheDatabaseHidesAResult(t *testing.T) {
	t.Parallel()
	s, failing := usecasetest.NewFailing(t)
	_, sha, _ := usecasetest.Landscape(t, s)
	newest, err := s.Result.FindVerification(t.Context(), kernel.VerificationQuery{Pact: kernel.PactQuery{Consumer: "Foo", Provider: "Bar", SHA: sha}})
	require.NoError(t, err)
	failing.EachCall(t, func() error {
		_, err := s.Overview.LookAtResult(t.Context(), kernel.VerificationQuery{Pact: kernel.PactQuery{Consumer: "Foo", Provider: "Bar", SHA: sha}, Number: newest.Number})
		return err
	})
}
