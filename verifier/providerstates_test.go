package verifier_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/verifier"
)

const withParams = `{"description":"a product","providerStates":[{"name":"product exists","params":{"id":10,"name":"tea"}}],
	"request":{"method":"GET","path":"/products/10",
	"generators":{"path":{"type":"ProviderState","expression":"/products/${id}","dataType":"STRING"}}},
	"response":{"status":200}}`

func TestStateHandlerGetsParametersAndItsValuesReachTheRequest(t *testing.T) {
	t.Parallel()
	var got models.ProviderState
	var path string
	report := verify(t, verifier.Options{
		Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { path = r.URL.Path }),
		Pacts:   []*contract.Pact{pact(t, withParams)},
		States: models.StateHandlers{"product exists": func(setup bool, s models.ProviderState) (models.ProviderStateResponse, error) {
			if setup {
				got = s
			}
			return models.ProviderStateResponse{"id": 77}, nil
		}},
	})
	require.True(t, report.OK(), report.Summary())
	require.Equal(t, models.ProviderState{Name: "product exists", Parameters: map[string]any{"id": 10.0, "name": "tea"}}, got)
	require.Equal(t, "/products/77", path)
}

func TestStateParametersAreValuesToo(t *testing.T) {
	t.Parallel()
	var path string
	verify(t, verifier.Options{
		Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { path = r.URL.Path }),
		Pacts:   []*contract.Pact{pact(t, strings.Replace(withParams, `"id":10`, `"id":12`, 1))},
		States: models.StateHandlers{"product exists": func(bool, models.ProviderState) (models.ProviderStateResponse, error) {
			return nil, nil
		}},
	})
	require.Equal(t, "/products/12", path)
}

func TestMissingStateHandlerFailsWithOneReadyToPaste(t *testing.T) {
	t.Parallel()
	o := verifier.Options{
		Handler: answering(map[string]string{"/a": `{}`, "/b": `{}`}),
		Pacts:   []*contract.Pact{pact(t, withParams, get("b", "/b", `{}`))},
		States:  models.StateHandlers{},
	}
	report := verify(t, o)
	first := report.Pacts[0].Interactions[0]
	require.Equal(t, verifier.Errored, first.Outcome)
	require.Contains(t, first.Problem, `"product exists": func(setup bool, state models.ProviderState) (models.ProviderStateResponse, error) {`)
	require.Contains(t, first.Problem, `state.Parameters["id"]`)
	require.Equal(t, verifier.Passed, report.Pacts[0].Interactions[1].Outcome)

	o.AllowMissingStates = true
	report = verify(t, o)
	require.NotEqual(t, verifier.Errored, report.Pacts[0].Interactions[0].Outcome, "it is tried")
	require.Contains(t, text(t, report), `"product exists": func(setup bool`)
}

func TestStateMissingBesideAHandledOneFailsUnlessAllowed(t *testing.T) {
	t.Parallel()
	o := verifier.Options{
		Handler: answering(map[string]string{"/a": `{}`}),
		Pacts:   []*contract.Pact{pact(t, oneOfTwoStates)},
		States:  handlerOf("two"),
	}
	report := verify(t, o)
	require.False(t, report.OK())
	require.Contains(t, only(t, report).Problem, `"one": func(setup bool`)
	require.NotContains(t, only(t, report).Problem, `"two": func(setup bool`)

	o.AllowPartialStates = true
	report = verify(t, o)
	require.True(t, report.OK(), text(t, report))
	require.Contains(t, only(t, report).Warnings[0], `"one": func(setup bool`)
}

const oneOfTwoStates = `{"description":"a","providerStates":[{"name":"one"},{"name":"two"}],
	"request":{"path":"/a"},"response":{"status":200}}`

func handlerOf(state string) models.StateHandlers {
	return models.StateHandlers{state: func(bool, models.ProviderState) (models.ProviderStateResponse, error) { return nil, nil }}
}

func TestStatesWithoutAnyConfigurationAreAWarning(t *testing.T) {
	t.Parallel()
	report := verify(t, verifier.Options{
		Handler: answering(map[string]string{"/a": `{}`}),
		Pacts:   []*contract.Pact{pact(t, getGiven("a", "state one", "/a", `{}`))},
	})
	require.True(t, report.OK())
	require.Contains(t, only(t, report).Warnings[0], `"state one"`)
	require.Contains(t, text(t, report), `"state one"`)
}

// changes is a provider's state change endpoint that notes its calls.
func changes(t *testing.T, calls *recording, answer func(w http.ResponseWriter)) string {
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.add("%s %s %s", r.Method, r.URL.RequestURI(), body(r))
		answer(w)
	}))
}

