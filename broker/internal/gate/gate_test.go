package gate_test

import (
	"fmt"
	"os"
	"slices"
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

// The scenarios of broker/internal/matrix decide the same on a database.
func TestScenariosDecideAsWrittenOnDatabases(t *testing.T) {
	t.Parallel()
	stories, err := story.ReadAll(os.DirFS("../matrix/testdata"))
	require.NoError(t, err)
	for name, open := range usecasetest.Databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			for _, s := range stories {
				t.Run(s.Name, func(t *testing.T) {
					p := usecasetest.NewPlayer(t, db)
					p.Play(s.Steps)
					require.Equal(t, s.Want.String(), ask(p, s, kernel.Settings{}, len(s.Want.Sentences) > 0).String(), "%s", s)
					if s.Original != nil {
						require.Equal(t, s.Original.String(), ask(p, s, kernel.Settings{OriginalDecisions: true}, false).String(), "%s", s)
					}
				})
			}
		})
	}
}

// ask puts the question of a story to the service.
func ask(p *usecasetest.Player, s story.Story, settings kernel.Settings, sentences bool) story.Answer {
	p.T.Helper()
	q := queryOf(p, s)
	service := usecase.New(p.Store, settings)
	answer, err := service.Gate.Matrix(p.T.Context(), q)
	if kernel.CodeOf(err) == kernel.CodeInvalid {
		return story.Answer{Invalid: true}
	}
	require.NoError(p.T, err)
	requireSameRows(p.T, answer)
	out := story.AnswerOf(answer.Decision, sentences)
	for i, text := range out.Sentences {
		out.Sentences[i] = p.Unnamed(text)
	}
	return out
}

// query is the question of a story with the names of this player.
func queryOf(p *usecasetest.Player, s story.Story) gate.MatrixQuery {
	q := gate.MatrixQuery{LatestBy: s.Query.LatestBy, Show: s.Query.Show, Target: s.Query.Target}
	if s.Query.Limit > 0 {
		q.Limit = &s.Query.Limit
	}
	if q.Target.Environment != "" {
		q.Target.Environment = p.Name(q.Target.Environment)
	}
	for _, sel := range s.Query.Selectors {
		sel.Pacticipant = p.Name(sel.Pacticipant)
		q.Selectors = append(q.Selectors, sel)
	}
	for _, sel := range s.Query.Ignore {
		sel.Pacticipant = p.Name(sel.Pacticipant)
		q.Ignore = append(q.Ignore, sel)
	}
	return q
}

// requireSameRows checks that the described rows are those of the decision.
func requireSameRows(t *testing.T, answer gate.MatrixAnswer) {
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
	for name, open := range usecasetest.Databases(t) {
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
				p := usecasetest.NewPlayer(t, db)
				p.Play(s.Steps)
				got := ask(p, s, kernel.Settings{}, true)
				require.Equal(t, story.AnswerOf(want, true).String(), got.String(), "%s", s)
				require.ElementsMatch(t, told(want), toldOf(p, s, time.Time{}), "%s", s)
				require.ElementsMatch(t, told(want), toldOf(p, s, p.Now), "as of now\n%s", s)
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
func toldOf(p *usecasetest.Player, s story.Story, at time.Time) []string {
	p.T.Helper()
	q := queryOf(p, s)
	q.At = at
	answer, err := usecase.New(p.Store, kernel.Settings{}).Gate.LookAtMatrix(p.T.Context(), q)
	require.NoError(p.T, err)
	out := told(answer.Decision)
	for i, text := range out {
		out[i] = p.Unnamed(text)
	}
	return out
}

// unknownNames reports whether a selector names an application that no step did:
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

// refused reports whether a service refuses to decide by the question, which
// memory answers.
func refused(s story.Story) bool {
	return s.Query.LatestBy == matrix.ByIntegration && !s.Query.Target.IsZero()
}

// An answer as of a moment is the one that was given then, whatever came after.
func TestAnswersOfThePastStayWhatTheyWere(t *testing.T) {
	t.Parallel()
	for name, open := range usecasetest.Databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			for i := range 60 {
				s := story.Random(77, uint64(i))
				if unknownNames(s) || s.Query.Target.MainBranch {
					continue // what a main branch was called is not recorded
				}
				p := usecasetest.NewPlayer(t, db)
				half := len(s.Steps) / 2
				p.Play(s.Steps[:half])
				then := p.Now
				before, known := askAt(p, s, time.Time{})
				p.Play(s.Steps[half:])
				after, _ := askAt(p, s, then)
				if known {
					require.Equal(t, before.String(), after.String(), "after %d steps of\n%s", half, s)
				}
			}
		})
	}
}

