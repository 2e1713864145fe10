package dsl

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/draft"
	"github.com/treatyhq/treaty/mockserver"
)

// httpMockProvider is what the versioned mock providers are made of.
type httpMockProvider struct {
	config  MockHTTPProviderConfig
	version contract.SpecVersion

	mu sync.Mutex
	// open counts the interactions that were begun and not finished.
	open     int
	finished []exchange
	errs     []error
}

func newHTTPMockProvider(config MockHTTPProviderConfig, version contract.SpecVersion) (*httpMockProvider, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	if config.Host == "" {
		config.Host = "127.0.0.1"
	}
	return &httpMockProvider{config: config, version: version}, nil
}

func (p *httpMockProvider) add() *Interaction {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open++
	return newInteraction(p.version)
}

// done hands over an interaction that is described whole.
func (p *httpMockProvider) done(i *Interaction) {
	finished, err := i.finish()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !i.counted && p.open > 0 {
		i.counted = true
		p.open--
	}
	if err != nil {
		p.errs = append(p.errs, err)
		return
	}
	p.finished = append(p.finished, finished)
}

// take returns the interactions described so far and begins anew.
func (p *httpMockProvider) take() ([]exchange, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open > 0 {
		p.errs = append(p.errs, fmt.Errorf(
			"%d interaction(s) have no response: end each with WillRespondWith or WithCompleteResponse, and give each parallel test a mock provider of its own", p.open))
	}
	finished, err := p.finished, errors.Join(p.errs...)
	p.open, p.finished, p.errs = 0, nil, nil
	return finished, err
}

// ExecuteTest starts the mock provider with all interactions added since the
// last call, runs integrationTest against it and stops it. If every
// interaction was asked for, nothing else was, and integrationTest returned no
// error, the interactions are written to the pact file.
//
// What went wrong is reported once through t, at the line that called
// ExecuteTest, and returned. An error of integrationTest itself is returned as
// it is and not reported: it is the test's own to judge. t may be nil, then
// errors are only returned.
func (p *httpMockProvider) ExecuteTest(t TestingT, integrationTest func(MockServerConfig) error) error {
	if t == nil {
		t = silent{}
	}
	t.Helper()
	if integrationTest == nil {
		integrationTest = func(MockServerConfig) error {
			return errors.New("ExecuteTest needs a function that calls the consumer")
		}
	}
	exchanges, err := p.take()
	contracted := interactionsOf(exchanges)
	if err == nil {
		err = draft.CheckExamples(contracted)
	}
	if err != nil {
		t.Errorf("The contract cannot be written:\n%s", indent(err.Error()))
		return fmt.Errorf("describe the contract: %w", err)
	}
	for _, r := range rounds(exchanges) {
		if err := p.prove(t, r, integrationTest); err != nil {
			return err
		}
	}
	if len(contracted) == 0 {
		return nil
	}
	parties := draft.Parties{Consumer: p.config.Consumer, Provider: p.config.Provider, Dir: p.config.PactDir}
	if err := draft.Keep(t, parties, p.version, contracted); err != nil {
		t.Errorf("The pact was proven but could not be kept: %v", err)
		return err
	}
	return nil
}

// prove plays one round and judges it.
func (p *httpMockProvider) prove(t TestingT, r round, integrationTest func(MockServerConfig) error) error {
	t.Helper()
	results, err := p.play(t, r, integrationTest)
	if !results.OK() {
		t.Errorf("%s", p.report(r, results))
		if err == nil {
			err = &MismatchError{Results: results}
		}
	}
	if err != nil && r.variant != "" {
		return fmt.Errorf("where %s: %w", r.variant, err)
	}
	return err
}

// play runs the test against a mock provider. A test that leaves early, by
// FailNow or a panic, never comes back here: what it met is reported on its
// way out, because that is probably why it left.
func (p *httpMockProvider) play(t TestingT, r round, integrationTest func(MockServerConfig) error) (mockserver.Results, error) {
	t.Helper()
	server, err := p.config.start(r.interactions)
	if err != nil {
		t.Errorf("%v", err)
		return mockserver.Results{}, err
	}
	cameBack := false
	defer func() {
		_ = server.Close()
		if !cameBack {
			t.Helper()
			p.reportEarly(t, r, server.Results())
		}
	}()
	err = integrationTest(MockServerConfig{
		Port:      server.Port(),
		Host:      p.config.Host,
		TLSConfig: GetTLSConfigForTLSMockServer(),
		Variant:   r.variant,
	})
	cameBack = true
	return server.Results(), err
}

func (p *httpMockProvider) reportEarly(t TestingT, r round, results mockserver.Results) {
	t.Helper()
	results.Missing = nil // the test did not get that far
	if !results.OK() {
		t.Errorf("%s", p.report(r, results))
	}
}

func (p *httpMockProvider) report(r round, results mockserver.Results) string {
	text := report(p.config.Consumer, p.config.Provider, results)
	if r.variant != "" {
		text = "Where " + r.variant + ": " + text
	}
	return text
}

func interactionsOf(exchanges []exchange) []contract.Interaction {
	var all []contract.Interaction
	for _, e := range exchanges {
		for _, interaction := range e.all() {
			all = append(all, interaction)
		}
	}
	return all
}

// silent stands for a test that was not given.
type silent struct{}

func (silent) Helper()               {}
func (silent) Errorf(string, ...any) {}

func sortedNames[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
