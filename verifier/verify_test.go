package verifier_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/verifier"
)

func TestStepsHaveAFixedOrder(t *testing.T) {
	t.Parallel()
	var steps recording
	state := func(name string) models.StateHandler {
		return func(setup bool, _ models.ProviderState) (models.ProviderStateResponse, error) {
			steps.add("%s setup=%t", name, setup)
			return nil, nil
		}
	}
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		steps.add("provider sees %q", r.Header.Get("X-Step"))
		w.WriteHeader(http.StatusTeapot)
	}))
	report := verify(t, verifier.Options{
		BaseURL: url,
		Pacts: []*contract.Pact{pact(t, `{"description":"a","providerStates":[{"name":"one"},{"name":"two"}],
			"request":{"path":"/"},"response":{"status":200}}`)},
		States:     models.StateHandlers{"one": state("one"), "two": state("two")},
		Headers:    http.Header{"X-Step": {"header"}},
		BeforeEach: func() error { steps.add("before"); return nil },
		AfterEach:  func() error { steps.add("after"); return nil },
		RequestFilter: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				steps.add("filter")
				r.Header.Set("X-Step", "filter")
				next.ServeHTTP(w, r)
			})
		},
		Progress: func(e verifier.Event) { steps.add("report %s", e.Interaction.Outcome) },
	})
	require.Equal(t, []string{
		"before", "one setup=true", "two setup=true", "filter", `provider sees "header"`,
		"one setup=false", "two setup=false", "after", "report failed",
	}, steps.all())
	require.False(t, report.OK())
}

func TestEveryInteractionIsReportedAfterAFailure(t *testing.T) {
	t.Parallel()
	for _, parallel := range []int{0, 3} {
		t.Run(fmt.Sprintf("parallel %d", parallel), func(t *testing.T) {
			t.Parallel()
			report := verify(t, verifier.Options{
				Parallel: parallel,
				BaseURL:  serve(t, answering(map[string]string{"/a": `{"n":1}`, "/c": `{"n":1}`, "/d": `{"n":1}`})),
				Pacts: []*contract.Pact{pact(t,
					get("a", "/a", `{"n":2}`), get("b", "/b", `{"n":1}`), get("c", "/c", `{"n":1}`), get("d", "/d", `{"n":1}`),
				)},
			})
			var outcomes []string
			for _, i := range report.Pacts[0].Interactions {
				outcomes = append(outcomes, i.Description+" "+string(i.Outcome))
			}
			require.Equal(t, []string{"a failed", "b failed", "c passed", "d passed"}, outcomes)
			require.Equal(t, verifier.Counts{Total: 4, Passed: 2, Failed: 2}, report.Counts())
			require.ErrorIs(t, report.Err(), verifier.ErrContractBroken)
			require.NotErrorIs(t, report.Err(), verifier.ErrNotVerified)
		})
	}
}

func TestMismatchNamesPathExpectedAndActual(t *testing.T) {
	t.Parallel()
	i := only(t, verify(t, verifier.Options{
		BaseURL: serve(t, answering(map[string]string{"/a": `{"price":"12.50"}`})),
		Pacts:   []*contract.Pact{pact(t, get("a price", "/a", `{"price":12.5}`))},
	}))
	require.Equal(t, verifier.Failed, i.Outcome)
	require.Len(t, i.Mismatches, 1)
	require.Equal(t, "$.price", i.Mismatches[0].Path)
	require.Equal(t, "12.5", i.Mismatches[0].Expected)
	require.Equal(t, `"12.50"`, i.Mismatches[0].Actual)
}

func TestProviderCanBeAHandlerInProcess(t *testing.T) {
	t.Parallel()
	report := verify(t, verifier.Options{
		Handler: answering(map[string]string{"/a": `{"n":1}`}),
		Pacts:   []*contract.Pact{pact(t, get("a", "/a", `{"n":1}`))},
	})
	require.True(t, report.OK(), report.Summary())
	require.Equal(t, "in process", report.Target)
}

