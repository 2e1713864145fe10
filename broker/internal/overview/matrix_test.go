package overview_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// history plays steps on a service and returns the names that they got.
func history(t *testing.T, db kernel.Store, steps []story.Step) *usecasetest.Player {
	t.Helper()
	p := usecasetest.NewPlayer(t, db)
	p.Play(steps)
	return p
}

func steps(t *testing.T, text string) []story.Step {
	t.Helper()
	s, err := story.Parse("history", text)
	require.NoError(t, err)
	return s.Steps
}

// randomSelector asks for some versions of an application.
func randomSelector(r *rand.Rand, name string) matrix.Selector {
	s := matrix.Selector{Pacticipant: name}
	switch r.IntN(8) {
	case 0:
		s.Version = []string{"1", "2", "3"}[r.IntN(3)]
	case 1:
		s.Branch = "main"
	case 2:
		s.MainBranch = true
	case 3:
		s.Tag = "gold"
	case 4:
		s.Latest = true
	case 5:
		s.Branch, s.Tag = "main", "gold"
	}
	return s
}

// meetings is a history in which Ada and Bob meet often.
func meetings(r *rand.Rand) []story.Step {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	number := func() string { return pick("1", "2", "3") }
	var out []story.Step
	for range 12 {
		s := story.Step{Verb: story.Publish, App: "Ada", Partner: "Bob", Number: number(), Content: pick("old", "new")}
		if r.IntN(2) == 0 {
			s = story.Step{Verb: story.Verify, App: "Bob", Number: number(), Partner: "Ada", PartnerNumber: number(), Success: r.IntN(2) == 0}
		}
		if r.IntN(3) == 0 {
			s.Branch, s.Tags = "main", []string{"gold"}
		}
		out = append(out, s)
	}
	return out
}

// rowText tells a row apart from all others.
func rowText(r gate.MatrixRow) string {
	text := fmt.Sprintf("%s %s r%d -> %s", r.Consumer.Name, r.ConsumerVersion.Number, r.Revision, r.Provider.Name)
	if r.ProviderVersion != nil {
		text += " " + r.ProviderVersion.Number
	}
	if r.Verification != nil {
		text += fmt.Sprintf(" #%d %t", r.Verification.Number, r.Verification.Success)
	}
	return text + " " + strings.Join(r.Unproven, ",")
}

// The rows of the page are those of the gate's matrix, in its order, however they
// are paged and whatever is shown of them.
func TestThePageOfTheMatrixHasTheRowsOfTheGate(t *testing.T) {
	t.Parallel()
	for name, open := range usecasetest.Databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			s := usecase.New(usecasetest.Twice{Store: db}, kernel.DefaultSettings())
			r := rand.New(rand.NewPCG(7, 13))
			seen := 0
			for number := range uint64(25) {
				p := history(t, db, append(story.Random(29, number).Steps, meetings(r)...))
				for range 12 {
					consumer, provider := p.Name("Ada"), p.Name("Bob")
					if r.IntN(4) == 0 {
						consumer, provider = provider, consumer
					}
					seen += compareWithGate(t, s, r, randomSelector(r, consumer), randomSelector(r, provider))
				}
			}
			require.Greater(t, seen, 200, "there was something to compare")
		})
	}
}

func compareWithGate(t *testing.T, s *usecase.All, r *rand.Rand, consumer, provider matrix.Selector) int {
	t.Helper()
	q := overview.MatrixQuery{Consumer: consumer, Provider: provider, Every: r.IntN(2) == 0, Page: kernel.Page{Number: 1, Size: 3}}
	if r.IntN(3) == 0 {
		q.Show = []matrix.Outcome{matrix.Outcome(r.IntN(3))}
	}
	asked := gate.MatrixQuery{Selectors: []matrix.Selector{consumer, provider}, LatestBy: matrix.ByVersions}
	if q.Every {
		asked.LatestBy = matrix.EveryRow
	}
	answer, err := s.Gate.LookAtMatrix(t.Context(), asked)
	if kernel.CodeOf(err) == kernel.CodeInvalid {
		got, err := s.Overview.LookAtMatrix(t.Context(), q)
		require.NoError(t, err)
		require.NotEmpty(t, got.Wrong.Consumer+got.Wrong.Provider)
		return 0
	}
	require.NoError(t, err)
	var want, shown []string
	for _, row := range answer.Rows {
		if row.Consumer.Name != consumer.Pacticipant || row.Provider.Name != provider.Pacticipant {
			continue // the other way round, or with itself
		}
		want = append(want, rowText(row))
		if len(q.Show) == 0 || q.Show[0] == row.Outcome() {
			shown = append(shown, rowText(row))
		}
	}
	got, err := s.Overview.LookAtMatrix(t.Context(), q)
	require.NoError(t, err)
	if got.Wrong.ConsumerVersions+got.Wrong.ProviderVersions != "" {
		require.True(t, slices.ContainsFunc(answer.Decision.Specified, func(r matrix.Resolved) bool { return r.Finding == matrix.NoVersion }), "the gate finds no version either: %+v", q)
		return 0
	}
	require.Equal(t, len(want), got.Counts.Success+got.Counts.Failed+got.Counts.Unknown, "%+v", q)
	require.Equal(t, len(shown), got.Total, "%+v", q)
	var paged []string
	for len(got.Rows) > 0 {
		for _, row := range got.Rows {
			paged = append(paged, rowText(row.MatrixRow))
		}
		q.Page.Number++
		got, err = s.Overview.LookAtMatrix(t.Context(), q)
		require.NoError(t, err)
	}
	require.Equal(t, shown, paged, "%+v", q)
	return len(want)
}

