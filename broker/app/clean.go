package app

import (
	"context"
	"time"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/delivery"
)

// Clean says how the broker deletes what is no longer of use. It is off unless
// Enabled.
type Clean struct {
	Enabled bool
	// Schedule says when, in the five fields of cron and the time zone of the
	// process; empty means DefaultCleanSchedule. One of all replicas cleans up.
	Schedule string
	// Every, if not 0, is the time between two clean-ups, instead of a Schedule.
	Every time.Duration
	// Keep selects the versions that stay; empty means broker.DefaultKeep.
	Keep Keep
	// BranchAge, OverwrittenAge, Limit and Preview are those of
	// broker.CleanOptions.
	BranchAge      time.Duration
	OverwrittenAge time.Duration
	Limit          int
	Preview        bool
}

// Keep lists selectors of versions that the clean-up leaves alone.
type Keep []broker.KeepSelector

// Parse replaces k by the selectors in a JSON list, as broker.ParseKeep reads
// it.
func (k *Keep) Parse(text string) error {
	parsed, err := broker.ParseKeep(text)
	if err != nil {
		return err
	}
	*k = parsed
	return nil
}

// defaultClean has the Pact Broker's limits.
func defaultClean() Clean {
	const day = 24 * time.Hour
	return Clean{BranchAge: 90 * day, OverwrittenAge: 7 * day, Limit: 500}
}

// periodic are the jobs that one of all replicas runs.
func (a *App) periodic() []delivery.Periodic {
	o := a.options.Clean
	if !o.Enabled {
		return nil
	}
	job := delivery.Periodic{Name: "clean", Every: o.Every, Run: a.clean}
	if o.Every == 0 {
		schedule, err := o.schedule()
		if err != nil { // Validate has refused it before
			a.log.Error("no clean-up", "cause", err)
			return nil
		}
		job.Schedule = schedule
	}
	return []delivery.Periodic{job}
}

// CleanUp cleans up now, by these options: Enabled and when to do it are not
// regarded.
func (a *App) CleanUp(ctx context.Context, o Clean) (broker.CleanReport, error) {
	return a.Service.Clean(ctx, broker.CleanOptions{
		Keep: o.Keep, BranchAge: o.BranchAge, OverwrittenAge: o.OverwrittenAge, Limit: o.Limit, Preview: o.Preview,
	})
}

func (a *App) clean(ctx context.Context) error {
	report, err := a.CleanUp(ctx, a.options.Clean)
	if err != nil {
		a.log.ErrorContext(ctx, "clean up", "cause", err)
		return err
	}
	a.log.InfoContext(ctx, "cleaned up", "preview", report.Preview, "versions", report.Versions, "kept", report.Kept,
		"branches", report.Branches, "revisions", report.Revisions, "results", report.Results, "webhook runs", report.Firings,
		"contents", report.Contents, "more", report.More)
	return nil
}
