package verifier

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/generate"
	"github.com/treatyhq/treaty/internal/coding"
	"github.com/treatyhq/treaty/internal/redact"
	"github.com/treatyhq/treaty/matching"
)

// play asks the provider what the interaction asks and compares: steps 2 to 5.
func (t *trial) play(ctx context.Context) {
	var result matching.Result
	var err error
	switch i := t.interaction.(type) {
	case *contract.HTTP:
		result, err = t.playHTTP(ctx, i)
	case *contract.AsyncMessage:
		result, err = t.playAsync(ctx, i)
	case *contract.SyncMessage:
		result, err = t.playSync(ctx, i)
	default:
		err = &untriedError{fmt.Errorf("no interaction of the kind %q can be tried", t.interaction.Kind())}
	}
	if err != nil {
		t.fail(err)
		return
	}
	if !result.OK() {
		t.report.Outcome = Failed
		t.report.Mismatches = result.Mismatches
	}
}

func (t *trial) generation(mode generate.Mode) generate.Context {
	return generate.Context{
		Mode:        mode,
		StateValues: stateValues(t.interaction.Base().States, t.values),
	}
}

// ungenerated warns of a generator that could not make its value.
func (t *trial) ungenerated(err error, example string) {
	if err != nil {
		t.report.Warnings = append(t.report.Warnings, fmt.Sprintf("a value could not be generated, the example %s: %v", example, err))
	}
}

// expected puts the values of provider states into a message that the
// provider is to send.
func (t *trial) expected(m contract.Message) contract.Message {
	m, err := generate.Message(m, t.generation(generate.Expected))
	t.ungenerated(err, "is expected")
	return m
}

func (t *trial) playHTTP(ctx context.Context, i *contract.HTTP) (matching.Result, error) {
	request, err := generate.Request(i.Request, t.generation(generate.Provider)) // 2
	t.ungenerated(err, "was sent")
	response, err := generate.Response(i.Response, t.generation(generate.Expected))
	t.ungenerated(err, "is expected")
	e, err := t.endpointFor(i)
	if err != nil {
		return matching.Result{}, err
	}
	t.report.Request = t.sent(e, request)
	rec, err := t.exchange(ctx, e, request, response.Status >= 300 && response.Status < 400) // 3 and 4
	if err != nil {
		return matching.Result{}, err
	}
	result, warning, err := rec.match(response) // 5
	if warning != "" {
		t.report.Warnings = append(t.report.Warnings, warning)
	}
	return result, err
}

// withoutSecrets is the address of a provider as it may be reported. What the
// pact adds to it is shown as it is.
func withoutSecrets(base *url.URL) *url.URL {
	if base == nil {
		return nil
	}
	shown, err := url.Parse(redact.Bare(base.String()))
	if err != nil {
		return nil
	}
	return shown
}

// sent describes the request for the report, without the values of custom
// headers.
func (t *trial) sent(e endpoint, r contract.Request) *SentRequest {
	s := &SentRequest{Method: nameOr(r.Method, http.MethodGet), InProcess: e.inProc, Headers: r.Headers, Body: coding.Encode(r.Headers.Get("Content-Encoding"), r.Body.Content)}
	if u, err := newRequest(context.Background(), r); err == nil {
		s.URL = u.URL.RequestURI()
		if base := withoutSecrets(e.base); base != nil {
			s.URL = resolve(base, u.URL).String()
		}
	}
	for name := range t.opts.Headers {
		s.Hidden = append(s.Hidden, http.CanonicalHeaderKey(name))
	}
	slices.Sort(s.Hidden)
	return s
}

func (t *trial) playAsync(ctx context.Context, i *contract.AsyncMessage) (matching.Result, error) {
	m, err := t.asyncMessage(ctx, i)
	if err != nil {
		return matching.Result{}, err
	}
	return matching.Message(t.expected(i.Message), m), nil
}

func (t *trial) asyncMessage(ctx context.Context, i *contract.AsyncMessage) (contract.Message, error) {
	if h, ok := t.opts.MessageHandlers[i.Description]; ok {
		ctx, cancel := context.WithTimeout(ctx, t.opts.Timeout)
		defer cancel()
		return t.handledMessage(ctx, h, i.States)
	}
	if len(t.opts.MessageHandlers) > 0 && !t.messageTransport() {
		return contract.Message{}, noHandler(i.Description)
	}
	e, err := t.endpointFor(i)
	if err != nil {
		return contract.Message{}, err
	}
	m, rec, err := t.fetchMessage(ctx, e, i)
	if err == nil {
		err = checkStatus(rec)
	}
	return m, err
}

// messageTransport reports whether messages have an address of their own, so
// that those without a handler are asked for there.
func (t *trial) messageTransport() bool {
	return slices.ContainsFunc(t.opts.Transports, func(tr Transport) bool { return strings.Contains(tr.Protocol, "message") })
}

func (t *trial) playSync(ctx context.Context, i *contract.SyncMessage) (matching.Result, error) {
	request, err := generate.Message(i.Request, t.generation(generate.Provider))
	t.ungenerated(err, "was sent")
	sent := *i
	sent.Request = request
	replies, err := t.syncReplies(ctx, &sent)
	if err != nil {
		return matching.Result{}, err
	}
	expected := make([]contract.Message, 0, len(i.Responses))
	for _, response := range i.Responses {
		expected = append(expected, t.expected(response))
	}
	return matchReplies(expected, replies), nil
}

func (t *trial) syncReplies(ctx context.Context, i *contract.SyncMessage) ([]contract.Message, error) {
	if h, ok := t.opts.SyncMessageHandlers[i.Description]; ok {
		ctx, cancel := context.WithTimeout(ctx, t.opts.Timeout)
		defer cancel()
		return t.handledReplies(ctx, h, i)
	}
	if h, ok := t.opts.MessageHandlers[i.Description]; ok {
		ctx, cancel := context.WithTimeout(ctx, t.opts.Timeout)
		defer cancel()
		m, err := t.handledMessage(ctx, h, i.States)
		return []contract.Message{m}, err
	}
	e, err := t.endpointFor(i)
	if err != nil {
		return nil, err
	}
	m, rec, err := t.fetchMessage(ctx, e, i)
	if err == nil {
		err = checkStatus(rec)
	}
	return []contract.Message{m}, err
}

// matchReplies compares answer by answer; a different number is a mismatch.
func matchReplies(expected, actual []contract.Message) matching.Result {
	var result matching.Result
	for n, want := range expected {
		if n >= len(actual) {
			break
		}
		found := matching.Message(want, actual[n])
		if len(expected) > 1 {
			for m := range found.Mismatches {
				found.Mismatches[m].Why = fmt.Sprintf("response %d: %s", n+1, found.Mismatches[m].Why)
			}
		}
		result.Mismatches = append(result.Mismatches, found.Mismatches...)
	}
	if len(expected) != len(actual) {
		result.Mismatches = append(result.Mismatches, matching.Mismatch{
			Kind: matching.KindBody, Path: "$",
			Expected: count(len(expected), "response"), Actual: count(len(actual), "response"),
			Why: fmt.Sprintf("expected a message with %s, got %d", count(len(expected), "response"), len(actual)),
		})
	}
	return result
}
