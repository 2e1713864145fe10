package scale_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/scale"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

func opened(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, store.Options{Synchronous: "NORMAL", StatementTimeout: time.Hour})
	require.NoError(t, err)
	return s
}

func fill(t *testing.T, s *store.Store, size scale.Size) {
	t.Helper()
	require.NoError(t, scale.Load(t.Context(), s, size, func(what string, took time.Duration) {
		if testing.Verbose() && took > time.Second {
			t.Logf("%s: %s", what, took.Round(time.Millisecond))
		}
	}))
}

// small has every kind of row and is quick to make.
var small = scale.Size{Applications: 60, Results: 6000, Contents: 600, Versions: 2400}

// The rows that the gate reads must agree with the history that they stand for,
// or a measurement would be of something else.
func TestDerivedRowsAgreeWithTheHistory(t *testing.T) {
	t.Parallel()
	s := storetest.SQLite(t, store.Options{})
	fill(t, s, small)
	storetest.Sound(t, s)
	var results int
	require.NoError(t, s.DB().QueryRow(`SELECT COUNT(*) FROM verification`).Scan(&results))
	_, _, _, total := small.Totals()
	require.Equal(t, total, results)
}

// The questions that are measured must be answered by yes: with a no they would
// be easier.
func TestMadeUpHistoryIsDeployable(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, store.Options{})
			fill(t, s, small)
			service := usecase.New(s, kernel.DefaultSettings())
			for app, integrations := range map[string]int{scale.ConsumerOfOne: 1, scale.ConsumerOfTen: 10, scale.ConsumerOfFifty: 50} {
				answer, err := service.Gate.CanIDeploy(t.Context(), scale.CanIDeploy(small, app))
				require.NoError(t, err)
				require.Equal(t, matrix.Deployable, answer.Decision.Verdict, "%s: %s", app, answer.Decision.Summary())
				require.GreaterOrEqual(t, len(answer.Rows), integrations)
			}
			pacts, err := service.Picking.PactsForVerification(t.Context(), scale.PactsForVerification(small))
			require.NoError(t, err)
			require.Equal(t, 2*50, len(pacts), "each consumer's main branch, and its newest feature branch") //nolint:testifylint // the pacts would fill the screen
		})
	}
}
