package matrix_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
)

// applicationsOf are the applications of a world, as a board reads them.
func applicationsOf(t *testing.T, w *story.World) []matrix.Pacticipant {
	t.Helper()
	var out []matrix.Pacticipant
	for _, name := range story.Apps {
		found, err := w.FindPacticipants([]string{name})
		require.NoError(t, err)
		if p, known := found[name]; known {
			out = append(out, p)
		}
	}
	return out
}

// A board says of every head and environment what the gate says when it is
// asked about them one by one.
func TestABoardAnswersLikeTheGate(t *testing.T) {
	t.Parallel()
	verdicts, fits := map[matrix.Headline]int{}, map[matrix.Headline]int{}
	for i := range 2000 {
		s := story.Random(31, uint64(i))
		w := story.NewWorld().Play(s.Steps)
		board, err := matrix.ReadBoard(w, applicationsOf(t, w), []string{"prod"})
		require.NoError(t, err)
		together := matrix.Query{Target: matrix.Target{Environment: "prod"}, LatestBy: matrix.ByVersions}
		for _, p := range applicationsOf(t, w) {
			live, err := w.ListSelectedVersions([]int64{p.ID}, matrix.Criterion{Kind: matrix.ByEnvironment, Name: "prod"})
			require.NoError(t, err)
			for _, v := range live {
				together.Selectors = append(together.Selectors, matrix.Selector{Pacticipant: p.Name, Version: v.Number})
			}
			head, known := board.Head(p.Name)
			if !known {
				continue
			}
			got, err := board.Deploy(p.Name, "prod")
			require.NoError(t, err)
			want, err := matrix.Ask(w, matrix.Query{
				Selectors: []matrix.Selector{{Pacticipant: p.Name, Version: head.Number}},
				Target:    matrix.Target{Environment: "prod"}, LatestBy: matrix.ByVersions,
			})
			require.NoError(t, err)
			requireSameDecision(t, want, got, s)
			verdicts[got.Headline()]++
			brief, err := board.Verdict(fresh(), p.Name, "prod")
			require.NoError(t, err)
			requireSameVerdict(t, want, brief, s)
		}
		got, err := board.Together("prod")
		require.NoError(t, err)
		brief, err := board.Fits(fresh(), "prod")
		require.NoError(t, err)
		requireSameVerdict(t, got, brief, s)
		fits[brief.Headline()]++
		if len(together.Selectors) == 0 {
			require.Equal(t, matrix.Deployable, got.Verdict)
			continue
		}
		want, err := matrix.Ask(w, together)
		require.NoError(t, err)
		requireSameDecision(t, want, got, s)
	}
	for _, h := range []matrix.Headline{matrix.HeadlineYes, matrix.HeadlineNo, matrix.HeadlineUnknown, matrix.HeadlineDoubt} {
		require.Greater(t, verdicts[h], 20, "the histories must be interesting: %v", verdicts)
		require.Greater(t, fits[h], 5, "the environments must be interesting: %v", fits)
	}
}

func requireSameDecision(t *testing.T, want, got matrix.Decision, s story.Story) {
	t.Helper()
	require.Equal(t, story.AnswerOf(want, true).String(), story.AnswerOf(got, true).String(), "%s", s)
	require.Equal(t, want.Headline(), got.Headline(), "%s", s)
	require.Len(t, got.Explanations, len(want.Explanations))
	for i, e := range want.Explanations {
		require.Equal(t, e.Sentence, got.Explanations[i].Sentence, "%s", s)
	}
}