// A thousand versions of one content with a thousand results are a million rows,
// of which those of a page are made.
func TestAPageOfTheMatrixMakesItsOwnRowsAlone(t *testing.T) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "pact Foo %d -> Bar\n", i)
	}
	for i := range 1000 {
		fmt.Fprintf(&text, "verify Bar %d : Foo 0 %s\n", i, []string{"ok", "failed"}[i%2])
	}
	db := usecasetest.OpenSQLite(t)
	p := history(t, db, steps(t, text.String()))
	s := usecase.New(db, kernel.DefaultSettings())
	q := overview.MatrixQuery{Consumer: matrix.Selector{Pacticipant: p.Name("Foo")}, Page: kernel.Page{Number: 20_000, Size: 50}}
	var answer overview.MatrixAnswer
	require.Less(t, testing.AllocsPerRun(1, func() {
		var err error
		answer, err = s.Overview.LookAtMatrix(t.Context(), q)
		require.NoError(t, err)
	}), 200_000.0, "memory grows with the contracts and results, not with the rows")
	require.Equal(t, 1_000_000, answer.Total)
	require.Equal(t, matrix.Counts{Success: 500_000, Failed: 500_000}, answer.Counts)
	require.Len(t, answer.Rows, 50)
	require.Equal(t, "0", answer.Rows[49].ConsumerVersion.Number)
	require.Equal(t, "0", answer.Rows[49].ProviderVersion.Number)
	require.False(t, answer.Truncated)
}

// one answers about all rows of a story.
func one(t *testing.T, text string, change func(*overview.MatrixQuery)) overview.MatrixAnswer {
	t.Helper()
	db := usecasetest.OpenSQLite(t)
	p := history(t, db, steps(t, text))
	q := overview.MatrixQuery{Consumer: matrix.Selector{Pacticipant: p.Name("Foo")}, Provider: matrix.Selector{Pacticipant: p.Name("Bar")}, Page: kernel.Page{Number: 1, Size: 50}}
	if change != nil {
		change(&q)
	}
	answer, err := usecase.New(db, kernel.DefaultSettings()).Overview.LookAtMatrix(t.Context(), q)
	require.NoError(t, err)
	return answer
}

