package story_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
)

// The world in memory is what databases are compared with, so it must give the
// answers that stand in the files.
func TestTheWorldInMemoryGivesTheAnswersThatStandInTheFiles(t *testing.T) {
	t.Parallel()
	all, err := story.ReadAll(os.DirFS("../testdata"))
	require.NoError(t, err)
	asked := 0
	for _, s := range all {
		if s.Want.Invalid {
			continue // refused before the world is asked
		}
		asked++
		d, err := matrix.Ask(story.NewWorld().Play(s.Steps), s.Query)
		require.NoError(t, err)
		require.Equal(t, s.Want.String(), story.AnswerOf(d, len(s.Want.Sentences) > 0).String(), "the answer to %s", s.Name)
	}
	require.Greater(t, asked, 60, "the files ask many questions")
}

func TestAStepNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	w := story.NewWorld().Play([]story.Step{
		{Verb: story.AddEnvironment, Environment: "empty"},
		{Verb: story.Deploy, App: "Foo", Number: "1", Environment: "prod"},
		{Verb: story.Release, App: "Foo", Number: "1", Environment: "store"},
	})
	for _, name := range []string{"empty", "prod", "store"} {
		require.True(t, w.HasEnvironment(name), "an environment exists from the first step that names it: %s", name)
	}
	require.False(t, w.HasEnvironment("none"), "no step named it")
	found, err := w.FindPacticipants([]string{"Foo", "Bar"})
	require.NoError(t, err)
	require.Contains(t, found, "Foo", "an application exists from the first step that names it")
	require.NotContains(t, found, "Bar", "no step named it")
}