// A board about one application says of it what the gate says, for its head and for each
// version of it that is somewhere, and refuses questions about others.
func TestABoardAboutOneApplicationAnswersLikeTheGate(t *testing.T) {
	t.Parallel()
	said, versions := map[string]bool{}, 0
	for i := range 1500 {
		s := story.Random(35, uint64(i))
		w := story.NewWorld().Play(s.Steps)
		all := applicationsOf(t, w)
		for _, p := range all {
			board, err := matrix.ReadBoardAbout(w, p, all, []string{"prod"})
			require.NoError(t, err)
			asked, err := w.ListSelectedVersions([]int64{p.ID}, matrix.Criterion{Kind: matrix.ByEnvironment, Name: "prod"})
			require.NoError(t, err)
			if head, known := board.Head(p.Name); known {
				asked = append(asked, head)
			}
			for _, v := range asked {
				want, err := matrix.Ask(w, matrix.Query{
					Selectors: []matrix.Selector{{Pacticipant: p.Name, Version: v.Number}}, Target: matrix.Target{Environment: "prod"}, LatestBy: matrix.ByVersions,
				})
				require.NoError(t, err)
				if head, _ := board.Head(p.Name); head.ID == v.ID {
					got, err := board.Deploy(p.Name, "prod")
					require.NoError(t, err)
					requireSameDecision(t, want, got, s)
					brief, err := board.Verdict(fresh(), p.Name, "prod")
					require.NoError(t, err)
					requireSameVerdict(t, want, brief, s)
				}
				whole, err := matrix.ReadBoard(w, all, []string{"prod"})
				require.NoError(t, err)
				brief, err := whole.VersionVerdict(fresh(), p.Name, v.Number, "prod")
				require.NoError(t, err)
				requireSameVerdict(t, want, brief, s)
				said[story.AnswerOf(want, true).String()] = true
				versions++
			}
			_, err = board.Together("prod")
			require.Error(t, err)
			for _, other := range all {
				if other.ID != p.ID {
					_, err = board.Verdict(fresh(), other.Name, "prod")
					require.Error(t, err, "nothing was read about it")
				}
			}
		}
	}
	require.Greater(t, len(said), 300, "the histories must be interesting")
	require.Greater(t, versions, 2000)
}

// fresh is a memory of nothing.
func fresh() *matrix.Memory {
	m := &matrix.Memory{}
	m.Turn()
	return m
}

// A board that remembers says after each step of a history what one says that does not.
func TestAnAnswerIsRememberedOnlyWhereItIsTheSame(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for i := range 500 {
		s := story.Random(33, uint64(i))
		memory := &matrix.Memory{}
		for n := range s.Steps {
			// Identities are given out in the order of the steps: those of the steps before are
			// the same.
			w := story.NewWorld().Play(s.Steps[:n+1])
			board, err := matrix.ReadBoard(w, applicationsOf(t, w), []string{"prod"})
			require.NoError(t, err)
			memory.Turn()
			for _, p := range applicationsOf(t, w) {
				if _, known := board.Head(p.Name); !known {
					continue
				}
				want, err := board.Deploy(p.Name, "prod")
				require.NoError(t, err)
				got, err := board.Verdict(memory, p.Name, "prod")
				require.NoError(t, err)
				requireSameVerdict(t, want, got, s)
				said[story.AnswerOf(want, true).String()] = true
			}
			want, err := board.Together("prod")
			require.NoError(t, err)
			got, err := board.Fits(memory, "prod")
			require.NoError(t, err)
			requireSameVerdict(t, want, got, s)
		}
	}
	require.Greater(t, len(said), 500, "the histories must be interesting")
}

// What the last board did not ask is forgotten.
func TestWhatNobodyAsksIsForgotten(t *testing.T) {
	t.Parallel()
	s, err := story.Parse("memory", "pact Ada 1 -> Bob\nverify Bob 1 : Ada 1 failed\ndeploy Bob 1 prod")
	require.NoError(t, err)
	w := story.NewWorld().Play(s.Steps)
	board, err := matrix.ReadBoard(w, applicationsOf(t, w), []string{"prod"})
	require.NoError(t, err)
	memory := fresh()
	first, err := board.Verdict(memory, "Ada", "prod")
	require.NoError(t, err)
	memory.Turn()
	again, err := board.Verdict(memory, "Ada", "prod")
	require.NoError(t, err)
	require.Same(t, &first.Explanations[0], &again.Explanations[0], "it is the same answer")
	memory.Turn()
	memory.Turn()
	other, err := board.Verdict(memory, "Ada", "prod")
	require.NoError(t, err)
	require.NotSame(t, &first.Explanations[0], &other.Explanations[0])
}

// requireSameVerdict compares all that a decision without rows holds.
func requireSameVerdict(t *testing.T, want, got matrix.Decision, s story.Story) {
	t.Helper()
	require.Equal(t, want.Headline(), got.Headline(), "%s", s)
	require.Equal(t, want.Verdict, got.Verdict, "%s", s)
	require.Equal(t, want.Counts, got.Counts, "%s", s)
	require.Equal(t, want.Notices(), got.Notices(), "%s", s)
	require.Len(t, got.Explanations, len(want.Explanations), "%s", s)
	for i, e := range want.Explanations {
		require.Equal(t, [2]any{e.Cause, e.Sentence}, [2]any{got.Explanations[i].Cause, got.Explanations[i].Sentence}, "%s", s)
	}
	require.Empty(t, got.Considered)
	require.Empty(t, got.Shown)
}

