package verifier

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
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

// endpointFor chooses the transport: the one named by the interaction, else
// the one usual for its kind, else the provider itself.
func (s *session) endpointFor(i contract.Interaction) (endpoint, error) {
	name := i.Base().Transport
	for _, candidate := range transportNames(name, i.Kind()) {
		for _, t := range s.opts.Transports {
			if t.Protocol == candidate {
				return s.viaTransport(t), nil
			}
		}
	}
	switch {
	case s.opts.Handler != nil:
		return endpoint{provider: s.opts.Handler, inProc: true}, nil
	case s.opts.base != nil:
		return s.network(s.opts.base), nil
	case name != "":
		return endpoint{}, &untriedError{fmt.Errorf("the interaction needs the transport %q and no address is known for it; add one, for example %s:8080", name, name)}
	default:
		return endpoint{}, &untriedError{errors.New("no address of the provider is known")}
	}
}

func transportNames(name string, kind contract.Kind) []string {
	switch {
	case name != "":
		return []string{name}
	case kind == contract.KindAsyncMessage:
		return []string{"message", "async-message"}
	case kind == contract.KindSyncMessage:
		return []string{"message", "sync-message"}
	default:
		return []string{"http"}
	}
}

func (s *session) viaTransport(t Transport) endpoint {
	base := &url.URL{Scheme: t.Scheme}
	if path := strings.Trim(t.Path, "/"); path != "" {
		base.Path = "/" + path
	}
	if base.Scheme == "" {
		base.Scheme = "http"
		if t.Protocol == "https" {
			base.Scheme = "https"
		}
	}
	host := t.Host
	if host == "" && s.opts.base != nil {
		host = s.opts.base.Hostname()
	}
	base.Host = nameOr(host, localHost)
	if t.Port != 0 {
		base.Host += ":" + strconv.Itoa(int(t.Port))
	}
	return s.network(base)
}

func (s *session) network(base *url.URL) endpoint {
	return endpoint{base: base, provider: networkHandler(s.client, base), peer: s.peers.at(base)}
}

// exchange sends one request through filter and headers and records the answer.
func (s *session) exchange(ctx context.Context, e endpoint, request contract.Request, redirect bool) (*recorder, error) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	rec := &recorder{
		expect:  expectation{redirect: redirect, filtered: s.opts.RequestFilter != nil, limit: s.opts.MaxResponseBytes},
		contact: &contact{peer: e.peer},
	}
	r, err := newRequest(withRecorder(ctx, rec), request)
	if err != nil {
		return rec, &untriedError{err}
	}
	h, err := s.filtered(s.withHeaders(e.provider))
	if err != nil {
		return rec, err
	}
	if err := serve(ctx, h, r, rec, e.inProc || s.opts.RequestFilter != nil); err != nil {
		return rec, rec.contact.judge(err, explainSendError(err, "the provider", s.opts.Timeout))
	}
	return rec, nil
}

// filtered puts the request filter, which is the user's, before next.
func (s *session) filtered(next http.Handler) (http.Handler, error) {
	if s.opts.RequestFilter == nil {
		return next, nil
	}
	var h http.Handler
	if err := caught.Do(func() { h = s.opts.RequestFilter(next) }); err != nil {
		return nil, fmt.Errorf("the request filter cannot be used: %w", err)
	}
	if h == nil {
		return nil, errors.New("the request filter cannot be used: it returned no handler")
	}
	return h, nil
}

// withHeaders sets the custom headers last, so that they win.
func (s *session) withHeaders(next http.Handler) http.Handler {
	if len(s.opts.Headers) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range s.opts.Headers {
			setHeader(r, name, values)
		}
		next.ServeHTTP(w, r)
	})
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
