package broker

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/cleanup"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/webhook/delivery"
	"github.com/treatyhq/treaty/internal/errlog"
)

// Clean says how the broker deletes what is no longer of use.
type Clean struct {
	// Enabled switches the regular clean-up on.
	Enabled bool
	// Schedule says when, in the five fields of cron and the time zone of the
	// process; empty means DefaultCleanSchedule. One of all replicas cleans up.
	Schedule string
	// Every, if not 0, is the time between two clean-ups, a minute or more,
	// instead of a Schedule.
	Every time.Duration
	// Keep selects the versions that stay; empty means the latest of each
	// pacticipant, branch and tag and what is younger than 90 days. What is
	// deployed or released stays in any case.
	Keep Keep
	// BranchAge deletes branches, other than main branches, to which nothing was
	// added for that long; their versions stay. 0 deletes none.
	BranchAge time.Duration
	// OverwrittenAge deletes revisions of pacts, results and triggered webhooks
	// that newer ones have replaced for that long. 0 deletes none.
	OverwrittenAge time.Duration
	// Limit is the most versions, branches and overwritten rows of each kind that
	// one clean-up deletes; 0 means as many as there are.
	Limit int
	// Share is the percentage of the time in which a clean-up works, 1 to 100; in the
	// rest requests have the database for themselves. 0 means 50.
	Share int
	// Longest is how long one clean-up may take; the next one goes on from there. 0
	// means six hours.
	Longest time.Duration
	// Preview deletes nothing and counts what would go.
	Preview bool
}

// Keep lists selectors of versions that the clean-up leaves alone. Parse reads
// them, from the form that the Pact Broker has for them.
type Keep []cleanup.KeepSelector

// Parse replaces k by the selectors in text, in the form of
// PACT_BROKER_DATABASE_CLEAN_KEEP_VERSION_SELECTORS: a JSON list of objects. The
// error says which selector cannot be read, and why; k stays as it was then.
func (k *Keep) Parse(text string) error {
	parsed, err := cleanup.ParseKeep(text)
	if err != nil {
		return err
	}
	*k = parsed
	return nil
}

// longestClean is how long a clean-up may take by default.
const longestClean = 6 * time.Hour

// defaultClean keeps what the Pact Broker keeps. It has no limit of rows: 500 a
// night, as there, are fewer than one busy hour brings.
func defaultClean() Clean {
	const day = 24 * time.Hour
	return Clean{BranchAge: 90 * day, OverwrittenAge: 7 * day, Share: 50, Longest: longestClean}
}

// readTestsEvery is how soon what an older release has recorded is looked at, and again
// after that: one that works beside this one goes on recording.
const readTestsEvery = 5 * time.Minute

// periodic are the jobs that one of all replicas runs.
func (b *Broker) periodic() []delivery.Periodic {
	reading := delivery.Periodic{Name: result.TellingWork, Every: readTestsEvery, Run: b.service.Result.ReadAllTests}
	o := b.options.Clean
	if !o.Enabled {
		return []delivery.Periodic{reading}
	}
	// The clean-up ends by itself before the limit: then it knows how far it came.
	job := delivery.Periodic{Name: cleanup.WorkName, Every: o.Every, Run: b.clean, Limit: cmp.Or(o.Longest, longestClean) + time.Hour}
	if o.Every == 0 {
		schedule, err := o.schedule()
		if err != nil { // Validate has refused it before
			b.log.Error("no clean-up", errlog.Attr(err))
			return []delivery.Periodic{reading}
		}
		job.Schedule = schedule
	}
	return []delivery.Periodic{job, reading}
}

// CleanReport tells what a clean-up did or, as a Preview, would do: how many
// Versions it deleted and Kept, by pacticipant; how many Branches, Contents (of
// pacts), Revisions, Results, Firings (of webhooks) and GateAnswers; and with More
// that it ended before its end, so that another one has something to do.
type CleanReport = cleanup.Report

// CleanUp cleans up now, by these options: Enabled, Schedule and Every do not
// count. It works in several transactions, so an error, or the end of ctx, leaves
// done what was done. It may run while requests are answered.
func (b *Broker) CleanUp(ctx context.Context, o Clean) (CleanReport, error) {
	return b.service.Cleanup.Run(ctx, o.options(), false)
}

func (o Clean) options() cleanup.Options {
	return cleanup.Options{
		Keep: o.Keep, BranchAge: o.BranchAge, OverwrittenAge: o.OverwrittenAge, Limit: o.Limit,
		Share: float64(o.Share) / 100, Longest: o.Longest, Preview: o.Preview,
	}
}

// when says in words when the clean-up runs by itself; nothing if it does not.
func (o Clean) when() string {
	switch {
	case !o.Enabled:
		return ""
	case o.Every != 0:
		return "every " + o.Every.String()
	}
	return "by the schedule " + cmp.Or(strings.TrimSpace(o.Schedule), DefaultCleanSchedule)
}

func (b *Broker) clean(ctx context.Context) error {
	report, err := b.CleanUp(ctx, b.options.Clean)
	if err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	b.log.InfoContext(ctx, "cleaned up", "preview", report.Preview, "versions", report.Versions, "kept", report.Kept,
		"branches", report.Branches, "revisions", report.Revisions, "results", report.Results, "webhook runs", report.Firings,
		"contents", report.Contents, "more", report.More)
	return nil
}