// What nobody has told about a pact is found: of the head of the provider, and of
// what is in an environment.
func TestABoardKnowsWhichResultsAreMissing(t *testing.T) {
	t.Parallel()
	s, err := story.Parse("untold", "pact Foo 1 -> Bar\nverify Bar 6 : Foo 1 ok\nversion Bar 7\ndeploy Bar 7 prod\npact Foo 1 -> Baz\nverify Baz 3 : Foo 1 failed\npact Foo 1 -> Qux")
	require.NoError(t, err)
	w := story.NewWorld().Play(s.Steps)
	var named []matrix.Pacticipant
	found, err := w.FindPacticipants([]string{"Foo", "Bar", "Baz", "Qux"})
	require.NoError(t, err)
	for _, p := range found {
		named = append(named, p)
	}
	board, err := matrix.ReadBoard(w, named, []string{"prod"})
	require.NoError(t, err)
	told := map[string]string{}
	for _, u := range board.Untold([]string{"prod"}) {
		text := fmt.Sprintf("has head %v", u.HasHead)
		if u.Head != nil {
			text += ", head " + u.Head.Number
		}
		for _, l := range u.Live {
			text += ", " + l.Environment + " " + l.Version.Number
		}
		told[u.Publication.Provider.Name] = text
	}
	require.Equal(t, map[string]string{"Bar": "has head true, head 7, prod 7", "Qux": "has head false"}, told)
}

// The head is that of the main branch, not the latest version.
func TestABoardJudgesTheHeadOfTheMainBranch(t *testing.T) {
	t.Parallel()
	s, err := story.Parse("head", "main Foo main\npact Foo 1 -> Bar branch main\npact Foo 2 -> Bar content new branch feat\nversion Bar 7")
	require.NoError(t, err)
	w := story.NewWorld().Play(s.Steps)
	found, err := w.FindPacticipants([]string{"Foo", "Bar"})
	require.NoError(t, err)
	board, err := matrix.ReadBoard(w, []matrix.Pacticipant{found["Foo"], found["Bar"]}, nil)
	require.NoError(t, err)
	for name, want := range map[string]string{"Foo": "1", "Bar": "7"} {
		head, known := board.Head(name)
		require.True(t, known)
		require.Equal(t, want, head.Number)
	}
	pact, has := board.Pact("Foo", "Bar")
	require.True(t, has)
	require.Equal(t, "1", pact.ConsumerVersion.Number)
	_, known := board.Head("Nobody")
	require.False(t, known)
}

// A version that is given stands for the head of its application: what the board
// says of it is what the gate says.
func TestABoardJudgesAnyVersionLikeTheGate(t *testing.T) {
	t.Parallel()
	verdicts := map[matrix.Headline]int{}
	for i := range 600 {
		s := story.Random(32, uint64(i))
		w := story.NewWorld().Play(s.Steps)
		for _, p := range applicationsOf(t, w) {
			for _, number := range []string{"1", "2", "3", "4"} {
				found, err := w.ListSelectedVersions([]int64{p.ID}, matrix.Criterion{Kind: matrix.ByNumber, Name: number})
				require.NoError(t, err)
				if len(found) == 0 {
					continue
				}
				board, err := matrix.ReadBoard(w, applicationsOf(t, w), []string{"prod"}, found[0])
				require.NoError(t, err)
				head, _ := board.Head(p.Name)
				require.Equal(t, number, head.Number)
				got, err := board.Deploy(p.Name, "prod")
				require.NoError(t, err)
				want, err := matrix.Ask(w, matrix.Query{
					Selectors: []matrix.Selector{{Pacticipant: p.Name, Version: number}}, Target: matrix.Target{Environment: "prod"}, LatestBy: matrix.ByVersions,
				})
				require.NoError(t, err)
				requireSameDecision(t, want, got, s)
				verdicts[got.Headline()]++
			}
		}
	}
	for _, h := range []matrix.Headline{matrix.HeadlineYes, matrix.HeadlineNo, matrix.HeadlineUnknown, matrix.HeadlineDoubt} {
		require.Greater(t, verdicts[h], 20, "the histories must be interesting: %v", verdicts)
	}
}
