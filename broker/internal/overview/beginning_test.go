package overview_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

func TestTheBeginningFollowsThePairThatHasComeFarthest(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		p := usecasetest.NewPlayer(t, s.Store)
		after := func(text string) overview.Beginning {
			p.Play(steps(t, text))
			b, err := s.Overview.LookAtBeginning(t.Context())
			require.NoError(t, err)
			return b
		}
		of := func(b overview.Beginning) string {
			if b.Pact == nil {
				return ""
			}
			result := "nothing"
			if v := b.Pact.LatestVerification; v != nil {
				result = fmt.Sprint(v.Success)
			}
			return p.Unnamed(b.Pact.Consumer.Name + " " + b.Pact.Provider.Name + " " + result + " " + b.Environment + " " + b.DeployedTo)
		}
		b, err := s.Overview.LookAtBeginning(t.Context())
		require.NoError(t, err)
		require.True(t, b.Empty)
		require.Empty(t, of(after("version Foo 1")))
		require.False(t, after("version Foo 2").Empty, "an application is there")
		require.Equal(t, "Foo Bar nothing  ", of(after("pact Foo 1 -> Bar\npact Foo 1 -> Baz")), "of equal ones the first by name")
		require.Equal(t, "Foo Baz false  ", of(after("verify Baz 1 : Foo 1 failed")))
		require.Equal(t, "Foo Bar true test ", of(after("verify Bar 1 : Foo 1 ok\nenvironment test\ndeploy Foo 1 test")), "the consumer is no provider")
		require.Equal(t, "Foo Bar true production test", of(after("environment production\nrelease Bar 1 test")))
		require.False(t, after("pact Foo 1 -> C\npact Foo 1 -> D\npact Foo 1 -> E").Over)
		require.True(t, after("pact Foo 1 -> F").Over, "with so many pairs nobody is led")
	})
}

func TestTheFirstAnswerOfTheGateEndsTheBeginning(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		p := history(t, s.Store, steps(t, "pact Foo 1 -> Bar\ndeploy Bar 1 test"))
		_, err := s.Gate.LookAtGate(t.Context(), gate.CanIDeployQuery{Pacticipant: p.Name("Foo"), Version: "1", Environment: p.Name("test")})
		require.NoError(t, err)
		_, err = s.Gate.ListGateAnswers(t.Context(), kernel.GateHistoryQuery{Limit: 1}) // it waits for those that are being written
		require.NoError(t, err)
		b, err := s.Overview.LookAtBeginning(t.Context())
		require.NoError(t, err)
		require.False(t, b.Over, "looking is not asking")
		_, err = s.Gate.CanIDeploy(t.Context(), gate.CanIDeployQuery{Pacticipant: p.Name("Foo"), Version: "1", Environment: p.Name("test")})
		require.NoError(t, err)
		_, err = s.Gate.ListGateAnswers(t.Context(), kernel.GateHistoryQuery{Limit: 1}) // it waits for those that are being written
		require.NoError(t, err)
		b, err = s.Overview.LookAtBeginning(t.Context())
		require.NoError(t, err)
		require.True(t, b.Over)
	})
}
