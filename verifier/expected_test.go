package verifier_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/pact-foundation/pact-go/v2/message"
	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/verifier"
)

// knowing returns a state handler that gives values.
func knowing(values models.ProviderStateResponse) models.StateHandlers {
	return models.StateHandlers{"account": func(bool, models.ProviderState) (models.ProviderStateResponse, error) {
		return values, nil
	}}
}

// account is an interaction of which the response alone is given.
func account(response string) string {
	return `{"description":"an account","providerStates":[{"name":"account"}],"request":{"path":"/"},"response":` + response + `}`
}

func TestValuesOfStatesAreExpectedInResponses(t *testing.T) {
	t.Parallel()
	const id = `{"type":"ProviderState","expression":"${id}"}`
	inBody := func(generators string) string {
		return account(`{"status":200,"headers":{"Content-Type":"application/json"},"body":{"id":10,"name":"10","all":[10,10]},"generators":` + generators + `}`)
	}
	for _, tt := range []struct {
		name        string
		interaction string
		answer      http.HandlerFunc
		wrong       string // of the mismatch that another id is
	}{
		{
			"a header", account(`{"status":201,"headers":{"Location":"/accounts/10"},
				"generators":{"header":{"Location":{"type":"ProviderState","expression":"/accounts/${id}"}}}}`),
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/accounts/77")
				w.WriteHeader(http.StatusCreated)
			}, "/accounts/78",
		},
		{
			"members and elements of a body, each of its own kind",
			inBody(`{"body":{"$.id":` + id + `,"$.name":` + id + `,"$.all[*]":` + id + `}}`),
			jsonAnswer(`{"id":77,"name":"77","all":[77,77]}`), "78",
		},
		{
			"an earlier spelling of the name", inBody(`{"body":{"$.id":{"type":"ProviderState","expression":"id"}}}`),
			jsonAnswer(`{"id":77,"name":"10","all":[10,10]}`), "78",
		},
		{
			"a text of a form", account(`{"status":200,"headers":{"Content-Type":"application/x-www-form-urlencoded"},"body":"id=10&b=1",
				"generators":{"body":{"$.id":` + id + `}}}`),
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/x-www-form-urlencoded")
				fmt.Fprint(w, "id=77&b=1")
			}, "78",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := verifier.Options{Handler: tt.answer, Pacts: []*contract.Pact{pact(t, tt.interaction)}, States: knowing(models.ProviderStateResponse{"id": 77})}
			report := verify(t, o)
			require.True(t, report.OK(), text(t, report))

			o.States = knowing(models.ProviderStateResponse{"id": 78})
			i := only(t, verify(t, o))
			require.Equal(t, verifier.Failed, i.Outcome, "it is compared with the value, not with the example")
			require.Contains(t, i.Mismatches[0].Expected, tt.wrong)

			o.States = knowing(nil)
			i = only(t, verify(t, o))
			require.Equal(t, verifier.Failed, i.Outcome)
			require.Contains(t, i.Warnings[0], "the example is expected")
			require.Contains(t, i.Warnings[0], `"id"`)
		})
	}
}

func jsonAnswer(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, body)
	}
}

func TestAStatusMayComeFromAState(t *testing.T) {
	t.Parallel()
	report := verify(t, verifier.Options{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }),
		Pacts: []*contract.Pact{pactV4(t, `{"type":"Synchronous/HTTP","description":"an account","providerStates":[{"name":"account"}],
			"request":{"path":"/"},"response":{"status":404,"generators":{"status":{"type":"ProviderState","expression":"${status}"}}}}`)},
		States: knowing(models.ProviderStateResponse{"status": 410}),
	})
	require.True(t, report.OK(), text(t, report))
}

// A value made at random, or of the time, cannot be expected of a provider.
func TestOnlyValuesOfStatesAreExpected(t *testing.T) {
	t.Parallel()
	report := verify(t, verifier.Options{
		Handler: jsonAnswer(`{"n":1,"at":"2020-01-01","id":"a"}`),
		Pacts: []*contract.Pact{pact(t, account(`{"status":200,"headers":{"Content-Type":"application/json"},"body":{"n":1,"at":"2020-01-01","id":"a"},
			"generators":{"body":{"$.n":{"type":"RandomInt","min":5,"max":9},"$.at":{"type":"Date"},"$.id":{"type":"Uuid"}}}}`))},
		States: knowing(nil),
	})
	require.True(t, report.OK(), text(t, report))
	require.Empty(t, only(t, report).Warnings)
}

func TestValuesOfStatesAreExpectedInMessages(t *testing.T) {
	t.Parallel()
	const contents = `"contents":{"content":{"id":10},"contentType":"application/json","encoded":false},"metadata":{"topic":"accounts/10"},
		"generators":{"body":{"$.id":{"type":"ProviderState","expression":"${id}"}},"metadata":{"topic":{"type":"ProviderState","expression":"accounts/${id}"}}}`
	o := verifier.Options{
		Pacts: []*contract.Pact{pactV4(t,
			`{"type":"Asynchronous/Messages","description":"m","providerStates":[{"name":"account"}],`+contents+`}`,
			`{"type":"Synchronous/Messages","description":"m","providerStates":[{"name":"account"}],"request":{},"response":[{`+contents+`}]}`,
		)},
		MessageHandlers: message.Handlers{"m": func([]models.ProviderState) (message.Body, message.Metadata, error) {
			return map[string]any{"id": 77}, message.Metadata{"topic": "accounts/77"}, nil
		}},
		States: knowing(models.ProviderStateResponse{"id": 77}),
	}
	report := verify(t, o)
	require.True(t, report.OK(), text(t, report))

	o.States = knowing(models.ProviderStateResponse{"id": 78})
	for _, i := range verify(t, o).Pacts[0].Interactions {
		require.Len(t, i.Mismatches, 2, "contents and metadata")
	}
}
