package suite_test

import (
	"fmt"
	"strings"

	"github.com/cucumber/godog"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
	"github.com/treatyhq/treaty/verifier"
)

func (w *world) registerProviderChecks(sc *godog.ScenarioContext) {
	p := &w.provider
	sc.Step(`^the verification will (NOT )?be successful$`, func(not string) error {
		for _, r := range p.reports {
			if !r.OK() {
				if not != "" {
					return nil
				}
				return fmt.Errorf("%s%s", p.text(), p.brokerFailures())
			}
		}
		if not != "" {
			return fmt.Errorf("it was successful")
		}
		return nil
	})
	sc.Step(`^the verification results will contain a "([^"]*)" error$`, func(text string) error { return p.finds(text, false) })
	sc.Step(`^there will be a pending "([^"]*)" error$`, func(text string) error { return p.finds(text, true) })
	sc.Step(`^the request to the provider will contain the header "([^"]*)"$`, func(header string) error {
		name, value, _ := strings.Cut(header, ":")
		return same("header", p.requests[0].Header.Get(name), strings.TrimSpace(value))
	})
	sc.Step(`^a warning will be displayed that there was no provider state callback configured for provider state "([^"]*)"$`, func(state string) error {
		if text := p.text(); !strings.Contains(text, "warning") || !strings.Contains(text, state) {
			return fmt.Errorf("%s", text)
		}
		return nil
	})
	sc.Step(`^the comment "([^"]*)" will have been printed to the console$`, p.prints)
	sc.Step(`^the "([^"]*)" will displayed as the original test name$`, p.prints)
	w.registerCallbackChecks(sc)
	w.registerPublished(sc)
}

// brokerFailures are the requests that the mock brokers did not know.
func (p *providerState) brokerFailures() string {
	var b strings.Builder
	for _, broker := range p.brokers {
		for _, f := range broker.Results().Failures {
			fmt.Fprintf(&b, "broker: %s %s\n", f.Request.Method, f.Request.Path)
			_ = matching.Report(&b, f.Result, matching.ReportOptions{})
		}
	}
	return b.String()
}

// errorKinds are the suite's names of what may be wrong.
var errorKinds = map[string][]matching.Kind{
	"Response status did not match": {matching.KindStatus},
	"Headers had differences":       {matching.KindHeader},
	"Body had differences":          {matching.KindBody, matching.KindBodyType},
	"Metadata had differences":      {matching.KindMetadata},
}

// finds looks for an error of the suite's name in an interaction that is
// pending or not.
func (p *providerState) finds(name string, pending bool) error {
	for _, r := range p.reports {
		for _, pact := range r.Pacts {
			for _, i := range pact.Interactions {
				if i.Pending == pending && hasError(i, name) {
					return nil
				}
			}
		}
	}
	return fmt.Errorf("no %q in:\n%s", name, p.text())
}

func hasError(i verifier.InteractionReport, name string) bool {
	if name == "State change request failed" {
		return i.Outcome == verifier.Errored && strings.Contains(i.Problem, "state")
	}
	for _, m := range i.Mismatches {
		for _, kind := range errorKinds[name] {
			if m.Kind == kind {
				return true
			}
		}
	}
	return false
}

// text is the report as people read it.
func (p *providerState) text() string {
	var b strings.Builder
	for _, r := range p.reports {
		if err := verifier.WriteText(&b, r); err != nil {
			return err.Error()
		}
	}
	return b.String()
}

func (p *providerState) prints(text string) error {
	if !strings.Contains(p.text(), text) {
		return fmt.Errorf("%q is not in:\n%s", text, p.text())
	}
	return nil
}

func (w *world) registerCallbackChecks(sc *godog.ScenarioContext) {
	p := &w.provider
	sc.Step(`^the provider state callback will be called before the verification is run$`, func() error {
		for _, c := range p.changes {
			if c.before && c.Action == "setup" {
				return nil
			}
		}
		return fmt.Errorf("calls: %+v", p.changes)
	})
	sc.Step(`^the provider state callback will be called after the verification is run$`, func() error {
		for _, c := range p.changes {
			if !c.before && c.Action == "teardown" {
				return nil
			}
		}
		return fmt.Errorf("calls: %+v", p.changes)
	})
	const receive = `^the provider state callback will receive a (setup|teardown) call (?:with )?"([^"]*)"`
	sc.Step(receive+` as the provider state parameter$`, func(action, state string) error {
		_, err := p.called(action, state)
		return err
	})
	sc.Step(receive+` and the following parameters:$`, func(action, state string, table *godog.Table) error {
		change, err := p.called(action, state)
		if err != nil {
			return err
		}
		for name, cell := range rows(table)[0] {
			if err := sameJSONText(change.Params[name], cell); err != nil {
				return err
			}
		}
		return nil
	})
	sc.Step(`^the provider state callback will NOT receive a teardown call$`, func() error {
		for _, c := range p.changes {
			if c.Action == "teardown" {
				return fmt.Errorf("calls: %+v", p.changes)
			}
		}
		return nil
	})
}

func (p *providerState) called(action, state string) (stateChange, error) {
	for _, c := range p.changes {
		if c.Action == action && c.State == state {
			return c, nil
		}
	}
	return stateChange{}, fmt.Errorf("no %s call for %q in %+v", action, state, p.changes)
}

func (w *world) registerPublished(sc *godog.ScenarioContext) {
	p := &w.provider
	sc.Step(`^a verification result will NOT be published back$`, func() error {
		for number := range p.brokers {
			if list := p.published(number); len(list) > 0 {
				return fmt.Errorf("published: %v", list)
			}
		}
		return nil
	})
	sc.Step(`^a (successful|failed) verification result will be published back for (?:the )?interaction \{(\d+)\}$`, func(how string, number int) error {
		want := "publish verification results"
		if how == "failed" {
			want = "publish failed verification results"
		}
		for _, i := range p.published(number) {
			if strings.HasPrefix(i.Description, want) {
				return nil
			}
		}
		return fmt.Errorf("the broker saw %+v", p.brokers[number].Results().Failures)
	})
}

// published are the interactions of a mock broker by which results came.
func (p *providerState) published(number int) []*contract.HTTP {
	var list []*contract.HTTP
	for _, i := range p.brokers[number].Results().Played {
		if strings.HasPrefix(i.Description, "publish") {
			list = append(list, i)
		}
	}
	return list
}

// listedMetadata reads "key=value; key=JSON: {...}".
func listedMetadata(cell string) (map[string]any, error) {
	metadata := map[string]any{}
	for _, entry := range strings.Split(cell, ";") {
		key, text, ok := strings.Cut(strings.TrimSpace(entry), "=")
		if !ok {
			continue
		}
		v, err := metadataValue(text)
		if err != nil {
			return nil, err
		}
		metadata[key] = v
	}
	return metadata, nil
}
