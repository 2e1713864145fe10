package usecase_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

func TestSampleDataHasSomethingToLookAt(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		require.NoError(t, s.AddSample(t.Context()))
		for question, want := range map[[2]string]matrix.Verdict{
			{"storefront", "1.0.0"}: matrix.Deployable, {"catalog", "1.0.0"}: matrix.Deployable, {"catalog", "1.1.0"}: matrix.NotDeployable,
		} {
			answer, err := s.Gate.LookAtGate(t.Context(), gate.CanIDeployQuery{Pacticipant: question[0], Version: question[1], Environment: "production"})
			require.NoError(t, err)
			require.Equal(t, want, answer.Decision.Verdict, "%v", question)
		}
		require.Equal(t, kernel.CodeConflict, kernel.CodeOf(s.AddSample(t.Context())))
	})
}

// ending is a store of which the database is away after so many questions and changes.
type ending struct {
	kernel.Store
	left *int
}

func (e ending) View(ctx context.Context, fn func(kernel.Tx) error) error {
	if *e.left--; *e.left < 0 {
		return errAway
	}
	return e.Store.View(ctx, fn)
}

func (e ending) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	if *e.left--; *e.left < 0 {
		return errAway
	}
	return e.Store.Update(ctx, fn)
}

var errAway = errors.New("the database is away")

// Wherever the database is away, it is said, and not taken for done.
func TestSampleDataIsWholeOrAnError(t *testing.T) {
	t.Parallel()
	for questions := 0; ; questions++ {
		left := questions
		s := usecase.New(ending{usecasetest.OpenSQLite(t), &left}, kernel.DefaultSettings())
		err := s.AddSample(t.Context())
		if left >= 0 {
			require.NoError(t, err)
			require.Greater(t, questions, 15, "all of its steps were tried")
			return
		}
		require.ErrorIs(t, err, errAway, "after %d questions", questions)
	}
}

func TestSampleDataMixesWithNothing(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		_, err := s.Registry.CreateEnvironment(t.Context(), registry.EnvironmentInput{Name: "test"})
		require.NoError(t, err)
		require.Equal(t, kernel.CodeConflict, kernel.CodeOf(s.AddSample(t.Context())))
		known, err := s.Registry.ListPacticipants(t.Context(), kernel.PacticipantQuery{Page: kernel.Page{Number: 1, Size: 5}})
		require.NoError(t, err)
		require.Zero(t, known.Total)
	})
}