func TestThePairSaysItsFirstBadAndLastGood(t *testing.T) {
	t.Parallel()
	const contracts = "pact Foo 1 -> Bar content old\npact Foo 2 -> Bar content old\npact Foo 3 -> Bar content new\npact Foo 4 -> Bar content new\n"
	for _, tt := range []struct {
		name, history string
		state         matrix.Outcome
		good, bad     string
		byContract    bool
	}{
		{"never verified", contracts, matrix.Unverified, "", "", false},
		{"good", contracts + "verify Bar 1 : Foo 4 ok", matrix.Passed, "4 1", "", false},
		{"good again", contracts + "verify Bar 1 : Foo 4 failed\nverify Bar 2 : Foo 4 ok", matrix.Passed, "4 2", "4 1", false},
		{"the provider broke it", contracts + "verify Bar 1 : Foo 4 ok\nverify Bar 2 : Foo 4 failed\nverify Bar 3 : Foo 4 failed", matrix.Failed, "4 1", "4 2", false},
		{"the provider is told in the order of its versions", contracts + "version Bar 1\nversion Bar 2\nversion Bar 3\nverify Bar 3 : Foo 4 failed\nverify Bar 2 : Foo 4 failed\nverify Bar 1 : Foo 4 ok", matrix.Failed, "4 1", "4 2", false},
		{"the contract broke it", contracts + "verify Bar 1 : Foo 2 ok\nverify Bar 1 : Foo 3 failed\nverify Bar 2 : Foo 4 failed", matrix.Failed, "2 1", "3 1", true},
		{"the contract broke it, for the same version of the provider", contracts + "verify Bar 1 : Foo 2 ok\nverify Bar 2 : Foo 2 ok\nverify Bar 1 : Foo 3 failed\nverify Bar 2 : Foo 3 failed", matrix.Failed, "2 1", "3 1", true},
		{"the provider broke it before the contract changed", contracts + "verify Bar 1 : Foo 2 ok\nverify Bar 2 : Foo 2 failed\nverify Bar 2 : Foo 3 failed", matrix.Failed, "2 1", "2 2", false},
		{"never good", contracts + "verify Bar 1 : Foo 2 failed\nverify Bar 2 : Foo 4 failed", matrix.Failed, "", "1 1", false},
		{"the newest contract is not verified", contracts + "verify Bar 1 : Foo 2 ok\nverify Bar 2 : Foo 2 failed", matrix.Unverified, "2 1", "2 2", false},
		{"a contract that came back", contracts + "pact Foo 5 -> Bar content old\nverify Bar 1 : Foo 4 ok\nverify Bar 2 : Foo 5 failed", matrix.Failed, "4 1", "5 2", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			answer := one(t, tt.history, nil)
			require.Len(t, answer.Pairs, 1)
			h := answer.Pairs[0]
			row := func(r *matrix.Row) string {
				if r == nil {
					return ""
				}
				return r.Publication.ConsumerVersion.Number + " " + r.ProviderVersion.Number
			}
			require.Equal(t, tt.state, h.State)
			require.Equal(t, tt.good, row(h.Good), "last good")
			require.Equal(t, tt.bad, row(h.Bad), "first bad")
			require.Equal(t, tt.byContract, h.ByContract)
			require.Contains(t, "45", h.Newest.ConsumerVersion.Number, "the newest contract")
		})
	}
}

// A newest provider version that was asked for and has no result is not good
// because an older one is.
func TestTheNewestVersionThatCountsDecidesAboutThePair(t *testing.T) {
	t.Parallel()
	const text = "pact Foo 1 -> Bar\nverify Bar 1 : Foo 1 ok branch main\nversion Bar 2 branch main"
	require.Equal(t, matrix.Passed, one(t, text, nil).Pairs[0].State)
	onMain := one(t, text, func(q *overview.MatrixQuery) { q.Provider.Branch = "main" })
	require.Equal(t, matrix.Unverified, onMain.Pairs[0].State)
	require.Equal(t, matrix.Counts{Success: 1, Unknown: 1}, onMain.Counts)
}

// An address that does not say who is the consumer is put right.
func TestTheSidesOfTheMatrixFindTheirPlaces(t *testing.T) {
	t.Parallel()
	const text = "pact Foo 1 -> Bar\npact Foo 1 -> Baz\npact Cat 1 -> Foo\nverify Bar 2 : Foo 1 ok\ndeploy Bar 2 prod"
	for _, tt := range []struct {
		name               string
		consumer, provider string
		unsorted           bool
		rows               int
		otherWay           bool
	}{
		{"as they are", "Foo", "Bar", false, 1, false},
		{"the wrong way", "Bar", "Foo", false, 0, true},
		{"the wrong way, and nobody said", "Bar", "Foo", true, 1, false},
		{"a consumer", "Foo", "", false, 2, true},
		{"a provider", "", "Foo", false, 1, true},
		{"both, and nobody said", "Foo", "", true, 2, true},
		{"a provider alone, and nobody said", "Bar", "", true, 1, false},
		{"strangers", "Cat", "Bar", false, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			answer := one(t, text, func(q *overview.MatrixQuery) {
				prefix := strings.TrimSuffix(q.Consumer.Pacticipant, "Foo")
				name := func(word string) string {
					if word == "" {
						return ""
					}
					return prefix + word
				}
				q.Consumer.Pacticipant, q.Provider.Pacticipant, q.Unsorted = name(tt.consumer), name(tt.provider), tt.unsorted
			})
			require.Equal(t, tt.rows, answer.Total)
			require.Equal(t, tt.otherWay, answer.OtherWay)
		})
	}
}

