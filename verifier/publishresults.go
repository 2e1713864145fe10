package verifier

import (
	"context"
	"fmt"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/matching"
)

// publish sends the results of every pact that came from a broker. What keeps
// them from being published is told; what goes wrong is a problem of the run.
func (s *session) publish(ctx context.Context) {
	if !s.opts.Publish {
		return
	}
	if reason := s.unpublishable(ctx); reason != "" {
		s.report.Warnings = append(s.report.Warnings, "the results were not published: "+reason)
		return
	}
	var unsent []unsentResult
	placed := false
	for n, p := range s.pacts {
		if p.broker == nil {
			continue
		}
		kept, known := s.report.Pacts[n].verdict()
		if !known {
			s.report.Warnings = append(s.report.Warnings, untold(s.report.Pacts[n]))
			continue
		}
		result := s.result(s.report.Pacts[n], kept)
		err := s.place(ctx, p.broker, &placed)
		if err == nil {
			s.report.Pacts[n].Published, err = p.broker.PublishVerificationResult(ctx, p.remote, result)
		}
		if err != nil {
			s.report.Problems = append(s.report.Problems, fmt.Sprintf("the result for %s was not published: %v", p.Consumer, err))
			unsent = append(unsent, unsentResult{Pact: p.remote.URL, Consumer: p.Consumer, Result: result})
			continue
		}
	}
	s.keepUnsent(unsent)
}

// untold says why the result of one pact is not published.
func untold(p PactReport) string {
	var c Counts
	for _, i := range p.Interactions {
		c.add(i)
	}
	return fmt.Sprintf("the result for %s was not published: %d of %s could not be tried, and what was not tried has neither passed nor failed",
		p.Consumer, c.Untried, count(c.Total, "interaction"))
}

// unpublishable says why a run must not be published, or nothing.
func (s *session) unpublishable(ctx context.Context) string {
	counts := s.report.Counts()
	switch {
	case s.report.Filtered:
		return "interactions were left out, and a part of a pact proves nothing about the whole"
	case ctx.Err() != nil || counts.NotRun > 0:
		return "the run was stopped before its end"
	}
	for _, p := range s.pacts {
		if p.broker != nil {
			return ""
		}
	}
	return "no pact came from a broker"
}

// place puts the provider's version on its branch and tags, once and before
// any result: the broker works out what is pending from them.
func (s *session) place(ctx context.Context, c *client.Client, done *bool) error {
	if *done {
		return nil
	}
	provider, version := s.report.Provider, s.opts.ProviderVersion
	if s.opts.ProviderBranch != "" {
		if err := c.AddVersionToBranch(ctx, provider, version, s.opts.ProviderBranch); err != nil {
			return err
		}
	}
	for _, tag := range s.opts.ProviderTags {
		if err := c.TagVersion(ctx, provider, version, tag); err != nil {
			return err
		}
	}
	*done = true
	return nil
}

func (s *session) result(p PactReport, kept bool) client.VerificationResult {
	return client.VerificationResult{
		Success:         kept,
		ProviderVersion: s.opts.ProviderVersion,
		BuildURL:        s.opts.BuildURL,
		TestResults:     testResults(p),
		VerifiedBy:      &client.VerifiedBy{Implementation: s.opts.Implementation, Version: s.opts.ImplementationVersion},
	}
}

// testResult is the result of one interaction as brokers keep it.
type testResult struct {
	ID          string           `json:"interactionId,omitempty"`
	Description string           `json:"interactionDescription,omitempty"`
	States      []string         `json:"providerStates,omitempty"`
	Success     bool             `json:"success"`
	Pending     bool             `json:"pending,omitempty"`
	Mismatches  []resultMismatch `json:"mismatches,omitempty"`
	Exceptions  []exception      `json:"exceptions,omitempty"`
}

type resultMismatch struct {
	Attribute   string `json:"attribute"`
	Identifier  string `json:"identifier,omitempty"`
	Description string `json:"description"`
	Expected    string `json:"expected,omitempty"`
	Actual      string `json:"actual,omitempty"`
}

type exception struct {
	Message string `json:"message"`
}

// maxPublished bounds each value of a mismatch that a broker is sent: enough
// to understand, too little to fill its database.
const maxPublished = 2000

// testResults lists what was tried.
func testResults(p PactReport) []testResult {
	results := make([]testResult, 0, len(p.Interactions))
	for _, i := range p.Interactions {
		if i.Untried {
			continue
		}
		r := testResult{ID: i.ID, Success: i.Outcome == Passed, Pending: i.Pending}
		if !r.Success || r.ID == "" {
			r.Description = i.Description // a success with an id says no more (compatibility suite, "publish verification results")
		}
		for _, s := range i.States {
			r.States = append(r.States, s.Name)
		}
		for _, m := range i.Mismatches {
			r.Mismatches = append(r.Mismatches, published(m))
		}
		if i.Problem != "" {
			r.Exceptions = append(r.Exceptions, exception{Message: i.Problem})
		}
		results = append(results, r)
	}
	return results
}

// published is a mismatch as brokers keep it. The text about a status holds
// both values already.
func published(m matching.Mismatch) resultMismatch {
	r := resultMismatch{Attribute: attribute(m.Kind), Identifier: m.Path, Description: m.Why}
	if m.Kind != matching.KindStatus {
		r.Expected, r.Actual = cut(m.Expected, maxPublished), cut(m.Actual, maxPublished)
	}
	return r
}

// attribute is the kind in the words that brokers know.
func attribute(k matching.Kind) string {
	if k == matching.KindBodyType {
		return "body"
	}
	return string(k)
}

// addNotices adds the notices that fit the outcome of the pact.
func (p *PactReport) addNotices(loaded *loadedPact) {
	kept, known := p.verdict()
	if !known {
		return
	}
	when := fmt.Sprintf("after_verification:success_%t_published_%t", kept, p.Published != "")
	for _, n := range loaded.notices {
		if n.When == when || n.When == "after_verification" {
			p.Notices = append(p.Notices, n.Text)
		}
	}
}
