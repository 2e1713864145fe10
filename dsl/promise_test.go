package dsl_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl"
	"github.com/treatyhq/treaty/verifier"
)

// answer is what a provider sends.
type answer struct {
	status  int
	headers http.Header
	body    string
}

func jsonAnswer(body string) answer {
	return answer{headers: http.Header{"Content-Type": {"application/json"}}, body: body}
}

func (a answer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	for name, values := range a.headers {
		for _, value := range values {
			w.Header().Add(name, value)
		}
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, _ = w.Write([]byte(a.body))
}

// keeps reports whether the real verifier accepts a provider that sends a, given
// the file that a test of this package wrote.
func (a answer) keeps(t *testing.T, c dsl.MockHTTPProviderConfig) bool {
	t.Helper()
	return answers{"": a}.keep(t, c)
}

// answers is what a provider sends in each of its states.
type answers map[string]answer

func (a answers) keep(t *testing.T, c dsl.MockHTTPProviderConfig) bool {
	t.Helper()
	state := ""
	states := models.StateHandlers{}
	for name := range a {
		states[name] = func(setup bool, _ models.ProviderState) (models.ProviderStateResponse, error) {
			if state = ""; setup {
				state = name
			}
			return nil, nil
		}
	}
	report, err := verifier.Verify(context.Background(), verifier.Options{
		Provider: c.Provider, Files: []string{file(c)}, States: states, AllowMissingStates: true,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a[state].ServeHTTP(w, r) }),
	})
	require.NoError(t, err)
	return report.OK()
}

// proven runs a whole test of a consumer that sends one GET request, and
// leaves its file in c's folder.
func proven(t *testing.T, c dsl.MockHTTPProviderConfig, response dsl.V4ResponseBuilderFunc) error {
	t.Helper()
	pact, err := dsl.NewV4Pact(c)
	require.NoError(t, err)
	return pact.AddInteraction().UponReceiving("a question").WithRequest("GET", "/").WillRespondWith(200, response).ExecuteTest(nil, get)
}

func get(server dsl.MockServerConfig) error {
	_, _, err := fetch(server, "GET", "/", "")
	return err
}

// provenIn is proven with a JSON body in a pact of the given version.
func provenIn(t *testing.T, c dsl.MockHTTPProviderConfig, version contract.SpecVersion, body any) error {
	t.Helper()
	switch version {
	case contract.V2:
		pact, err := dsl.NewV2Pact(c)
		require.NoError(t, err)
		return pact.AddInteraction().WithRequest("GET", "/").
			WillRespondWith(200, func(b *dsl.V2ResponseBuilder) { b.JSONBody(body) }).ExecuteTest(nil, get)
	case contract.V3:
		pact, err := dsl.NewV3Pact(c)
		require.NoError(t, err)
		return pact.AddInteraction().WithRequest("GET", "/").
			WillRespondWith(200, func(b *dsl.V3ResponseBuilder) { b.JSONBody(body) }).ExecuteTest(nil, get)
	default:
		return proven(t, c, func(b *dsl.V4ResponseBuilder) { b.JSONBody(body) })
	}
}

func notWritten(t *testing.T, c dsl.MockHTTPProviderConfig) {
	t.Helper()
	_, err := os.Stat(file(c))
	require.ErrorIs(t, err, os.ErrNotExist, "nothing may be written of a contract that was refused")
}

// promise is what one exported name promises: a test of it, or the reason why
// there is none.
type promise struct {
	test   func(*testing.T)
	reason string
}

func nothing(reason string) promise { return promise{reason: reason} }

// value promises one JSON value, given as JSON texts that keep and that break
// it, in every version of the file from since on; before that it is refused.
func value(since contract.SpecVersion, matcher any, kept, broken []string) promise {
	return promise{test: func(t *testing.T) {
		for _, version := range []contract.SpecVersion{contract.V2, contract.V3, contract.V4} {
			c := config(t)
			err := provenIn(t, c, version, map[string]any{"v": matcher})
			if version < since {
				require.ErrorContains(t, err, "$.v: ", version)
				require.ErrorContains(t, err, "needs a pact of version", version)
				notWritten(t, c)
				continue
			}
			require.NoError(t, err, version)
			for _, text := range kept {
				require.True(t, jsonAnswer(fmt.Sprintf(`{"v":%s}`, text)).keeps(t, c), "%s: %s keeps it", version, text)
			}
			for _, text := range broken {
				require.False(t, jsonAnswer(fmt.Sprintf(`{"v":%s}`, text)).keeps(t, c), "%s: %s breaks it", version, text)
			}
			require.False(t, jsonAnswer(`{}`).keeps(t, c), version)
		}
	}}
}

// forms promises a value of several forms.
func forms(matcher any, kept, broken map[string]string) promise {
	provider := func(byState map[string]string) answers {
		a := answers{}
		for state, body := range byState {
			a[state] = jsonAnswer(body)
		}
		return a
	}
	return promise{test: func(t *testing.T) {
		c := config(t)
		require.NoError(t, proven(t, c, func(b *dsl.V4ResponseBuilder) { b.JSONBody(map[string]any{"v": matcher}) }))
		require.True(t, provider(kept).keep(t, c))
		require.False(t, provider(broken).keep(t, c))
	}}
}

// response promises what a provider sends.
func response(describe dsl.V4ResponseBuilderFunc, kept, broken []answer) promise {
	return promise{test: func(t *testing.T) {
		c := config(t)
		require.NoError(t, proven(t, c, describe))
		for n, a := range kept {
			require.True(t, a.keeps(t, c), "answer %d keeps it", n)
		}
		for n, a := range broken {
			require.False(t, a.keeps(t, c), "answer %d breaks it", n)
		}
	}}
}

// sent is a request of a consumer.
type sent struct {
	method, target, contentType, body string
	header                            [2]string
}

// request promises what the consumer sends: another request fails its test,
// and the verifier sends a right one to the provider.
func request(describe func(*dsl.V4HTTPMockProvider) *dsl.V4InteractionWithResponse, kept, broken []sent) promise {
	play := func(t *testing.T, c dsl.MockHTTPProviderConfig, s sent) error {
		pact, err := dsl.NewV4Pact(c)
		require.NoError(t, err)
		return describe(pact).ExecuteTest(nil, func(server dsl.MockServerConfig) error {
			headers := []string{"X-None", "none"}
			if s.contentType != "" {
				headers = append(headers, "Content-Type", s.contentType)
			}
			if s.header[0] != "" {
				headers = append(headers, s.header[:]...)
			}
			_, _, err := fetch(server, s.method, s.target, s.body, headers...)
			return err
		})
	}
	return promise{test: func(t *testing.T) {
		for n, s := range kept {
			c := config(t)
			require.NoError(t, play(t, c, s), "request %d keeps it", n)
			require.True(t, answer{}.keeps(t, c), "the verifier sends a request too")
		}
		for n, s := range broken {
			c := config(t)
			var mismatch *dsl.MismatchError
			require.ErrorAs(t, play(t, c, s), &mismatch, "request %d breaks it", n)
			notWritten(t, c)
		}
	}}
}

// asking describes a request by its builder.
func asking(describe dsl.V4RequestBuilderFunc) func(*dsl.V4HTTPMockProvider) *dsl.V4InteractionWithResponse {
	return func(pact *dsl.V4HTTPMockProvider) *dsl.V4InteractionWithResponse {
		return pact.AddInteraction().UponReceiving("a question").WithRequest("POST", "/", describe).WillRespondWith(200)
	}
}
