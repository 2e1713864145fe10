package verifier

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/caught"
	"github.com/treatyhq/treaty/internal/redact"
)

// session is one run: what was loaded and the means to verify it.
type session struct {
	opts   *prepared
	client *http.Client
	peers  peers
	states stateChanger
	pacts  []*loadedPact
	report Report
}

func open(ctx context.Context, opts Options) (*session, error) {
	p, err := opts.prepare()
	if err != nil {
		return nil, err
	}
	s := &session{opts: p, client: newClient(p)}
	s.states = newStateChanger(p, s.client, &s.peers)
	s.report = Report{
		Provider: p.Provider, Version: p.ProviderVersion, Target: s.target(),
		Started: time.Now(), Filtered: p.filter.narrow(),
	}
	l := &loader{opts: p}
	if err := l.load(ctx); err != nil {
		return nil, err
	}
	s.pacts, s.report.Problems = l.pacts, l.problems
	for _, pact := range s.pacts {
		s.report.Pacts = append(s.report.Pacts, s.pactReport(pact))
		if s.report.Provider == "" {
			s.report.Provider = pact.Provider
		}
	}
	return s, s.checkAny(l.filtered)
}

// checkAny refuses a run without pacts: a wrong folder or selector must not
// look like a success.
func (s *session) checkAny(filtered bool) error {
	switch {
	case len(s.pacts) > 0 || len(s.report.Problems) > 0:
		return nil
	case filtered:
		s.report.Warnings = append(s.report.Warnings, "no pact is of a consumer that the filter lets through")
		return nil
	case s.opts.AllowNoPacts:
		s.report.Warnings = append(s.report.Warnings, "there was no pact to verify")
		return nil
	default:
		return fmt.Errorf("%w for the provider %q: check its name, the sources and the selectors", ErrNoPacts, s.opts.Provider)
	}
}

func (s *session) target() string {
	switch {
	case s.opts.Handler != nil:
		return "in process"
	case s.opts.base != nil:
		return redact.URL(s.opts.base.String())
	default:
		return ""
	}
}

func (s *session) pactReport(p *loadedPact) PactReport {
	r := PactReport{Consumer: p.Consumer, Provider: p.Provider, Source: p.source, Pending: p.pending, WIP: p.wip}
	for _, n := range p.notices {
		if n.When == "before_verification" {
			r.Notices = append(r.Notices, n.Text)
		}
	}
	if len(p.Interactions) == 0 {
		s.report.Warnings = append(s.report.Warnings, fmt.Sprintf("the pact with %s (%s) has no interactions", p.Consumer, p.source))
	}
	return r
}

// job is one interaction to verify.
type job struct {
	pact        int
	interaction contract.Interaction
}

// jobs lists what the filter lets through.
func (s *session) jobs() []job {
	var jobs []job
	for n, p := range s.pacts {
		for _, i := range p.Interactions {
			wanted := true
			if err := caught.Do(func() { wanted = s.opts.filter.interaction(p.Consumer, i) }); err != nil {
				s.report.Problems = append(s.report.Problems, fmt.Sprintf("the filter ended with an error at %q, which is verified all the same: %v", i.Base().Description, err))
				wanted = true
			}
			if wanted {
				jobs = append(jobs, job{pact: n, interaction: i})
			}
		}
	}
	return jobs
}

// verify tries one interaction. Whatever happens to it happens to it alone.
func (s *session) verify(ctx context.Context, j job) InteractionReport {
	started := time.Now()
	var r InteractionReport
	t := &trial{session: s, report: &r, interaction: j.interaction}
	t.guard(func() {
		r = newInteractionReport(s.pacts[j.pact], j.interaction)
		t.run(ctx)
	})
	r.Duration = time.Since(started)
	return r
}

func newInteractionReport(p *loadedPact, i contract.Interaction) InteractionReport {
	base := i.Base()
	r := InteractionReport{
		ID: base.ID, Key: base.Key, Description: base.Description, States: base.States,
		Kind: i.Kind(), Pending: base.Pending || p.pending, Outcome: Passed,
	}
	r.TestName, _ = base.Comments["testname"].(string)
	r.References = base.References()
	if lines, ok := base.Comments["text"].([]any); ok {
		for _, line := range lines {
			if text, ok := line.(string); ok {
				r.Comments = append(r.Comments, text)
			}
		}
	}
	return r
}

// stateValues merges what states give to generators: parameters first, then
// the values that handlers returned.
func stateValues(states []contract.ProviderState, returned map[string]any) map[string]any {
	values := map[string]any{}
	for _, s := range states {
		maps.Copy(values, s.Params)
	}
	maps.Copy(values, returned)
	return values
}
