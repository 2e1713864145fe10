package cleanup

import (
	"context"
	"encoding/json"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// WorkName is the clean-up among periodic work.
const WorkName = "clean"

const (
	// asideLongest is how long a clean-up may take for which somebody waits.
	asideLongest = 8 * time.Second
	// previewLongest, previewLooks and previewLimit bound a preview for which
	// somebody waits.
	previewLongest = 3 * time.Second
	previewLooks   = 2000
	previewLimit   = 1000
)

// Run cleans up and keeps what came of it for who asks.
func (s *Service) Run(ctx context.Context, o Options, asked bool) (Report, error) {
	began := s.Moment()
	report, err := s.Clean(ctx, o)
	if o.Preview {
		return report, err
	}
	out := kernel.WorkOutcome{Name: WorkName, BeganAt: began, EndedAt: s.Moment(), Asked: asked, Failure: failureOf(err)}
	text, inJSON := json.Marshal(report)
	if inJSON != nil {
		return report, inJSON
	}
	out.Report = string(text)
	// What was deleted is deleted also where the clean-up was cut off.
	keeping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if kept := s.keepOutcome(keeping, out); err == nil {
		err = kept
	}
	return report, err
}

func (s *Service) keepOutcome(ctx context.Context, o kernel.WorkOutcome) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error { return tx.SaveWorkOutcome(o) })
}

// failureOf is an error in words for a person; what is internal is in the log.
func failureOf(err error) string {
	switch {
	case err == nil:
		return ""
	case kernel.CodeOf(err) != kernel.CodeInternal:
		return err.Error()
	}
	return "It failed for a reason that is in the log of the broker."
}

// Preview counts what the clean-up of this broker would take now, as far as that is
// found out in a moment, and deletes nothing. More in its report says that there may
// be more.
func (s *Service) Preview(ctx context.Context) (Report, error) {
	select {
	case s.previewing <- struct{}{}:
		defer func() { <-s.previewing }()
	case <-ctx.Done():
		return Report{}, ctx.Err()
	}
	o := s.Configured
	o.Preview, o.Share, o.Longest, o.Looks = true, 1, within(ctx, previewLongest), previewLooks
	if o.Limit == 0 || o.Limit > previewLimit {
		o.Limit = previewLimit
	}
	return s.Clean(ctx, o)
}

// RunNow cleans up as far as somebody can wait for it. More in its report says that
// there is more to take.
func (s *Service) RunNow(ctx context.Context) (Report, error) {
	o := s.Configured
	o.Preview, o.Share, o.Longest = false, 1, within(ctx, asideLongest)
	return s.Run(ctx, o, true)
}

// within is no more than half of what is left of a request.
func within(ctx context.Context, longest time.Duration) time.Duration {
	if end, bounded := ctx.Deadline(); bounded {
		return max(min(longest, time.Until(end)/2), time.Millisecond)
	}
	return longest
}

// ReadReport is the report of an outcome; that of one which cannot be read is empty.
func ReadReport(o kernel.WorkOutcome) Report {
	var report Report
	if json.Unmarshal([]byte(o.Report), &report) != nil {
		return Report{}
	}
	return report
}
