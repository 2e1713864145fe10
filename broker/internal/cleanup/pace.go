package cleanup

import (
	"context"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

const (
	defaultShare   = 0.5
	defaultLongest = 6 * time.Hour
	// A transaction is to take about as long as others may wait for it: batches
	// grow below the one time and shrink above the other.
	quickBatch, slowBatch = 30 * time.Millisecond, 100 * time.Millisecond
	// mostFixed is how much of a transaction's time may be what it takes however few
	// rows it deletes: its ways to the database, where that is far away.
	mostFixed             = 300 * time.Millisecond
	firstBatch, mostBatch = 25, cleanWindow
	// leastBatch is how few a batch may shrink to. A transaction has some thirty
	// statements however few rows it deletes: where others are busy on the database each
	// of them waits its turn, and smaller batches would only be more of them. What is
	// heavy by itself ends a batch early in any case.
	leastBatch = 10
	// longestRest ends a rest after a transaction that took long for a reason of
	// its own, such as a database that was away.
	longestRest = 5 * time.Second
)

// pace is how fast a clean-up works: it has a share of the time for itself, and
// leaves the rest to requests. So it keeps up with what comes in however much
// that is, and nobody has to guess a number of rows.
type pace struct {
	share float64
	until time.Time
	batch int
	// fixed is the time of a transaction that has nothing to do with its rows, as far
	// as is known, and last the one before.
	fixed time.Duration
	last  struct {
		batch int
		took  time.Duration
	}
	// owed is how long it has to rest before it goes on.
	owed time.Duration
	rest func(context.Context, time.Duration) error
}

func newPace(o Options) *pace {
	p := &pace{share: o.Share, until: time.Now().Add(o.Longest), batch: firstBatch, rest: sleep}
	if p.share <= 0 || p.share > 1 {
		p.share = defaultShare
	}
	if o.Longest <= 0 {
		p.until = time.Now().Add(defaultLongest)
	}
	return p
}

// over reports whether the clean-up has had its time.
func (p *pace) over() bool { return !time.Now().Before(p.until) }

// update runs fn with the size of a batch in a transaction, after the rest that
// the last one has earned.
func (p *pace) update(ctx context.Context, store kernel.Store, fn func(tx kernel.Tx, batch int) error) error {
	if err := p.rest(ctx, p.owed); err != nil {
		return err
	}
	began, batch := time.Now(), p.batch
	err := store.Update(ctx, func(tx kernel.Tx) error { return fn(tx, batch) })
	took := time.Since(began)
	p.owed = min(time.Duration(float64(took)*(1/p.share-1)), longestRest)
	p.adapt(batch, took)
	return err
}

// adapt chooses the next batch by what one took. Where half of the rows took as long
// as all of them, the time is not theirs.
func (p *pace) adapt(batch int, took time.Duration) {
	if 2*batch <= p.last.batch && took > slowBatch && 3*took > 2*p.last.took {
		p.fixed = took
	}
	p.fixed = min(p.fixed, took, mostFixed)
	p.last.batch, p.last.took = batch, took
	switch took -= p.fixed; {
	case took < quickBatch:
		p.batch = min(2*batch, mostBatch)
	case took > slowBatch:
		p.batch = max(batch/2, leastBatch)
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
