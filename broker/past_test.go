package broker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/matrix"
	"github.com/treatyhq/treaty/broker/matrix/story"
)

// ofPast are the warnings that only answers about the past have.
var ofPast = map[matrix.ReasonKind]bool{
	matrix.AsOfMoment: true, matrix.InTheFuture: true, matrix.BeforeRecord: true, matrix.BeforeTarget: true, matrix.MainBranchNow: true,
}

func TestAnAnswerAboutThePastSaysWhatItCannotKnow(t *testing.T) {
	t.Parallel()
	p := newPlayer(t, openSQLite(t))
	before := p.now.Add(-time.Hour)
	s, err := story.Parse("past", "pact Foo 1 -> Bar\nverify Bar 2 : Foo 1 ok\ndeploy Bar 2 prod")
	require.NoError(t, err)
	p.play(s.Steps)
	service := broker.New(p.store, broker.Settings{})
	foo, prod := p.name("Foo"), p.name("prod")
	selected := []matrix.Selector{{Pacticipant: foo, Version: "1"}}
	for _, tt := range []struct {
		name string
		q    broker.MatrixQuery
		want []matrix.ReasonKind
		says []string
	}{
		{"now", broker.MatrixQuery{Selectors: selected, Target: matrix.Target{Environment: prod}}, nil, nil},
		{"then", broker.MatrixQuery{Selectors: selected, Target: matrix.Target{Environment: prod}, At: p.now}, []matrix.ReasonKind{matrix.AsOfMoment}, []string{"deleted since"}},
		{
			"before everything", broker.MatrixQuery{Selectors: selected, Target: matrix.Target{Environment: prod}, At: before},
			[]matrix.ReasonKind{matrix.AsOfMoment, matrix.BeforeRecord, matrix.BeforeTarget}, []string{"the record of " + foo + " begins at", "environment " + prod + " is known since"},
		},
		{
			"by main branch", broker.MatrixQuery{Selectors: selected, Target: matrix.Target{MainBranch: true}, At: p.now},
			[]matrix.ReasonKind{matrix.AsOfMoment, matrix.MainBranchNow}, []string{"called today"},
		},
		{
			"the future", broker.MatrixQuery{Selectors: selected, Target: matrix.Target{Environment: prod}, At: time.Now().AddDate(1, 0, 0)},
			[]matrix.ReasonKind{matrix.InTheFuture}, []string{"not come yet"},
		},
	} {
		answer, err := service.Matrix(t.Context(), tt.q)
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
