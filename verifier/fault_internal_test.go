package verifier

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

// broken is an interaction that our own code cannot take.
type broken struct{ *contract.HTTP }

func (broken) Kind() contract.Kind { panic("a fault in here") }

func sessionOf(t *testing.T, o Options, interactions ...contract.Interaction) *session {
	t.Helper()
	o.Handler = http.NotFoundHandler()
	o.Pacts = []*contract.Pact{{Consumer: "c", Provider: "p", Interactions: interactions}}
	s, err := open(t.Context(), o)
	require.NoError(t, err)
	return s
}

func TestAFaultOfOursIsToldAndProvesNothing(t *testing.T) {
	t.Parallel()
	for name, interaction := range map[string]contract.Interaction{
		"in the report": broken{&contract.HTTP{}},
		"in the middle": &contract.HTTP{},
	} {
		after := false
		s := sessionOf(t, Options{AfterEach: func() error { after = true; return nil }}, interaction)
		if name == "in the middle" {
			s.opts.Handler, s.client, s.opts.base = nil, nil, nil
			s.opts.Transports = []Transport{{Protocol: "http"}}
		}
		r := s.verify(t.Context(), s.jobs()[0])
		require.Equal(t, Errored, r.Outcome, name)
		require.True(t, r.Untried, name)
		require.Contains(t, r.Problem, "a fault of Treaty", name)
		require.Contains(t, r.Problem, ".go:", name)
		require.Equal(t, name == "in the middle", after, "what was begun is ended")
	}
}

func TestAKindThatNobodyPlaysDoesNotPass(t *testing.T) {
	t.Parallel()
	s := sessionOf(t, Options{}, unplayed{&contract.HTTP{}})
	r := s.verify(t.Context(), s.jobs()[0])
	require.Equal(t, Errored, r.Outcome)
	require.True(t, r.Untried)
}

type unplayed struct{ *contract.HTTP }
