package publish_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

func warningsOf(notices []kernel.Notice) []string {
	var out []string
	for _, n := range notices {
		if n.Level == kernel.LevelWarning {
			out = append(out, n.Text)
		}
	}
	return out
}

// TestManyNewNamesBesideManyOldOnes compares hundreds of new applications with
// thousands, within the time that a request may keep the others from writing.
func TestManyNewNamesBesideManyOldOnes(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := usecase.New(open(t, store.Options{}), kernel.DefaultSettings())
			require.NoError(t, s.Store.Update(t.Context(), func(tx kernel.Tx) error {
				for i := range 10_000 {
					if _, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: fmt.Sprintf("settlement-of-house-%d", i), CreatedAt: time.Now()}); err != nil {
						return err
					}
				}
				return nil
			}))
			var providers []string
			for i := range 300 {
				providers = append(providers, fmt.Sprintf("ledger-of-street-%d", i))
			}
			_, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("counting-house", "1", "main", providers...))
			require.NoError(t, err)
			_, err = s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("CountingHouses", "1", "main", "ledger-of-street-0"))
			require.Equal(t, kernel.ReasonSimilarName, kernel.ReasonOf(err))
			require.ErrorContains(t, err, "* counting-house\n")
		})
	}
}

func TestANewNameThatLooksLikeOthersIsTold(t *testing.T) {
	t.Parallel()
	s := usecase.New(storetest.SQLite(t, store.Options{}), kernel.DefaultSettings())
	publish := func(number string, providers ...string) []string {
		out, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("till", number, "main", providers...))
		require.NoError(t, err)
		return warningsOf(out.Notices)
	}
	require.Empty(t, publish("1", "scales"))
	require.Equal(t, []string{"The application ѕcales looks like another one that exists: scales. They are two applications."}, publish("2", "ѕcales"))
	require.Empty(t, publish("3", "ѕcales"), "it is no longer new")

	warnings := publish("4", "sсales", "scаles", "scalеs", "scaleѕ")
	require.Len(t, warnings, 4, "one for each")
	require.Contains(t, warnings[0], "looks like others that exist: ")
	require.Contains(t, warnings[0], ", 2 more. They are different applications.")
}