func TestPanicOfAHandlerIsAnErrorOfItsInteraction(t *testing.T) {
	t.Parallel()
	report := verify(t, verifier.Options{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/a" {
				panic("out of cheese")
			}
			answering(map[string]string{"/b": `{}`}).ServeHTTP(w, r)
		}),
		Pacts: []*contract.Pact{pact(t, get("a", "/a", `{}`), get("b", "/b", `{}`))},
	})
	require.Equal(t, verifier.Errored, report.Pacts[0].Interactions[0].Outcome)
	require.Contains(t, report.Pacts[0].Interactions[0].Problem, "out of cheese")
	require.Equal(t, verifier.Passed, report.Pacts[0].Interactions[1].Outcome)
}

func TestRequestIsSentAsThePactSays(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var content string
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, content = r, body(r)
		w.WriteHeader(http.StatusNoContent)
	}))
	report := verify(t, verifier.Options{
		BaseURL: url + "/base/",
		Pacts: []*contract.Pact{pact(t, `{"description":"a","request":{"method":"put","path":"/a%20b/c",
			"query":{"q":["1 2","ü"],"a":[""]},"headers":{"Accept":"a/b","X-N":"7"},"body":{"n":1}},"response":{"status":204}}`)},
	})
	require.True(t, report.OK(), report.Summary())
	require.Equal(t, http.MethodPut, got.Method)
	require.Equal(t, "/base/a%20b/c?a=&q=1+2&q=%C3%BC", got.RequestURI)
	require.Equal(t, "a/b", got.Header.Get("Accept"))
	require.Equal(t, "7", got.Header.Get("X-N"))
	require.Empty(t, got.Header.Get("Accept-Encoding"))
	require.JSONEq(t, `{"n":1}`, content)
}

func TestPendingInteractionDoesNotFailTheRun(t *testing.T) {
	t.Parallel()
	report := verify(t, verifier.Options{
		BaseURL: serve(t, answering(nil)),
		Pacts: []*contract.Pact{pactV4(t, `{"type":"Synchronous/HTTP","description":"a","pending":true,
			"request":{"method":"GET","path":"/"},"response":{"status":200}}`)},
	})
	require.True(t, report.OK())
	require.Equal(t, verifier.Failed, only(t, report).Outcome)
	require.Equal(t, 1, report.Counts().Pending)
}

func TestStopOnFailureReportsTheRestAsNotRun(t *testing.T) {
	t.Parallel()
	report := verify(t, verifier.Options{
		StopOnFailure: true,
		BaseURL:       serve(t, answering(nil)),
		Pacts:         []*contract.Pact{pact(t, get("a", "/a", `{}`), get("b", "/b", `{}`))},
	})
	require.Equal(t, verifier.Counts{Total: 2, Failed: 1, NotRun: 1}, report.Counts())
}

func TestRedirectIsFollowedUnlessThePactExpectsIt(t *testing.T) {
	t.Parallel()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusFound)
		}
	}))
	report := verify(t, verifier.Options{BaseURL: url, Pacts: []*contract.Pact{pact(t,
		`{"description":"moved","request":{"path":"/old"},"response":{"status":302,"headers":{"Location":"/new"}}}`,
		`{"description":"followed","request":{"path":"/old"},"response":{"status":200}}`,
	)}})
	require.True(t, report.OK(), report.Summary())
}

