package cleanup_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/cleanup"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// deleting notes how many answers of the gate each update may delete.
type deleting struct {
	kernel.Store
	most *int
}

func (d deleting) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	return d.Store.Update(ctx, func(tx kernel.Tx) error { return fn(deletingTx{tx, d.most}) })
}

type deletingTx struct {
	kernel.Tx
	most *int
}

func (d deletingTx) DeleteGateAnswers(at time.Time, limit int) (int, error) {
	*d.most = max(*d.most, limit)
	return d.Tx.DeleteGateAnswers(at, limit)
}

func TestOldAnswersOfTheGateGoAFewAtATime(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		usecasetest.Aged(s, &now)
		most := 0
		watched := usecase.New(deleting{s.Store, &most}, s.Settings)
		watched.Now = s.Now
		require.NoError(t, s.Store.Update(t.Context(), func(tx kernel.Tx) error {
			for i := range 450 {
				at := now
				if i >= 30 {
					at = now.Add(-400 * 24 * time.Hour)
				}
				key := fmt.Sprint(i)
				if _, err := tx.SaveGateAnswer(kernel.GateAnswer{QuestionKey: key, AnswerKey: key, Times: 1, FirstAt: at, LastAt: at}); err != nil {
					return err
				}
			}
			return nil
		}))
		clean := func(limit int) (deleted int, more bool) {
			report, err := watched.Cleanup.Clean(t.Context(), cleanup.Options{GateAnswerAge: 365 * 24 * time.Hour, Limit: limit, Share: 1})
			require.NoError(t, err)
			return report.GateAnswers, report.More
		}
		deleted, more := clean(300)
		require.Equal(t, 300, deleted)
		require.True(t, more)
		deleted, more = clean(0)
		require.Equal(t, 120, deleted, "the young ones stay")
		require.False(t, more)
		require.LessOrEqual(t, most, 200, "nobody waits for all of them")
	})
}
