package overview

import (
	"context"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// openCounted is up to where it is counted what waits to be delivered.
const openCounted = 1001

// AdminAnswer is what is known of the broker itself.
type AdminAnswer struct {
	// Bytes is how much the database takes on disk, Free how much of that is free to
	// be used again, 0 where that is not known.
	Bytes, Free int64
	// Replicas are the brokers on the database; none where it has one.
	Replicas []kernel.Replica
	Work     []Work
	// Open is how many deliveries of webhooks wait, OpenMost up to where they were
	// counted, OldestOpen since when the oldest waits.
	Open, OpenMost int
	OldestOpen     time.Time
}

// Work is periodic work and what came of it last.
type Work struct {
	Name string
	// Due is when it is due; zero if it does not run by itself.
	Due    time.Time
	Runner string
	// Last is nil if it never ran.
	Last *kernel.WorkOutcome
}

// LookAtAdmin tells of the broker at one moment, and of the periodic work that is
// named.
func (s *Service) LookAtAdmin(ctx context.Context, names ...string) (AdminAnswer, error) {
	var out AdminAnswer
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		out = AdminAnswer{OpenMost: openCounted}
		outcomes := make([]*kernel.WorkOutcome, len(names))
		var planned []kernel.PeriodicWork
		looks := []func() error{func() (err error) {
			out.Bytes, out.Free, err = tx.DatabaseSize()
			return err
		}, func() (err error) {
			out.Replicas, err = tx.ListReplicas()
			return err
		}, func() (err error) {
			planned, err = tx.ListPeriodic()
			return err
		}, func() (err error) {
			out.Open, out.OldestOpen, err = tx.OpenDeliveries(openCounted)
			return err
		}}
		for i, name := range names {
			looks = append(looks, func() error {
				o, err := tx.FindWorkOutcome(name)
				if err == nil {
					outcomes[i] = &o
				}
				return kernel.IgnoreNotFound(err)
			})
		}
		if err := tx.Together(looks...); err != nil {
			return err
		}
		for i, name := range names {
			work := Work{Name: name, Last: outcomes[i]}
			for _, p := range planned {
				if p.Name == name {
					work.Due, work.Runner = p.Due, p.Runner
				}
			}
			out.Work = append(out.Work, work)
		}
		return nil
	})
	return out, err
}

const (
	// countedEach is how many rows of history are counted each time.
	countedEach = 20_000
	// countedWithin is how old the counts of some more may become, and countedSoon how
	// long somebody waits for them.
	countedWithin = time.Minute
	countedSoon   = 20 * time.Millisecond
)

// CountSoFar returns the metrics without waiting long for a count: known is false
// where a long history was never counted. What was counted some time ago is counted
// anew behind the request.
func (s *Service) CountSoFar(ctx context.Context) (m kernel.Metrics, known bool, err error) {
	now := s.Moment()
	m, length, err := s.countedUpTo(ctx, min(countedEach, s.counting.most()))
	if err != nil || length == 0 {
		return m, err == nil, err
	}
	age := countAgain
	if length <= s.counting.most() {
		age = countedWithin
	}
	if now.Sub(m.CountedAt) < age {
		return m, true, nil
	}
	behind := s.countBehind(ctx, now)
	if m.CountedAt.IsZero() {
		select {
		case <-behind:
			m, _, err = s.countedUpTo(ctx, 0)
		case <-ctx.Done():
		case <-time.After(countedSoon):
		}
	}
	return m, !m.CountedAt.IsZero(), err
}