func TestStateChangeURLIsCalledAsPactDoes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		interaction string
		change      verifier.StateChange
		want        []string
	}{
		{
			name: "body", interaction: withParams,
			want: []string{`POST /states {"action":"setup","params":{"id":10,"name":"tea"},"state":"product exists"}`},
		},
		{
			name: "body with teardown", interaction: getGiven("a", "s", "/a", `{}`), change: verifier.StateChange{Teardown: true},
			want: []string{`POST /states {"action":"setup","params":{},"state":"s"}`, `POST /states {"action":"teardown","params":{},"state":"s"}`},
		},
		{
			name: "query", interaction: withParams, change: verifier.StateChange{AsQuery: true},
			want: []string{`POST /states?action=setup&id=10&name=tea&state=product+exists `},
		},
		{
			name: "no state: one call with the empty name", interaction: get("a", "/a", `{}`), change: verifier.StateChange{Teardown: true},
			want: []string{`POST /states {"action":"setup","params":{},"state":""}`, `POST /states {"action":"teardown","params":{},"state":""}`},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var calls recording
			tt.change.URL = changes(t, &calls, func(w http.ResponseWriter) { fmt.Fprint(w, `{"id":78}`) }) + "/states"
			var path string
			verify(t, verifier.Options{
				Handler:     http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { path = r.URL.Path }),
				Pacts:       []*contract.Pact{pact(t, tt.interaction)},
				StateChange: &tt.change,
			})
			require.Equal(t, tt.want, calls.all())
			if strings.Contains(tt.interaction, "ProviderState") {
				require.Equal(t, "/products/78", path, "values of the answer go into the request")
			}
		})
	}
}

func TestFailedSetupSendsNothingAndTearsNothingDown(t *testing.T) {
	t.Parallel()
	var calls recording
	url := changes(t, &calls, func(w http.ResponseWriter) { http.Error(w, "database is locked", http.StatusInternalServerError) })
	report := verify(t, verifier.Options{
		Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.add("provider") }),
		Pacts: []*contract.Pact{pact(t, `{"description":"a","providerStates":[{"name":"one"},{"name":"two"}],
			"request":{"path":"/"},"response":{"status":200}}`)},
		StateChange: &verifier.StateChange{URL: url, Teardown: true},
	})
	require.Len(t, calls.all(), 2, "both states are tried, nothing else happens")
	i := only(t, report)
	require.Equal(t, verifier.Errored, i.Outcome)
	require.Contains(t, i.Problem, `setup of provider state "one" failed`)
	require.Contains(t, i.Problem, `setup of provider state "two" failed`)
	require.Contains(t, i.Problem, "database is locked")
	require.ErrorIs(t, report.Err(), verifier.ErrNotVerified)
	require.NotErrorIs(t, report.Err(), verifier.ErrContractBroken)
}

func TestFailedTeardownFailsTheInteraction(t *testing.T) {
	t.Parallel()
	i := only(t, verify(t, verifier.Options{
		Handler: answering(map[string]string{"/a": `{}`}),
		Pacts:   []*contract.Pact{pact(t, getGiven("a", "s", "/a", `{}`))},
		States: models.StateHandlers{"s": func(setup bool, _ models.ProviderState) (models.ProviderStateResponse, error) {
			if !setup {
				return nil, errors.New("rows are left")
			}
			return nil, nil
		}},
	}))
	require.Equal(t, verifier.Errored, i.Outcome)
	require.Contains(t, i.Problem, "rows are left")
}

func TestStateHandlerThatHangsOrPanicsIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, hangOrPanic) // time passes only while nothing else can go on
}

func hangOrPanic(t *testing.T) {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	report := verify(t, verifier.Options{
		Handler: answering(map[string]string{"/a": `{}`}),
		Timeout: 50 * time.Millisecond,
		Pacts: []*contract.Pact{pact(t, getGiven("a", "hangs", "/a", `{}`), getGiven("b", "panics", "/a", `{}`),
			getGiven("c", "is fine", "/a", `{}`))},
		States: models.StateHandlers{
			"hangs":   func(bool, models.ProviderState) (models.ProviderStateResponse, error) { <-release; return nil, nil },
			"panics":  func(bool, models.ProviderState) (models.ProviderStateResponse, error) { panic("no rows") },
			"is fine": func(bool, models.ProviderState) (models.ProviderStateResponse, error) { return nil, nil },
		},
	})
	got := report.Pacts[0].Interactions
	require.Contains(t, got[0].Problem, "did not return in time")
	require.Contains(t, got[1].Problem, "no rows")
	require.Equal(t, verifier.Passed, got[2].Outcome)
}

func TestStateChangeCarriesCustomHeaders(t *testing.T) {
	t.Parallel()
	var token string
	url := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { token = r.Header.Get("Authorization") }))
	verify(t, verifier.Options{
		Handler: answering(map[string]string{"/a": `{}`}), Pacts: []*contract.Pact{pact(t, getGiven("a", "s", "/a", `{}`))},
		Headers: http.Header{"Authorization": {"Bearer 1"}}, StateChange: &verifier.StateChange{URL: url},
	})
	require.Equal(t, "Bearer 1", token)
}
