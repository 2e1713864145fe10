package matrix_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
)

func readStories(t *testing.T) []story.Story {
	t.Helper()
	stories, err := story.ReadAll(os.DirFS("testdata"))
	require.NoError(t, err)
	require.Greater(t, len(stories), 64)
	return stories
}

func TestScenariosDecideAsWritten(t *testing.T) {
	t.Parallel()
	for _, s := range readStories(t) {
		t.Run(s.Name, func(t *testing.T) {
			require.Equal(t, s.Want.String(), answer(t, s, matrix.Strict, len(s.Want.Sentences) > 0).String(), "%s", s)
		})
	}
}

// Pact Broker's answers stand in the files where they differ. Compat must give
// them, and must not differ where the files do not say so.
func TestCompatibilityRestoresPactBrokersAnswers(t *testing.T) {
	t.Parallel()
	for _, s := range readStories(t) {
		t.Run(s.Name, func(t *testing.T) {
			want := s.Want
			if s.Original != nil {
				want = *s.Original
			}
			want.Sentences = nil
			require.Equal(t, want.String(), answer(t, s, matrix.Original, false).String(), "%s", s)
		})
	}
}

// answer plays the story in memory. What a service refuses is looked up here:
// unknown applications and environments.
func answer(t *testing.T, s story.Story, compat matrix.Compat, sentences bool) story.Answer {
	t.Helper()
	w := story.NewWorld().Play(s.Steps)
	for _, sel := range s.Query.Selectors {
		known, err := w.FindPacticipants([]string{sel.Pacticipant})
		require.NoError(t, err)
		if len(known) == 0 {
			return story.Answer{Invalid: true}
		}
	}
	if env := s.Query.Target.Environment; env != "" && !w.HasEnvironment(env) {
		return story.Answer{Invalid: true}
	}
	q := s.Query
	q.Compat = compat
	d, err := matrix.Ask(w, q)
	require.NoError(t, err)
	return story.AnswerOf(d, sentences)
}
