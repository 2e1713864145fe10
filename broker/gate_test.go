package broker_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/matrix"
	"github.com/treatyhq/treaty/broker/matrix/story"
)

// The scenarios of broker/matrix decide the same on a database.
func TestScenariosDecideAsWrittenOnDatabases(t *testing.T) {
	t.Parallel()
	stories, err := story.ReadAll(os.DirFS("matrix/testdata"))
	require.NoError(t, err)
	for name, open := range databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			for i, s := range stories {
				t.Run(s.Name, func(t *testing.T) {
					p := newPlayer(t, db, fmt.Sprintf("s%d-%d-", os.Getpid(), i))
					p.play(s.Steps)
					require.Equal(t, s.Want.String(), p.ask(s, broker.Settings{}, len(s.Want.Sentences) > 0).String(), "%s", s)
					if s.Original != nil {
						require.Equal(t, s.Original.String(), p.ask(s, broker.Settings{OriginalDecisions: true}, false).String(), "%s", s)
					}
				})
			}
		})
	}
}

// ask puts the question of a story to the service.
func (p *player) ask(s story.Story, settings broker.Settings, sentences bool) story.Answer {
	p.t.Helper()
	service := broker.New(p.store, settings)
	q := broker.MatrixQuery{LatestBy: s.Query.LatestBy, Show: s.Query.Show, Target: s.Query.Target}
	if s.Query.Limit > 0 {
		q.Limit = &s.Query.Limit
	}
	if q.Target.Environment != "" {
		q.Target.Environment = p.name(q.Target.Environment)
	}
	for _, sel := range s.Query.Selectors {
		sel.Pacticipant = p.name(sel.Pacticipant)
		q.Selectors = append(q.Selectors, sel)
	}
	for _, sel := range s.Query.Ignore {
		sel.Pacticipant = p.name(sel.Pacticipant)
		q.Ignore = append(q.Ignore, sel)
	}
	answer, err := service.Matrix(p.t.Context(), q)
	if broker.CodeOf(err) == broker.CodeInvalid {
		return story.Answer{Invalid: true}
	}
	require.NoError(p.t, err)
	requireSameRows(p.t, answer)
	out := story.AnswerOf(answer.Decision, sentences)
	for i, text := range out.Sentences {
		out.Sentences[i] = p.unnamed(text)
	}
	return out
}

// requireSameRows checks that the described rows are those of the decision.
func requireSameRows(t *testing.T, answer broker.MatrixAnswer) {
	t.Helper()
	require.Len(t, answer.Rows, len(answer.Decision.Shown))
	for i, row := range answer.Decision.Shown {
		require.Equal(t, row.Outcome(), answer.Rows[i].Outcome())
		require.Equal(t, row.Publication.ConsumerVersion.Number, answer.Rows[i].ConsumerVersion.Number)
		require.Equal(t, row.ProviderVersion == nil, answer.Rows[i].ProviderVersion == nil)
	}
}

// Random histories decide on a database as they do in memory.
func TestDatabasesDecideLikeMemory(t *testing.T) {
	t.Parallel()
	for name, open := range databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			for i := range 150 {
				s := story.Random(2024, uint64(i))
				want, err := matrix.Ask(story.NewWorld().Play(s.Steps), s.Query)
				require.NoError(t, err)
				if unknownNames(s) {
					continue
				}
				p := newPlayer(t, db, fmt.Sprintf("r%d-%d-", os.Getpid(), i))
				p.play(s.Steps)
				got := p.ask(s, broker.Settings{}, true)
				require.Equal(t, story.AnswerOf(want, true).String(), got.String(), "%s", s)
			}
		})
	}
}

// unknownNames says whether a selector names an application that no step did:
// memory answers, a service refuses.
func unknownNames(s story.Story) bool {
	known := map[string]bool{}
	for _, step := range s.Steps {
		known[step.App], known[step.Partner] = true, true
	}
	for _, sel := range s.Query.Selectors {
		if !known[sel.Pacticipant] {
			return true
		}
	}
	return false
}
