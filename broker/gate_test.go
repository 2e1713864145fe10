package broker_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

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
			for _, s := range stories {
				t.Run(s.Name, func(t *testing.T) {
					p := newPlayer(t, db)
					p.play(s.Steps)
					require.Equal(t, s.Want.String(), ask(p, s, broker.Settings{}, len(s.Want.Sentences) > 0).String(), "%s", s)
					if s.Original != nil {
						require.Equal(t, s.Original.String(), ask(p, s, broker.Settings{OriginalDecisions: true}, false).String(), "%s", s)
					}
				})
			}
		})
	}
}

// ask puts the question of a story to the service.
func ask(p *player, s story.Story, settings broker.Settings, sentences bool) story.Answer {
	p.t.Helper()
	q := queryOf(p, s)
	service := broker.New(p.store, settings)
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

// query is the question of a story with the names of this player.
func queryOf(p *player, s story.Story) broker.MatrixQuery {
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
	return q
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
				if unknownNames(s) || refused(s) {
					continue
				}
				p := newPlayer(t, db)
				p.play(s.Steps)
				got := ask(p, s, broker.Settings{}, true)
				require.Equal(t, story.AnswerOf(want, true).String(), got.String(), "%s", s)
				require.ElementsMatch(t, told(want), toldOf(p, s, time.Time{}), "%s", s)
				require.ElementsMatch(t, told(want), toldOf(p, s, p.now), "as of now\n%s", s)
			}
		})
	}
}

// told is what people are told of a decision: the headline, and what is missing
// from a yes.
func told(d matrix.Decision) []string {
	out := []string{fmt.Sprint(d.Headline())}
	for _, e := range d.Explanations {
		if !e.Blocking {
			out = append(out, e.Sentence)
		}
	}
	return out
}

// told asks the service, as of a moment if it is not zero.
func toldOf(p *player, s story.Story, at time.Time) []string {
	p.t.Helper()
	q := queryOf(p, s)
	q.At = at
	answer, err := broker.New(p.store, broker.Settings{}).LookAtMatrix(p.t.Context(), q)
	require.NoError(p.t, err)
	out := told(answer.Decision)
	for i, text := range out {
		out[i] = p.unnamed(text)
	}
	return out
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

// refused says whether a service refuses to decide by the question, which memory
// answers.
func refused(s story.Story) bool {
	return s.Query.LatestBy == matrix.ByIntegration && !s.Query.Target.IsZero()
}

// An answer as of a moment is the one that was given then, whatever came after.
func TestAnswersOfThePastStayWhatTheyWere(t *testing.T) {
	t.Parallel()
	for name, open := range databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			for i := range 60 {
				s := story.Random(77, uint64(i))
				if unknownNames(s) || s.Query.Target.MainBranch {
					continue // what a main branch was called is not recorded
				}
				p := newPlayer(t, db)
				half := len(s.Steps) / 2
				p.play(s.Steps[:half])
				then := p.now
				before, known := askAt(p, s, time.Time{})
				p.play(s.Steps[half:])
				after, _ := askAt(p, s, then)
				if known {
					require.Equal(t, before.String(), after.String(), "after %d steps of\n%s", half, s)
				}
			}
		})
	}
}

// askAt asks as of a moment; it returns false for a refused question.
func askAt(p *player, s story.Story, at time.Time) (story.Answer, bool) {
	p.t.Helper()
	q := queryOf(p, s)
	q.At = at
	answer, err := broker.New(p.store, broker.Settings{}).Matrix(p.t.Context(), q)
	if broker.CodeOf(err) == broker.CodeInvalid {
		return story.Answer{}, false
	}
	require.NoError(p.t, err)
	answer.Decision.Warnings = slices.DeleteFunc(answer.Decision.Warnings, func(r matrix.Reason) bool { return ofPast[r.Kind] })
	return story.AnswerOf(answer.Decision, true), true
}

