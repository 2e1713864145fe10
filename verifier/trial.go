package verifier

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/treatyhq/treaty/contract"
)

// trial takes one interaction through the steps of doc.go.
type trial struct {
	*session
	report      *InteractionReport
	interaction contract.Interaction
	values      map[string]any // from states
}

func (t *trial) run(ctx context.Context) {
	if ctx.Err() != nil {
		t.report.Outcome = NotRun
		return
	}
	ready := t.before() && t.setup(ctx) // 1
	if ready {
		t.play(ctx) // 2 to 5
		t.teardown(ctx)
	}
	t.after() // 6
}

// fail keeps the first problem: the later ones follow from it.
func (t *trial) fail(err error) {
	if errors.Is(err, context.Canceled) && t.report.Outcome == Passed {
		t.report.Outcome = NotRun
		return
	}
	if t.report.Problem == "" {
		t.report.Problem = err.Error()
	} else {
		t.report.Problem += "\n" + err.Error()
	}
	if t.report.Outcome != Failed {
		t.report.Outcome = Errored
	}
}

func (t *trial) before() bool {
	if t.opts.BeforeEach == nil {
		return true
	}
	if err := t.opts.BeforeEach(); err != nil {
		t.fail(fmt.Errorf("the BeforeEach hook ended with an error: %w", err))
		return false
	}
	return true
}

func (t *trial) after() {
	if t.opts.AfterEach == nil {
		return
	}
	if err := t.opts.AfterEach(); err != nil {
		t.fail(fmt.Errorf("the AfterEach hook ended with an error: %w", err))
	}
}

// setup calls every state, also after one has failed, so that all problems
// are seen at once.
func (t *trial) setup(ctx context.Context) bool {
	t.values = map[string]any{}
	if t.states == nil {
		t.warnStates()
		return true
	}
	ok := true
	var missing []error
	for _, state := range statesOf(t.interaction) {
		values, err := t.change(ctx, setup, state)
		switch {
		case isMissing(err):
			missing = append(missing, err)
		case err != nil:
			ok = false
			t.fail(stateError(setup, state, err))
		}
		maps.Copy(t.values, values)
	}
	return t.missing(missing) && ok
}

// missing fails an interaction with states that have no handler. Where others
// have one, that may be allowed: docs/decisions/0012 says to whom.
func (t *trial) missing(errs []error) bool {
	if t.opts.AllowPartialStates && len(errs) < len(t.interaction.Base().States) {
		for _, err := range errs {
			t.report.Warnings = append(t.report.Warnings, err.Error())
		}
		return true
	}
	for _, err := range errs {
		t.fail(err)
	}
	return len(errs) == 0
}

func isMissing(err error) bool {
	var missing *missingStateError
	return errors.As(err, &missing)
}

func (t *trial) warnStates() {
	for _, state := range t.interaction.Base().States {
		t.report.Warnings = append(t.report.Warnings,
			fmt.Sprintf("the provider state %q was not set up: neither a state handler nor a state change URL is configured", state.Name))
	}
}

func (t *trial) change(ctx context.Context, a action, s contract.ProviderState) (map[string]any, error) {
	ctx, cancel := context.WithTimeout(ctx, t.opts.Timeout)
	defer cancel()
	return t.states.change(ctx, a, s)
}

func stateError(a action, s contract.ProviderState, err error) error {
	if s.Name == "" {
		return fmt.Errorf("the %s call for an interaction without a provider state failed: %w", a, err)
	}
	return fmt.Errorf("the %s of provider state %q failed: %w", a, s.Name, err)
}

func (t *trial) teardown(ctx context.Context) {
	if t.states == nil || !t.states.tearsDown() {
		return
	}
	// What was set up is torn down even when the run is being stopped.
	ctx = context.WithoutCancel(ctx)
	for _, state := range statesOf(t.interaction) {
		if _, err := t.change(ctx, teardown, state); err != nil {
			t.fail(stateError(teardown, state, err))
		}
	}
}
