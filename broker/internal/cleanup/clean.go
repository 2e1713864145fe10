package cleanup

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Options say what a clean-up deletes, and how much at a time.
type Options struct {
	// Keep selects versions that stay. What is live stays in any case. Empty
	// means DefaultKeep.
	Keep []KeepSelector
	// BranchAge deletes branches, other than main branches, that nothing was
	// added to for that long; their versions stay. 0 deletes none.
	BranchAge time.Duration
	// OverwrittenAge deletes revisions, results and firings that newer ones
	// have replaced for that long. 0 deletes none.
	OverwrittenAge time.Duration
	// GateAnswerAge deletes kept answers of the gate that were last given so
	// long ago. 0 means two years.
	GateAnswerAge time.Duration
	// Limit is how many versions, branches and overwritten rows of each kind
	// one clean-up deletes. 0 means as many as there are.
	Limit int
	// Share is the part of the time in which a clean-up works, from 0 to 1; in the
	// rest requests have the database for themselves. 0 means a half.
	Share float64
	// Longest is how long one clean-up may take. 0 means six hours.
	Longest time.Duration
	// Looks is how many versions and documents one clean-up looks at, beside 200
	// for each that it deletes. What stays is not looked at each time: a clean-up
	// goes on where the last one ended, so that it costs the same however much there
	// is. 0 means 200,000.
	Looks int
	// Preview deletes nothing and counts what would go.
	Preview bool
}

// Report tells what a clean-up did or, as a preview, would do.
type Report struct {
	// Preview is true if nothing was deleted.
	Preview bool
	// Versions counts deleted versions by pacticipant.
	Versions map[string]int
	// Kept counts, by pacticipant, the versions that were looked at and stay.
	// Those that are younger than what every version is kept for are not
	// looked at.
	Kept map[string]int
	// Branches counts deleted branches.
	Branches int
	// SomeVersions and SomeBranches are the first that a preview found, by
	// application and number or name.
	SomeVersions, SomeBranches []Example
	// Contents counts documents. A preview counts those that nothing needs now;
	// what becomes free by deleting versions comes on top.
	Contents int
	// Revisions, Results and Firings count what newer ones have replaced.
	Revisions int
	Results   int
	Firings   int
	// GateAnswers counts kept answers of the gate that were deleted for their
	// age.
	GateAnswers int
	// More is true if the clean-up ended before its end: at its limit, at the end
	// of its time, or because it had looked at enough. The next one goes on from
	// there.
	More bool
}

// Example is one of those that would go.
type Example struct{ Application, Name string }

// examplesKept is how many of them a preview names.
const examplesKept = 10

// Overwritten counts revisions, results and firings together.
func (r Report) Overwritten() int { return r.Revisions + r.Results + r.Firings }

const (
	// cleanWindow is how many rows are looked at together.
	cleanWindow       = 200
	defaultCleanLooks = 200_000
	// markEvery is after how many windows it is kept how far a clean-up has come.
	markEvery = 20
)

// Clean deletes what is no longer of use, oldest first, in small transactions
// beside the traffic. Two clean-ups at once do no harm.
func (s *Service) Clean(ctx context.Context, o Options) (Report, error) {
	if len(o.Keep) == 0 {
		o.Keep = DefaultKeep()
	}
	o.Keep = withLive(slices.Clone(o.Keep))
	if o.Limit <= 0 {
		o.Limit = math.MaxInt
	}
	if o.Looks <= 0 {
		o.Looks = defaultCleanLooks
	}
	c := cleaning{s: s, options: o, now: s.Moment(), pace: newPace(o), report: Report{Preview: o.Preview, Versions: map[string]int{}, Kept: map[string]int{}}}
	for _, step := range []func(context.Context) error{c.branches, c.versions, c.overwritten, c.contents, c.gateAnswers} {
		if err := step(ctx); err != nil {
			return c.report, err
		}
	}
	return c.report, nil
}

// looksLeft is how many may be looked at after so many were, of which some are to be
// deleted: where there is something to do, the way goes on.
func (o Options) looksLeft(left, looked, doomed int) int {
	return min(left-looked+doomed*cleanWindow, o.Looks)
}