// A yes that becomes one to doubt is another answer, although it rests on the
// same rows.
func TestADoubtIsKeptAsAnAnswerOfItsOwn(t *testing.T) {
	t.Parallel()
	for name, open := range databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlayer(t, open(t))
			history := func(text string) {
				s, err := story.Parse("history", text)
				require.NoError(t, err)
				p.play(s.Steps)
			}
			service := broker.New(p.store, broker.Settings{})
			ask := func() int64 {
				answer, err := service.CanIDeploy(t.Context(), broker.CanIDeployQuery{Pacticipant: p.name("Foo"), Version: "2", Environment: p.name("prod")})
				require.NoError(t, err)
				require.Equal(t, matrix.Deployable, answer.Decision.Verdict)
				return answer.Number
			}
			history("version Foo 1\nversion Foo 2\nversion Bar 2\ndeploy Bar 2 prod")
			plain := ask()
			history("pact Foo 1 -> Bar")
			doubted := ask()
			require.NotEqual(t, plain, doubted)
			for number, want := range map[int64]matrix.Headline{plain: matrix.HeadlineYes, doubted: matrix.HeadlineDoubt} {
				kept, err := service.FindGateAnswer(t.Context(), number)
				require.NoError(t, err)
				require.Equal(t, want, matrix.Tell(kept.Verdict, kept.Counts, kept.Explanations))
			}
		})
	}
}

// Every answer is kept with what was asked and what it rested on. The same
// answer again is counted.
func TestAnswersAreKept(t *testing.T) {
	t.Parallel()
	for name, open := range databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlayer(t, open(t))
			history := func(text string) {
				s, err := story.Parse("history", text)
				require.NoError(t, err)
				p.play(s.Steps)
			}
			history("pact Foo 1 -> Bar\nversion Bar 2\ndeploy Bar 2 prod")
			service := broker.New(p.store, broker.Settings{})
			service.Now = func() time.Time { return p.now }
			ask := func() broker.MatrixAnswer {
				answer, err := service.CanIDeploy(t.Context(), broker.CanIDeployQuery{Pacticipant: p.name("Foo"), Version: "1", Environment: p.name("prod")})
				require.NoError(t, err)
				return answer
			}
			first := ask()
			require.NotZero(t, first.Number)
			require.Equal(t, first.Number, ask().Number, "the same answer a moment later")
			p.now = p.now.Add(time.Hour)
			require.Equal(t, first.Number, ask().Number, "the same answer an hour later")
			history("verify Bar 2 : Foo 1 ok")
			second := ask()
			require.NotEqual(t, first.Number, second.Number)

			kept, err := service.ListGateAnswers(t.Context(), broker.GateHistoryQuery{Pacticipant: p.name("Foo")})
			require.NoError(t, err)
			require.Len(t, kept, 2)
			require.Equal(t, matrix.Deployable, kept[0].Verdict)
			require.Equal(t, matrix.Passed, kept[0].Rows[0].Outcome)
			require.Equal(t, matrix.Unknown, kept[1].Verdict)
			require.Equal(t, 3, kept[1].Times)
			require.Equal(t, time.Hour, kept[1].LastAt.Sub(kept[1].FirstAt))
			require.Equal(t, matrix.CauseNeverVerified, kept[1].Explanations[0].Cause)
			require.Equal(t, p.name("prod"), kept[1].Question.Target.Environment)

			again, err := service.FindGateAnswer(t.Context(), first.Number)
			require.NoError(t, err)
			require.Equal(t, kept[1], again)
			_, err = service.FindGateAnswer(t.Context(), 1<<40)
			require.True(t, broker.IsNotFound(err))

			p.now = p.now.Add(3 * 365 * 24 * time.Hour)
			last := ask()
			require.NoError(t, p.store.Update(t.Context(), func(tx broker.Tx) error {
				deleted, err := tx.DeleteGateAnswers(p.now.Add(-time.Hour), 1000)
				require.GreaterOrEqual(t, deleted, 1)
				return err
			}))
			kept, err = service.ListGateAnswers(t.Context(), broker.GateHistoryQuery{Pacticipant: p.name("Foo")})
			require.NoError(t, err)
			require.Len(t, kept, 1, "what was not given for years goes")
			require.Equal(t, last.Number, kept[0].Number)
		})
	}
}
