package delivery

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/treatyhq/treaty/internal/errlog"
)

// Periodic is a job that runs every so often, or by a schedule, on one of all
// replicas.
type Periodic struct {
	Name string
	// Every is the time between two runs. Schedule, if not nil, replaces it.
	Every    time.Duration
	Schedule Schedule
	// Limit ends the work; 0 means an hour. It works in small transactions, so that
	// what it did stays done.
	Limit time.Duration
	Run   func(ctx context.Context) error
}

// Schedule tells when a job runs next after a time. Two runs are a minute
// apart at least.
type Schedule interface {
	// Next returns the first time to run that is later than after.
	Next(after time.Time) time.Time
}

// Periodics keeps when work is due and who does it, so that neither the end of a
// process nor a change of the leader starts the wait again.
type Periodics interface {
	// PlanPeriodic makes work due at a time, unless it is due earlier already.
	PlanPeriodic(ctx context.Context, name string, due time.Time) error
	// ClaimPeriodic gives the work to the runner and returns true if it is due and
	// nobody does it.
	ClaimPeriodic(ctx context.Context, name, runner string, now time.Time) (bool, error)
	// FinishPeriodic takes the work from its runner and makes it due again.
	FinishPeriodic(ctx context.Context, name, runner string, due time.Time) error
}

const (
	// periodicLimit is how long periodic work may take that says nothing else.
	periodicLimit = time.Hour
	// periodicRetry is how soon work that failed is tried again, the first time.
	periodicRetry = time.Minute
)

// next returns when p is due after a run that began and ended at these times.
func (p Periodic) next(began, ended time.Time) time.Time {
	after := p.after(began)
	if after.Before(ended) {
		return p.after(ended)
	}
	return after
}

func (p Periodic) after(t time.Time) time.Time {
	if p.Schedule != nil {
		return p.Schedule.Next(t)
	}
	return t.Add(p.Every)
}

// retry returns when p is tried again after so many failures in a row: later
// each time, and not later than it would be due anyway.
func (p Periodic) retry(began, ended time.Time, failures int) time.Time {
	again := ended.Add(periodicRetry << min(failures-1, 6))
	if due := p.next(began, ended); due.Before(again) {
		return due
	}
	return again
}

// plan makes all periodic work due that never was.
func (d *Deliverer) plan(ctx context.Context) error {
	for _, p := range d.config.Periodic {
		if err := d.db.PlanPeriodic(ctx, p.Name, p.after(time.Now())); err != nil {
			return err
		}
	}
	return nil
}

// run does periodic work once and makes it due again.
func (d *Deliverer) run(ctx context.Context, p Periodic, failures *int) {
	began := time.Now()
	limited, cancel := context.WithTimeout(ctx, cmp.Or(p.Limit, periodicLimit))
	defer cancel()
	err := p.Run(limited)
	if err != nil && ctx.Err() != nil {
		return // the broker ends; the work is due still
	}
	ended := time.Now()
	due := p.next(began, ended)
	if *failures++; err != nil {
		due = p.retry(began, ended, *failures)
		d.config.Log.ErrorContext(ctx, "periodic work failed", slog.String("work", p.Name), slog.Time("again", due), errlog.Attr(err))
	} else {
		*failures = 0
	}
	d.finish(ctx, p, due)
}

// finish makes work due again that was done: also where the broker ends just then.
func (d *Deliverer) finish(ctx context.Context, p Periodic, due time.Time) {
	telling, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { after(telling, leaveLimit, cancel) })()
	for wait := time.Second; ; wait = longer(wait) {
		if err := d.db.FinishPeriodic(telling, p.Name, d.replica, due); err == nil || !sleep(telling, wait) {
			return
		}
	}
}