// cleaning is one clean-up under way.
type cleaning struct {
	s       *Service
	options Options
	now     time.Time
	pace    *pace
	report  Report
}

func (c *cleaning) branches(ctx context.Context) error {
	if c.options.BranchAge <= 0 {
		return nil
	}
	at := c.now.Add(-c.options.BranchAge)
	if c.options.Preview {
		return c.s.Store.View(ctx, func(tx kernel.Tx) error {
			stale, err := tx.StaleBranches(at, c.options.Limit)
			c.report.Branches = len(stale)
			for _, b := range stale[:min(len(stale), examplesKept)] {
				c.report.SomeBranches = append(c.report.SomeBranches, Example{b.Pacticipant.Name, b.Name})
			}
			return err
		})
	}
	for left := c.options.Limit; left > 0 && !c.pace.over(); {
		deleted, more := 0, false
		err := c.pace.update(ctx, c.s.Store, func(tx kernel.Tx, batch int) (err error) {
			deleted, more, err = deleteStale(tx, at, min(left, batch))
			return err
		})
		if err != nil {
			return err
		}
		c.report.Branches += deleted
		if left -= deleted; !more {
			return nil
		}
	}
	c.report.More = true
	return nil
}

// deleteStale deletes branches that nothing happened on since at, limit at most,
// and reports whether there may be more. A long one takes several transactions.
func deleteStale(tx kernel.Tx, at time.Time, limit int) (deleted int, more bool, err error) {
	found, err := tx.StaleBranches(at, limit)
	if err != nil || len(found) == 0 {
		return 0, false, err
	}
	rows := kernel.RowsOf(found)
	if err := tx.LockLeft(kernel.ToDelete, rows...); err != nil {
		return 0, false, err
	}
	stale, err := tx.StaleBranches(at, limit) // something may have been added to one
	if err != nil {
		return 0, false, err
	}
	stale = slices.DeleteFunc(stale, func(b kernel.Branch) bool { return !slices.Contains(rows, b.Row()) })
	for i, branch := range stale {
		n, err := tx.ThinBranch(branch.ID, kernel.ThinBatch)
		if err != nil || n == kernel.ThinBatch {
			return i, true, err
		}
		if err := tx.DeleteBranch(branch.ID); err != nil {
			return i, false, err
		}
	}
	return len(stale), len(found) == limit, nil
}

// mark returns how far the clean-ups before this one have come.
func (c *cleaning) mark(ctx context.Context, kind kernel.RowKind) (id int64, err error) {
	err = c.s.Store.View(ctx, func(tx kernel.Tx) error {
		id, err = tx.CleanMark(kind)
		return err
	})
	return id, err
}

// saveMark keeps how far this one has come. A preview has not.
func (c *cleaning) saveMark(ctx context.Context, kind kernel.RowKind, before, id int64) error {
	if c.options.Preview || before == id {
		return nil
	}
	return c.s.Store.Update(ctx, func(tx kernel.Tx) error { return tx.SaveCleanMark(kind, id) })
}

// markOnTheWay keeps now and then how far this one has come, so that one that is
// cut off does not begin again.
func (c *cleaning) markOnTheWay(ctx context.Context, kind kernel.RowKind, window int, before, id int64) error {
	if window%markEvery != 0 {
		return nil
	}
	return c.saveMark(ctx, kind, before, id)
}

// inBatches runs an update for each few of the ids, and returns how many rows
// they deleted together.
func (c *cleaning) inBatches(ctx context.Context, ids []int64, fn func(tx kernel.Tx, ids []int64) (int, error)) (int, error) {
	total := 0
	for len(ids) > 0 {
		some, deleted := 0, 0
		err := c.pace.update(ctx, c.s.Store, func(tx kernel.Tx, batch int) (err error) {
			some = min(batch, len(ids))
			deleted, err = fn(tx, ids[:some])
			return err
		})
		if err != nil {
			return total, err
		}
		total, ids = total+deleted, ids[some:]
	}
	return total, nil
}
