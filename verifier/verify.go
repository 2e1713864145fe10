package verifier

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/treatyhq/treaty/internal/caught"
)

// Verify plays every interaction of every pact against the provider, in the
// order that the package comment gives, and publishes the results if asked to.
//
// The error says that verification could not take place: an [*OptionError],
// or [ErrNoPacts]. Everything that was found is in the report,
// also that a pact could not be loaded; [Report.OK] is the verdict. When ctx
// ends, the interactions not yet verified are reported as not run and nothing
// is published.
func Verify(ctx context.Context, opts Options) (Report, error) {
	s, err := open(ctx, opts)
	if err != nil {
		return Report{}, err
	}
	jobs := s.jobs()
	if len(jobs) == 0 && s.report.Filtered && len(s.pacts) > 0 {
		s.report.Warnings = append(s.report.Warnings, "the filter lets no interaction through: nothing was verified")
	}
	results := s.verifyAll(ctx, jobs)
	for n, r := range results {
		s.record(jobs[n].pact, r)
	}
	s.finish(ctx)
	return s.report, nil
}

// verifyAll runs the jobs, several at once if the provider is safe for it,
// and returns their reports in the order of the jobs.
func (s *session) verifyAll(ctx context.Context, jobs []job) []InteractionReport {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	results := make([]InteractionReport, len(jobs))
	next := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range max(1, min(s.opts.Parallel, len(jobs))) {
		wg.Go(func() {
			for n := range next {
				r := s.verify(ctx, jobs[n])
				mu.Lock()
				results[n] = r
				done++
				s.progress(done, len(jobs), jobs[n], &results[n])
				if s.opts.StopOnFailure && (r.Untried || !r.Pending) && (r.Outcome == Failed || r.Outcome == Errored) {
					stop()
				}
				mu.Unlock()
			}
		})
	}
	for n := range jobs {
		next <- n
	}
	close(next)
	wg.Wait()
	return results
}

// progress is called under a lock. Its panic costs the display, not the run.
func (s *session) progress(done, total int, j job, r *InteractionReport) {
	if s.opts.Progress == nil {
		return
	}
	err := caught.Do(func() {
		s.opts.Progress(Event{Done: done, Total: total, Pact: &s.report.Pacts[j.pact], Interaction: r})
	})
	if err != nil {
		s.opts.Progress = nil
		s.report.Problems = append(s.report.Problems, fmt.Sprintf("the Progress function ended with an error: %v", err))
	}
}

func (s *session) record(pact int, r InteractionReport) {
	p := &s.report.Pacts[pact]
	p.Interactions = append(p.Interactions, r)
}

// finish publishes, adds the broker's last words and closes the report.
func (s *session) finish(ctx context.Context) {
	s.settle()
	s.publish(ctx)
	for n, p := range s.pacts {
		s.report.Pacts[n].addNotices(p)
	}
	s.client.CloseIdleConnections()
	s.report.Duration = time.Since(s.report.Started)
}

// unreleased is recorded for a build without a version; brokers expect a
// semantic version there.
const unreleased = "0.0.0-development"

// moduleVersion is the version of Treaty that this program was built with.
func moduleVersion() string {
	const module = "github.com/treatyhq/treaty"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return unreleased
	}
	version := ""
	if info.Main.Path == module {
		version = info.Main.Version
	}
	for _, dep := range info.Deps {
		if dep.Path == module {
			version = dep.Version
		}
	}
	if version == "" || version == "(devel)" {
		return unreleased
	}
	return version
}
