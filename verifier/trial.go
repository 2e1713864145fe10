package verifier

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/caught"
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
	ready := t.before(ctx) && t.setup(ctx) // 1
	if ready {
		t.guard(func() { t.play(ctx) }) // 2 to 5
		t.teardown(ctx)
	}
	t.after(ctx) // 6
}

// guard runs a part of our own. Its panic is a fault of Treaty: it says
// nothing of the provider, and must not cost the other interactions.
func (t *trial) guard(part func()) {
	if err := caught.Do(part); err != nil {
		t.fail(&untriedError{fmt.Errorf("this is a fault of Treaty and not of the provider; please report it with the pact and these lines: %w", err)})
	}
}

// fail keeps the first problem: the later ones follow from it.
func (t *trial) fail(err error) {
	if errors.Is(err, context.Canceled) && t.report.Outcome == Passed {
		t.report.Outcome = NotRun
		return
	}
	t.blame(err)
	if t.report.Problem == "" {
		t.report.Problem = err.Error()
	} else {
		t.report.Problem += "\n" + err.Error()
	}
	if t.report.Outcome != Failed {
		t.report.Outcome = Errored
	}
}

// blame notes whether the first problem counts against the provider. The later
// ones follow from it: where nobody answers, there is nothing to clean up either.
func (t *trial) blame(err error) {
	if t.report.Outcome == Failed || t.report.Outcome == Errored {
		return
	}
	var untried *untriedError
	var silence *silenceError
	switch {
	case errors.As(err, &untried):
		t.report.Untried = true
	case errors.As(err, &silence):
		t.report.silent = silence.peer
	}
}

func (t *trial) before(ctx context.Context) bool {
	if t.opts.BeforeEach == nil {
		return true
	}
	if err := hook(ctx, t.opts.BeforeEach); err != nil {
		t.fail(fmt.Errorf("the BeforeEach hook ended with an error: %w", err))
		return false
	}
	return true
}

// hook runs a function of the user's.
func hook(ctx context.Context, f Hook) error {
	_, err := bounded(ctx, func() (struct{}, error) { return struct{}{}, f() })
	return err
}

func (t *trial) after(ctx context.Context) {
	if t.opts.AfterEach == nil {
		return
	}
	if err := hook(context.WithoutCancel(ctx), t.opts.AfterEach); err != nil {
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
	var lacking []*missingStateError
	for _, state := range statesOf(t.interaction) {
		values, err := t.change(ctx, setup, state)
		var missing *missingStateError
		switch {
		case errors.As(err, &missing):
			lacking = append(lacking, missing)
		case err != nil:
			ok = false
			t.fail(stateError(setup, state, err))
		}
		maps.Copy(t.values, values)
	}
	return t.missing(lacking) && ok
}

// missing fails an interaction with states that have no handler, or warns of
// them: docs/decisions/0012-missing-provider-states.md says whom.
func (t *trial) missing(errs []*missingStateError) bool {
	partial := len(errs) < len(t.interaction.Base().States)
	if t.opts.AllowMissingStates || t.opts.AllowPartialStates && partial {
		for _, err := range errs {
			t.report.Warnings = append(t.report.Warnings, err.Error())
		}
		t.report.missing = errs
		return true
	}
	for _, err := range errs {
		t.fail(err)
	}
	return len(errs) == 0
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
