package gate_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// ofPast are the warnings that only answers about the past have.
var ofPast = map[matrix.ReasonKind]bool{
	matrix.AsOfMoment: true, matrix.InTheFuture: true, matrix.BeforeRecord: true, matrix.BeforeTarget: true, matrix.MainBranchNow: true,
}

func TestAnAnswerAboutThePastSaysWhatItCannotKnow(t *testing.T) {
	t.Parallel()
	p := usecasetest.NewPlayer(t, usecasetest.OpenSQLite(t))
	before := p.Now.Add(-time.Hour)
	s, err := story.Parse("past", "pact Foo 1 -> Bar\nverify Bar 2 : Foo 1 ok\ndeploy Bar 2 prod")
	require.NoError(t, err)
	p.Play(s.Steps)
	service := usecase.New(p.Store, kernel.Settings{})
	foo, prod := p.Name("Foo"), p.Name("prod")
	selected := []matrix.Selector{{Pacticipant: foo, Version: "1"}}
	for _, tt := range []struct {
		name string
		q    gate.MatrixQuery
		want []matrix.ReasonKind
		says []string
	}{
		{"now", gate.MatrixQuery{Selectors: selected, Target: matrix.Target{Environment: prod}}, nil, nil},
		{"then", gate.MatrixQuery{Selectors: selected, Target: matrix.Target{Environment: prod}, At: p.Now}, []matrix.ReasonKind{matrix.AsOfMoment}, []string{"deleted since"}},
		{
			"before everything", gate.MatrixQuery{Selectors: selected, Target: matrix.Target{Environment: prod}, At: before},
			[]matrix.ReasonKind{matrix.AsOfMoment, matrix.BeforeRecord, matrix.BeforeTarget}, []string{"the record of " + foo + " begins at", "environment " + prod + " is known since"},
		},
		{
			"by main branch", gate.MatrixQuery{Selectors: selected, Target: matrix.Target{MainBranch: true}, At: p.Now},
			[]matrix.ReasonKind{matrix.AsOfMoment, matrix.MainBranchNow}, []string{"called today"},
		},
		{
			"the future", gate.MatrixQuery{Selectors: selected, Target: matrix.Target{Environment: prod}, At: time.Now().AddDate(1, 0, 0)},
			[]matrix.ReasonKind{matrix.InTheFuture}, []string{"not come yet"},
		},
	} {
		answer, err := service.Gate.Matrix(t.Context(), tt.q)
		require.NoError(t, err, tt.name)
		var got []matrix.ReasonKind
		for _, r := range answer.Decision.Warnings {
			if ofPast[r.Kind] {
				require.Equal(t, matrix.LevelWarning, r.Level(), tt.name)
				got = append(got, r.Kind)
			}
		}
		require.Equal(t, tt.want, got, tt.name)
		for _, says := range tt.says {
			require.Contains(t, answer.Decision.Summary(), says, tt.name)
		}
	}
}