func TestWrongOptionsNameTheField(t *testing.T) {
	t.Parallel()
	anyPact := []*contract.Pact{{}}
	for _, tt := range []struct {
		field   string
		options verifier.Options
	}{
		{"BaseURL", verifier.Options{Pacts: anyPact}},
		{"BaseURL", verifier.Options{Pacts: anyPact, BaseURL: "localhost:8080"}},
		{"BaseURL", verifier.Options{Pacts: anyPact, BaseURL: "http://a b"}},
		{"Files", verifier.Options{BaseURL: "http://localhost"}},
		{"URLs", verifier.Options{BaseURL: "http://localhost", URLs: []string{"ftp://x"}}},
		{"Provider", verifier.Options{BaseURL: "http://localhost", Broker: &verifier.BrokerOptions{URL: "http://localhost"}}},
		{"Broker.URL", verifier.Options{BaseURL: "http://localhost", Broker: &verifier.BrokerOptions{}}},
		{"ProviderVersion", verifier.Options{BaseURL: "http://localhost", Pacts: anyPact, Publish: true}},
		{"StateChange.URL", verifier.Options{BaseURL: "http://localhost", Pacts: anyPact, StateChange: &verifier.StateChange{URL: "x"}}},
		{"Filter.Description", verifier.Options{BaseURL: "http://localhost", Pacts: anyPact, Filter: verifier.Filter{Description: "("}}},
		{"Filter.State", verifier.Options{BaseURL: "http://localhost", Pacts: anyPact, Filter: verifier.Filter{State: "a", NoState: true}}},
	} {
		_, err := verifier.Verify(t.Context(), tt.options)
		var option *verifier.OptionError
		require.ErrorAs(t, err, &option)
		require.Equal(t, tt.field, option.Field)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestSecretsInAnAddressAreNotTold(t *testing.T) {
	t.Parallel()
	elsewhere := strings.TrimPrefix(serve(t, http.NotFoundHandler()), "http://")
	one := []*contract.Pact{pact(t, getGiven("a", "s", "/", `{}`))}
	nobody := []string{
		"http://me:secret@127.0.0.1:1", "http://secret@127.0.0.1:1/x?token=secret", "http://me:secret", "http://me:s/secret@127.0.0.1:1",
		"http://me:secret@a b", "http://me:secret%zz@127.0.0.1:1", "ftp://me:secret@127.0.0.1/?key=secret", "me:secret@127.0.0.1",
	}
	for _, address := range nobody {
		for name, options := range map[string]verifier.Options{
			"provider": {BaseURL: address, Pacts: one},
			"states":   {BaseURL: "http://127.0.0.1:1", Pacts: one, StateChange: &verifier.StateChange{URL: address, Teardown: true}},
			"pact":     {BaseURL: "http://127.0.0.1:1", URLs: []string{strings.ReplaceAll(address, "127.0.0.1:1", elsewhere)}},
			"broker":   {BaseURL: "http://127.0.0.1:1", Provider: "P", Broker: &verifier.BrokerOptions{URL: address, Attempts: 1}},
		} {
			t.Run(name+" at "+address, func(t *testing.T) {
				t.Parallel()
				report, err := verifier.Verify(t.Context(), options)
				if err != nil {
					require.NotContains(t, err.Error(), "secret")
				}
				var out strings.Builder
				require.NoError(t, errors.Join(verifier.WriteText(&out, report), verifier.WriteJSON(&out, report), verifier.WriteHTML(&out, report)))
				require.NotContains(t, out.String(), "secret")
			})
		}
	}
}

func TestNothingToVerifyIsAnErrorUnlessAllowed(t *testing.T) {
	t.Parallel()
	o := verifier.Options{BaseURL: "http://localhost", Dirs: []string{t.TempDir()}}
	_, err := verifier.Verify(t.Context(), o)
	require.ErrorIs(t, err, verifier.ErrNoPacts)
	o.AllowNoPacts = true
	require.True(t, verify(t, o).OK())
}

func TestStoppedRunReportsWhatItKnows(t *testing.T) {
	t.Parallel()
	ctx, stop := contextWithStop(t)
	report, err := verifier.Verify(ctx, verifier.Options{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/b" {
				stop()
				<-r.Context().Done()
			}
		}),
		Pacts: []*contract.Pact{pact(t,
			`{"description":"a","request":{"path":"/a"},"response":{"status":200}}`,
			`{"description":"b","request":{"path":"/b"},"response":{"status":200}}`,
			`{"description":"c","request":{"path":"/c"},"response":{"status":200}}`)},
	})
	require.NoError(t, err)
	require.Equal(t, verifier.Counts{Total: 3, Passed: 1, NotRun: 2}, report.Counts())
	require.ErrorIs(t, report.Err(), verifier.ErrNotVerified)
}