func TestTheMatrixSaysWhatIsNotThere(t *testing.T) {
	t.Parallel()
	const text = "pact Foo 1 -> Bar\nenvironment prod"
	for _, tt := range []struct {
		name   string
		change func(*overview.MatrixQuery)
		says   string
	}{
		{"an application", func(q *overview.MatrixQuery) { q.Consumer.Pacticipant += "o" }, "There is no application named"},
		{"and near names", func(q *overview.MatrixQuery) { q.Provider.Pacticipant += "r" }, "Did you mean"},
		{"a version", func(q *overview.MatrixQuery) { q.Consumer.Version = "9" }, "Foo is like that."},
		{"an environment", func(q *overview.MatrixQuery) { q.Provider.Environment = "nowhere" }, "There is no environment named \"nowhere\"."},
		{"a version of any partner", func(q *overview.MatrixQuery) { q.Provider = matrix.Selector{Tag: "gold"} }, "No version of any partner is like that."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			answer := one(t, text, tt.change)
			require.Contains(t, answer.Wrong.Consumer+answer.Wrong.Provider+answer.Wrong.ConsumerVersions+answer.Wrong.ProviderVersions, tt.says)
			require.Empty(t, answer.Rows)
		})
	}
}

// Of more results than are read, the older ones are not taken for none.
func TestTheMatrixSaysWhereItStoppedReading(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("pact Foo 1 -> Bar content old\nverify Bar 0 : Foo 1 ok\npact Foo 2 -> Bar content new\n")
	for i := range matrix.MostRows {
		fmt.Fprintf(&text, "verify Bar %d : Foo 2 ok\n", i)
	}
	db := usecasetest.OpenSQLite(t)
	p := history(t, db, steps(t, text.String()))
	s := usecase.New(db, kernel.DefaultSettings())
	q := overview.MatrixQuery{Consumer: matrix.Selector{Pacticipant: p.Name("Foo")}, Page: kernel.Page{Number: 1, Size: 1}}
	answer, err := s.Overview.LookAtMatrix(t.Context(), q)
	require.NoError(t, err)
	require.True(t, answer.ResultsCut)
	require.False(t, answer.Truncated)
	require.Equal(t, matrix.Passed, answer.Pairs[0].State, "the newest contract has the newest results")
	q.Consumer.Version = "1"
	answer, err = s.Overview.LookAtMatrix(t.Context(), q)
	require.NoError(t, err)
	require.False(t, answer.ResultsCut)
	require.Equal(t, matrix.Counts{Success: 1}, answer.Counts)
	q.Consumer.Version, q.Provider = "", matrix.Selector{Version: "0"}
	answer, err = s.Overview.LookAtMatrix(t.Context(), q)
	require.NoError(t, err)
	require.False(t, answer.ResultsCut, "a version of the provider has as many results as there are contracts")
	require.Equal(t, matrix.Counts{Success: 2}, answer.Counts)
}

// However many versions are selected, those that are not do not count.
func TestTheMatrixLeavesOutWhatIsNotSelected(t *testing.T) {
	t.Parallel()
	const contents, versions = 120, 100 // more pairs than are looked up one by one
	require.Greater(t, contents*versions, matrix.MostRows)
	var text strings.Builder
	for i := range contents {
		fmt.Fprintf(&text, "pact Foo %d -> Bar content c%d\n", i, i)
	}
	for i := range versions {
		fmt.Fprintf(&text, "version Bar %d branch main\n", i)
	}
	text.WriteString("verify Bar 7 : Foo 3 ok\nverify Bar feat : Foo 3 failed\nverify Bar feat : Foo 4 ok")
	answer := one(t, text.String(), func(q *overview.MatrixQuery) { q.Provider.Branch = "main" })
	require.Equal(t, matrix.Counts{Success: 1, Unknown: versions - 1 + contents - 1}, answer.Counts, "each version of main for the content that one of them verified, and one row for each other content")
	require.False(t, answer.Truncated || answer.ResultsCut)
}

// The rows of an application with itself are about its pact with itself.
func TestTheMatrixOfAConsumerOfItself(t *testing.T) {
	t.Parallel()
	answer := one(t, "pact Foo 1 -> Foo\npact Foo 1 -> Bar\npact Cat 1 -> Foo\nverify Foo 1 : Foo 1 failed\nverify Foo 1 : Cat 1 ok", func(q *overview.MatrixQuery) {
		q.Provider = q.Consumer
	})
	require.Equal(t, matrix.Counts{Failed: 1}, answer.Counts)
	require.False(t, answer.OtherWay)
}