// askAt asks as of a moment; it returns false for a refused question.
func askAt(p *usecasetest.Player, s story.Story, at time.Time) (story.Answer, bool) {
	p.T.Helper()
	q := queryOf(p, s)
	q.At = at
	answer, err := usecase.New(p.Store, kernel.Settings{}).Gate.Matrix(p.T.Context(), q)
	if kernel.CodeOf(err) == kernel.CodeInvalid {
		return story.Answer{}, false
	}
	require.NoError(p.T, err)
	answer.Decision.Warnings = slices.DeleteFunc(answer.Decision.Warnings, func(r matrix.Reason) bool { return ofPast[r.Kind] })
	return story.AnswerOf(answer.Decision, true), true
}

// newest is the number of the answer about an application that was kept last.
func newest(t *testing.T, s *gate.Service, application string) int64 {
	t.Helper()
	kept, err := s.ListGateAnswers(t.Context(), kernel.GateHistoryQuery{Pacticipant: application, Limit: 1})
	require.NoError(t, err)
	require.Len(t, kept, 1)
	return kept[0].Number
}

// A yes that becomes one to doubt is another answer, although it rests on the
// same rows.
func TestADoubtIsKeptAsAnAnswerOfItsOwn(t *testing.T) {
	t.Parallel()
	for name, open := range usecasetest.Databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := usecasetest.NewPlayer(t, open(t))
			history := func(text string) {
				s, err := story.Parse("history", text)
				require.NoError(t, err)
				p.Play(s.Steps)
			}
			service := usecase.New(p.Store, kernel.Settings{})
			ask := func() int64 {
				answer, err := service.Gate.CanIDeploy(t.Context(), gate.CanIDeployQuery{Pacticipant: p.Name("Foo"), Version: "2", Environment: p.Name("prod")})
				require.NoError(t, err)
				require.Equal(t, matrix.Deployable, answer.Decision.Verdict)
				return newest(t, service.Gate, p.Name("Foo"))
			}
			history("version Foo 1\nversion Foo 2\nversion Bar 2\ndeploy Bar 2 prod")
			plain := ask()
			history("pact Foo 1 -> Bar")
			doubted := ask()
			require.NotEqual(t, plain, doubted)
			for number, want := range map[int64]matrix.Headline{plain: matrix.HeadlineYes, doubted: matrix.HeadlineDoubt} {
				kept, err := service.Gate.FindGateAnswer(t.Context(), number)
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
	for name, open := range usecasetest.Databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := usecasetest.NewPlayer(t, open(t))
			history := func(text string) {
				s, err := story.Parse("history", text)
				require.NoError(t, err)
				p.Play(s.Steps)
			}
			history("pact Foo 1 -> Bar\nversion Bar 2\ndeploy Bar 2 prod")
			service := usecase.New(p.Store, kernel.Settings{})
			service.Now = func() time.Time { return p.Now }
			ask := func() int64 {
				_, err := service.Gate.CanIDeploy(t.Context(), gate.CanIDeployQuery{Pacticipant: p.Name("Foo"), Version: "1", Environment: p.Name("prod")})
				require.NoError(t, err)
				return newest(t, service.Gate, p.Name("Foo"))
			}
			first := ask()
			require.NotZero(t, first)
			require.Equal(t, first, ask(), "the same answer a moment later")
			p.Now = p.Now.Add(time.Hour)
			require.Equal(t, first, ask(), "the same answer an hour later")
			history("verify Bar 2 : Foo 1 ok")
			second := ask()
			require.NotEqual(t, first, second)

			kept, err := service.Gate.ListGateAnswers(t.Context(), kernel.GateHistoryQuery{Pacticipant: p.Name("Foo")})
			require.NoError(t, err)
			require.Len(t, kept, 2)
			require.Equal(t, matrix.Deployable, kept[0].Verdict)
			require.Equal(t, matrix.Passed, kept[0].Rows[0].Outcome)
			require.Equal(t, matrix.Unknown, kept[1].Verdict)
			require.Equal(t, 3, kept[1].Times)
			require.Equal(t, time.Hour, kept[1].LastAt.Sub(kept[1].FirstAt))
			require.Equal(t, matrix.CauseNeverVerified, kept[1].Explanations[0].Cause)
			require.Equal(t, p.Name("prod"), kept[1].Question.Target.Environment)

			again, err := service.Gate.FindGateAnswer(t.Context(), first)
			require.NoError(t, err)
			require.Equal(t, kept[1], again)
			_, err = service.Gate.FindGateAnswer(t.Context(), 1<<40)
			require.True(t, kernel.IsNotFound(err))

			p.Now = p.Now.Add(3 * 365 * 24 * time.Hour)
			last := ask()
			require.NoError(t, p.Store.Update(t.Context(), func(tx kernel.Tx) error {
				deleted, err := tx.DeleteGateAnswers(p.Now.Add(-time.Hour), 1000)
				require.GreaterOrEqual(t, deleted, 1)
				return err
			}))
			kept, err = service.Gate.ListGateAnswers(t.Context(), kernel.GateHistoryQuery{Pacticipant: p.Name("Foo")})
			require.NoError(t, err)
			require.Len(t, kept, 1, "what was not given for years goes")
			require.Equal(t, last, kept[0].Number)
		})
	}
}
