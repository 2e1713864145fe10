package overview

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/errlog"
)

const (
	// countAtOnce is how many rows of history are counted while somebody waits.
	countAtOnce = 200_000
	// countAgain is how old what was counted may become before it is counted anew.
	countAgain = time.Hour
	// countLimit is how long counting may take. After that somebody else may try.
	countLimit = 20 * time.Minute
	// firstCount is how long who asks waits where nothing was ever counted.
	firstCount = 20 * time.Second
)

// counting is the count of a long history that is under way behind the requests. Its
// zero value is ready.
type counting struct {
	mu   sync.Mutex
	done chan struct{} // nil if none is under way
	stop context.CancelFunc
	// stopped says that none is to begin any more.
	stopped bool
	// atOnce is countAtOnce, unless a test says otherwise.
	atOnce int64
}

// CountAll returns the metrics. A long history is not counted while somebody waits:
// then they are what was counted last, and counted anew if that is long ago.
func (s *Service) CountAll(ctx context.Context) (kernel.Metrics, error) {
	now := s.Moment()
	out, long, err := s.counted(ctx)
	if err != nil || !long || now.Sub(out.CountedAt) < countAgain {
		return out, err
	}
	done := s.countBehind(ctx, now)
	if !out.CountedAt.IsZero() {
		return out, nil
	}
	select {
	case <-done:
	case <-ctx.Done():
	case <-time.After(firstCount):
	}
	if out, _, err = s.counted(ctx); err == nil && out.CountedAt.IsZero() {
		err = kernel.Errorf(kernel.CodeUnavailable, "this broker counts what it holds for the first time, which takes long; ask again in a minute")
	}
	return out, err
}

// counted returns the metrics of a short history, or what was counted last of a long
// one, if anything was.
func (s *Service) counted(ctx context.Context) (out kernel.Metrics, long bool, err error) {
	out, length, err := s.countedUpTo(ctx, s.counting.most())
	return out, length != 0, err
}

// countedUpTo counts a history of up to so many rows. Of a longer one it returns what
// was counted last, if anything was, and its length.
func (s *Service) countedUpTo(ctx context.Context, most int64) (out kernel.Metrics, longer int64, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) error {
		var length int64
		var kept kernel.Metrics
		if err := tx.Together(func() (err error) {
			length, err = tx.HistoryLength()
			return err
		}, func() (err error) {
			kept, err = tx.KeptMetrics()
			return kernel.IgnoreNotFound(err)
		}); err != nil {
			return err
		}
		if longer = 0; length > most {
			out, longer = kept, length
			return nil
		}
		out, err = tx.CountAll()
		return err
	})
	return out, longer, err
}

func (c *counting) most() int64 {
	if c.atOnce > 0 {
		return c.atOnce
	}
	return countAtOnce
}

// countBehind begins to count unless that is under way, and returns what is closed at
// the end.
func (s *Service) countBehind(ctx context.Context, now time.Time) <-chan struct{} {
	c := &s.counting
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done != nil {
		return c.done
	}
	done := make(chan struct{})
	if c.stopped {
		close(done)
		return done
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), countLimit)
	c.done, c.stop = done, cancel
	go func() {
		defer func() {
			cancel()
			c.mu.Lock()
			defer c.mu.Unlock()
			c.done = nil
			close(done)
		}()
		if err := s.count(ctx, now); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "what the broker holds could not be counted", slog.Time("asked", now), errlog.Attr(err))
		}
	}()
	return done
}

// count counts all and keeps it, unless another replica is at it.
func (s *Service) count(ctx context.Context, now time.Time) error {
	mine := false
	if err := s.Store.Update(ctx, func(tx kernel.Tx) (err error) {
		mine, err = tx.ClaimCount(now, now.Add(-countLimit))
		return err
	}); err != nil || !mine {
		return err
	}
	var found kernel.Metrics
	if err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		found, err = tx.CountAll()
		return err
	}); err != nil {
		return err
	}
	found.CountedAt = now
	return s.Store.Update(ctx, func(tx kernel.Tx) error { return tx.KeepMetrics(found) })
}

// StopCounting ends a count that is under way, and waits for its end until ctx ends.
func (s *Service) StopCounting(ctx context.Context) {
	c := &s.counting
	c.mu.Lock()
	c.stopped = true
	done := c.done
	if done != nil {
		c.stop()
	}
	c.mu.Unlock()
	if done == nil {
		return
	}
	select {
	case <-done:
	case <-ctx.Done():
	}
}
