package delivery

import (
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatTheQueueSaysOfADatabaseThatIsAwayIsLeftOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &said{}
		s := newStates(slog.New(slog.NewTextHandler(log, nil)))
		queue := s.quiet(slog.New(slog.NewTextHandler(log, nil)))
		say := func(words string) {
			queue.Error(words)
			time.Sleep(time.Second)
		}
		for range 50 {
			say("cannot fetch jobs")
			s.failed(awayTrouble, errors.New("connection refused"))
			s.drop()
		}
		require.Len(t, log.all(), 1)
		s.ended(awayTrouble, awayEnded)
		s.release(time.Now())
		require.Len(t, log.all(), 2, "nothing is left of what was said meanwhile")

		asked := time.Now()
		time.Sleep(time.Millisecond)
		say("a job is stuck")
		s.release(asked)
		require.Len(t, log.all(), 2, "whether all was well then is not known yet")
		for range 50 {
			say("a job is stuck")
			s.release(time.Now())
		}
		require.Len(t, log.all(), 3, "once, and not each time")
		require.Contains(t, log.all()[2], "a job is stuck")
		time.Sleep(toldAgainAfter)
		say("a job is stuck")
		s.release(time.Now())
		require.Len(t, log.all(), 4, "and again after a while")
		queue.Info("fetching jobs")
		s.release(time.Now())
		require.Len(t, log.all(), 4, "its normal work is not told")
	})
}
