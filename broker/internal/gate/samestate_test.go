package gate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// TestQuestionsThatDifferAreAnsweredEachForItself asks one after the other what an
// answer could be taken from that was found out a moment ago for another question.
func TestQuestionsThatDifferAreAnsweredEachForItself(t *testing.T) {
	t.Parallel()
	for name, open := range usecasetest.Databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := open(t)
			now := usecase.New(store, kernel.Settings{})
			_, err := now.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Web", "1", "main", "Api", "Mail", "Pay"))
			require.NoError(t, err)
			one := 1
			of := func(version string) []matrix.Selector {
				return []matrix.Selector{{Pacticipant: "Web", Version: version}}
			}
			for range 2 { // the second time from what is kept, where it is
				for _, tt := range []struct {
					name    string
					q       gate.MatrixQuery
					rows    int
					ignored bool
				}{
					{name: "all", q: gate.MatrixQuery{Selectors: of("1")}, rows: 3},
					{name: "one row", q: gate.MatrixQuery{Selectors: of("1"), Limit: &one}, rows: 1},
					{name: "those that passed", q: gate.MatrixQuery{Selectors: of("1"), Show: []matrix.Outcome{matrix.Passed}}},
					{name: "those that did not", q: gate.MatrixQuery{Selectors: of("1"), Show: []matrix.Outcome{matrix.Unverified}}, rows: 3},
					{name: "another version", q: gate.MatrixQuery{Selectors: of("2")}},
					{name: "without a partner", q: gate.MatrixQuery{Selectors: of("1"), Ignore: []matrix.Selector{{Pacticipant: "Pay"}}}, rows: 3, ignored: true},
					{name: "twice the same", q: gate.MatrixQuery{Selectors: append(of("1"), of("1")...)}, rows: 3},
					{name: "between the two alone", q: gate.MatrixQuery{Selectors: append(of("1"), of("1")...), Between: true}},
					{name: "as asked by somebody", q: gate.MatrixQuery{Selectors: of("1"), Asker: kernel.Asker{Principal: "ann"}}, rows: 3},
				} {
					answer, err := now.Gate.LookAtMatrix(t.Context(), tt.q)
					require.NoError(t, err, tt.name)
					require.Len(t, answer.Rows, tt.rows, tt.name)
					require.Equal(t, tt.ignored, answer.IgnoreAsked, tt.name)
				}
			}
		})
	}
}
