package verifier

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/pact-foundation/pact-go/v2/models"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/caught"
	"github.com/treatyhq/treaty/internal/exact"
	"github.com/treatyhq/treaty/internal/redact"
)

// action is the word of a state change, as Pact's protocol spells it.
type action string

const (
	setup    action = "setup"
	teardown action = "teardown"
)

// stateChanger brings the provider into a state, or out of it. It returns
// values for the generators of the interaction.
type stateChanger interface {
	change(ctx context.Context, a action, s contract.ProviderState) (map[string]any, error)
	// tearsDown reports whether teardown is wanted.
	tearsDown() bool
}

func newStateChanger(p *prepared, client *http.Client, peers *peers) stateChanger {
	switch {
	case p.States != nil:
		return &handlerStates{handlers: p.States}
	case p.StateChange != nil:
		return &urlStates{StateChange: *p.StateChange, client: client, opts: p, peers: peers}
	default:
		return nil
	}
}

// statesOf returns the states to set up: those of the interaction, or the one
// nameless state that Pact calls for when there are none (compatibility
// suite, "no defined provider state").
func statesOf(i contract.Interaction) []contract.ProviderState {
	if states := i.Base().States; len(states) > 0 {
		return states
	}
	return []contract.ProviderState{{}}
}

// missingStateError says that no handler exists for a state.
type missingStateError struct{ state contract.ProviderState }

func (e *missingStateError) Error() string {
	return fmt.Sprintf("there is no handler for the provider state %q; add this one:\n\n%s", e.state.Name, handlerStub(e.state))
}

// handlerStub is the source of a state handler, ready to paste.
func handlerStub(s contract.ProviderState) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q: func(setup bool, state models.ProviderState) (models.ProviderStateResponse, error) {\n", s.Name)
	for _, name := range slices.Sorted(maps.Keys(s.Params)) {
		fmt.Fprintf(&b, "\t// state.Parameters[%q] is %s in this pact\n", name, cut(compactJSON(s.Params[name]), 60))
	}
	b.WriteString("\tif setup {\n\t\t// make the data that the state speaks of\n\t}\n")
	b.WriteString("\treturn nil, nil\n},")
	return b.String()
}

// handlerStates calls functions of the test.
type handlerStates struct {
	handlers models.StateHandlers
}

func (h *handlerStates) tearsDown() bool { return true }

func (h *handlerStates) change(ctx context.Context, a action, s contract.ProviderState) (map[string]any, error) {
	handler, ok := h.handlers[s.Name]
	if !ok {
		if s.Name == "" || a == teardown {
			return nil, nil
		}
		return nil, &missingStateError{state: s}
	}
	return bounded(ctx, func() (map[string]any, error) {
		values, err := handler(a == setup, models.ProviderState{Name: s.Name, Parameters: plainParams(s.Params)})
		if err != nil {
			return nil, err
		}
		return normalize(values) // which may run code of the user's, too
	})
}

// plainParams gives numbers as float64, as handlers written for pact-go expect
// them.
func plainParams(params map[string]any) map[string]any {
	if params == nil {
		return nil
	}
	data, err := json.Marshal(params)
	if err != nil {
		return params
	}
	var plain map[string]any
	if json.Unmarshal(data, &plain) != nil {
		return params
	}
	return plain
}

// normalize passes values through JSON, so that generators see what they
// would see over HTTP.
func normalize(values map[string]any) (map[string]any, error) {
	if len(values) == 0 {
		return nil, nil
	}
	data, err := json.Marshal(values)
	if err != nil {
		return nil, fmt.Errorf("the returned values are not JSON: %w", err)
	}
	return decodeObject(data), nil
}

// urlStates calls a URL of the provider.
type urlStates struct {
	StateChange
	client *http.Client
	opts   *prepared
	peers  *peers
}

func (u *urlStates) tearsDown() bool { return u.Teardown }

func (u *urlStates) change(ctx context.Context, a action, s contract.ProviderState) (map[string]any, error) {
	req, err := u.request(ctx, a, s)
	if err != nil {
		return nil, err
	}
	c := &contact{peer: u.peers.at(req.URL)}
	resp, err := following(u.client, c, false).Do(req.WithContext(c.traced(ctx)))
	if err != nil {
		err = c.unsent(ctx, err)
		return nil, c.judge(err, explainSendError(err, "the state change URL", u.opts.Timeout))
	}
	defer resp.Body.Close()
	if speaksTLS(req.URL, resp) {
		return nil, &untriedError{explainSendError(errSpeaksTLS, "the state change URL", u.opts.Timeout)}
	}
	c.heard()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxStateAnswer+1))
	if err == nil && len(body) > maxStateAnswer {
		err = &tooLargeError{limit: maxStateAnswer} // half of the values are none
	}
	if err != nil {
		return nil, c.judge(err, explainSendError(err, "the state change URL", u.opts.Timeout))
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, fmt.Errorf("%s answered %s%s", u.address(), resp.Status, quoteBody(body))
	}
	return decodeObject(body), nil
}

// maxStateAnswer bounds the values a state change may return.
const maxStateAnswer = 1 << 20

func (u *urlStates) address() string {
	return redact.URL(u.URL)
}

func (u *urlStates) request(ctx context.Context, a action, s contract.ProviderState) (*http.Request, error) {
	if u.AsQuery {
		return u.queryRequest(ctx, a, s)
	}
	params := s.Params
	if params == nil {
		params = map[string]any{}
	}
	body, err := json.Marshal(map[string]any{"state": s.Name, "params": params, "action": a})
	if err != nil {
		return nil, fmt.Errorf("encode parameters: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	u.dress(req)
	return req, nil
}

func (u *urlStates) queryRequest(ctx context.Context, a action, s contract.ProviderState) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.URL, nil)
	if err != nil {
		return nil, err
	}
	q := req.URL.Query()
	for name, value := range s.Params {
		text, ok := value.(string)
		if !ok {
			text = compactJSON(value)
		}
		q.Set(name, text)
	}
	q.Set("state", s.Name)
	q.Set("action", string(a))
	req.URL.RawQuery = q.Encode()
	u.dress(req)
	return req, nil
}

func (u *urlStates) dress(r *http.Request) {
	r.Header.Set("Accept", "*/*")
	r.Header.Set("User-Agent", userAgent)
	for name, values := range u.opts.Headers {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
}

// quoteBody shows the start of an answer that is an error.
func quoteBody(body []byte) string {
	text := strings.TrimSpace(strings.ToValidUTF8(string(body), "�"))
	if text == "" {
		return ""
	}
	return ": " + cut(strings.Join(strings.Fields(text), " "), 200)
}

// decodeObject reads a JSON object with exact numbers; anything else is none.
func decodeObject(data []byte) map[string]any {
	var values map[string]any
	if exact.Decode(data, &values) != nil {
		return nil
	}
	return values
}

func compactJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}

// bounded runs f and returns when it does or when ctx ends, whichever is
// first. Go cannot stop f; a handler that hangs goes on in its goroutine. A
// panic of f comes back as an error, because one broken handler must not take
// the other interactions' results with it.
func bounded[T any](ctx context.Context, f func() (T, error)) (T, error) {
	var none, value T
	done := caught.Apart(func() (err error) {
		value, err = f()
		return err
	})
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
	}
	// What returns because its time is over does so at about the same moment: that
	// it won a race does not make its answer one that came in time.
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return none, errors.New("it did not return in time")
	case ctx.Err() != nil:
		return none, ctx.Err()
	case err != nil:
		return none, err
	}
	return value, nil
}
