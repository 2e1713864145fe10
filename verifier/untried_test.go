package verifier_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/verifier"
)

// nobody is an address where nothing listens.
func nobody(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	listener.Close()
	return "http://" + listener.Addr().String()
}

// two interactions of which the first is kept by kept().
func brokerOfTwo(t *testing.T) *fakeBroker {
	return newFakeBroker(t, map[string]string{"storefront": shopPact()})
}

func kept() http.Handler { return answering(map[string]string{"/a": `{"n":1}`, "/b": `{"n":1}`}) }

// at changes the options of against: the provider is at an address.
func at(b *fakeBroker, address string) verifier.Options {
	o := against(b)
	o.Handler, o.BaseURL = nil, address
	return o
}

func TestAProviderThatIsNotThereIsNotFailed(t *testing.T) {
	t.Parallel()
	plain := func(t *testing.T) string { return serve(t, kept()) }
	secure := func(t *testing.T) string {
		s := httptest.NewTLSServer(kept())
		t.Cleanup(s.Close)
		return s.URL
	}
	for _, tt := range []struct {
		name    string
		address func(t *testing.T) string
		says    string
	}{
		{"nobody listens", nobody, "is it running?"},
		{"no such host", func(*testing.T) string { return "http://catalog.invalid" }, "cannot be found"},
		{"a certificate that nobody trusts", secure, "certificate"},
		{"https asked of http", func(t *testing.T) string { return strings.Replace(plain(t), "http:", "https:", 1) }, "HTTP response to HTTPS client"},
		{"http asked of https", func(t *testing.T) string { return strings.Replace(secure(t), "https:", "http:", 1) }, "https://"},
		{"accepts and closes", func(t *testing.T) string { return rawServer(t, func(net.Conn) {}) }, "closed the connection"},
		{"speaks something else", func(t *testing.T) string { return rawServer(t, raw("220 mail ESMTP\r\n")) }, "no usable answer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := brokerOfTwo(t)
			report := verify(t, at(b, tt.address(t)))
			require.False(t, report.OK())
			require.False(t, report.TookPlace())
			require.Empty(t, b.writes(), "neither a result nor a branch nor a tag")
			require.Contains(t, text(t, report), tt.says)
			require.Contains(t, text(t, report), "NOT VERIFIED")
			require.Contains(t, strings.Join(report.Warnings, "\n"), "the result for storefront was not published: 2 of 2 interactions")
			require.ErrorIs(t, report.Err(), verifier.ErrNotVerified)
			require.NotErrorIs(t, report.Err(), verifier.ErrContractBroken)
		})
	}
}

func TestAProviderThatHangsForEverythingIsNotFailed(t *testing.T) {
	t.Parallel()
	wait := never(t)
	b := brokerOfTwo(t)
	o := at(b, rawServer(t, func(net.Conn) { wait() }))
	o.Timeout = soon
	report := verify(t, o)
	require.False(t, report.TookPlace())
	require.Empty(t, b.writes())
}

// A filter stands between, and returns later than the network.
// net/http names the header and not its value, which may be a secret.
func TestARequestThatCannotBeSentIsNoFailureOfTheProvider(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*verifier.Options){
		"a token with its line feed": func(o *verifier.Options) {
			o.Headers = http.Header{"Authorization": {"Bearer s3cret\n"}}
		},
		"for a state change": func(o *verifier.Options) {
			o.Headers = http.Header{"Authorization": {"Bearer s3cret\n"}}
			o.StateChange = &verifier.StateChange{URL: o.BaseURL}
		},
		"a request filter's": func(o *verifier.Options) {
			o.RequestFilter = func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					r.Header.Set("Authorization", "Bearer s3cret\n")
					next.ServeHTTP(w, r)
				})
			}
		},
	} {
		b := brokerOfTwo(t)
		o := at(b, serve(t, kept()))
		change(&o)
		report := verify(t, o)
		require.False(t, report.TookPlace(), name)
		require.Empty(t, b.results(), name)
		require.Contains(t, text(t, report), "the request cannot be sent", name)
		require.NotContains(t, text(t, report), "s3cret", name)
	}
}

func TestARequestFilterDoesNotHideThatNobodyIsThere(t *testing.T) {
	t.Parallel()
	wait := never(t)
	for name, address := range map[string]string{"nobody": nobody(t), "hanging": rawServer(t, func(net.Conn) { wait() })} {
		b := brokerOfTwo(t)
		o := at(b, address)
		o.Timeout = soon
		o.RequestFilter = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, r) })
		}
		require.False(t, verify(t, o).TookPlace(), name)
		require.Empty(t, b.writes(), name)
	}
}

// dying is a provider that ends, connections and all, with the first request
// that end is true for.
func dying(t *testing.T, end func(r *http.Request) bool) string {
	t.Helper()
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if end(r) {
			s.Listener.Close()
			s.CloseClientConnections()
			return
		}
		kept().ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestAProviderThatGoesHalfWayIsNotFailed(t *testing.T) {
	t.Parallel()
	b := brokerOfTwo(t)
	report := verify(t, at(b, dying(t, func(r *http.Request) bool { return r.URL.Path == "/b" })))
	require.Equal(t, verifier.Passed, report.Pacts[0].Interactions[0].Outcome)
	require.True(t, report.Pacts[0].Interactions[1].Untried, text(t, report))
	require.False(t, report.TookPlace())
	require.Empty(t, b.writes(), "half a pact is not a success, and the rest is not a failure")
}

func TestARequestThatALivingProviderDropsIsItsFailure(t *testing.T) {
	t.Parallel()
	b := brokerOfTwo(t)
	report := verify(t, at(b, serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/b" {
			panic(http.ErrAbortHandler)
		}
		kept().ServeHTTP(w, r)
	}))))
	require.False(t, report.Pacts[0].Interactions[1].Untried)
	require.True(t, report.TookPlace())
	require.Equal(t, false, b.results()[0]["success"])
}

func TestAProviderThatSendsElsewhereIsTried(t *testing.T) {
	t.Parallel()
	b := brokerOfTwo(t)
	report := verify(t, at(b, serve(t, http.RedirectHandler(nobody(t)+"/moved", http.StatusFound))))
	require.True(t, report.TookPlace(), text(t, report))
	require.Equal(t, false, b.results()[0]["success"], "it answered: with an address where nobody is")
}

func TestAFailureThatIsKnownIsPublishedWhateverWasNotTried(t *testing.T) {
	t.Parallel()
	b := newFakeBroker(t, map[string]string{"storefront": pactJSON("3.0.0",
		withID("1", get("is wrong", "/a", `{"n":2}`)), withID("2", get("kills it", "/b", `{"n":1}`)), withID("3", get("is too late", "/a", `{"n":1}`)))})
	report := verify(t, at(b, dying(t, func(r *http.Request) bool { return r.URL.Path == "/b" })))
	require.True(t, report.TookPlace())
	require.ErrorIs(t, report.Err(), verifier.ErrContractBroken)
	require.Equal(t, false, b.results()[0]["success"])
	tests := b.results()[0]["testResults"].([]any)
	require.Len(t, tests, 1, "of what was not tried nothing is said")
	require.Equal(t, "1", tests[0].(map[string]any)["interactionId"])
}

func TestOfSeveralPactsTheTriedOnesArePublished(t *testing.T) {
	t.Parallel()
	b := newFakeBroker(t, map[string]string{
		"storefront": shopPact(),
		"kiosk": strings.Replace(pactJSON("4.0", `{"type":"Asynchronous/Messages","description":"m","contents":{"content":"x","contentType":"text/plain"}}`),
			"storefront", "kiosk", 1),
	})
	o := against(b)
	o.Handler, o.BaseURL = nil, serve(t, kept())
	away, err := net.ResolveTCPAddr("tcp", strings.TrimPrefix(nobody(t), "http://"))
	require.NoError(t, err)
	o.Transports = []verifier.Transport{{Protocol: "message", Host: "127.0.0.1", Port: uint16(away.Port)}}
	report := verify(t, o)
	require.False(t, report.TookPlace())
	require.Len(t, b.results(), 1)
	require.Equal(t, true, b.results()[0]["success"])
	require.Contains(t, strings.Join(report.Warnings, "\n"), "the result for kiosk was not published")
}

func TestAnInteractionWithoutAnAddressIsNotFailed(t *testing.T) {
	t.Parallel()
	b := newFakeBroker(t, map[string]string{"storefront": pactJSON("4.0", `{"type":"Synchronous/HTTP","transport":"quic","description":"a",
		"request":{"path":"/a"},"response":{"status":200}}`)})
	o := against(b)
	o.Handler, o.Transports = nil, []verifier.Transport{{Protocol: "http", Port: 1}}
	report := verify(t, o)
	require.Contains(t, only(t, report).Problem, `transport "quic"`)
	require.False(t, report.TookPlace())
	require.Empty(t, b.writes())
}

func TestStatesThatCannotBeAskedForAreNotAFailureOfTheProvider(t *testing.T) {
	t.Parallel()
	b := brokerOfTwo(t)
	o := against(b)
	o.Handler = kept()
	o.StateChange = &verifier.StateChange{URL: nobody(t)}
	report := verify(t, o)
	require.False(t, report.TookPlace(), text(t, report))
	require.Empty(t, b.writes())

	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	o.StateChange.URL = strings.Replace(secure.URL, "https:", "http:", 1)
	report = verify(t, o)
	require.False(t, report.TookPlace())
	require.Contains(t, text(t, report), "https://")
	require.Empty(t, b.writes())

	o.StateChange.URL = serve(t, http.NotFoundHandler())
	report = verify(t, o)
	require.True(t, report.TookPlace(), "what answers and cannot do it has failed")
	require.Equal(t, false, b.results()[0]["success"])
}

func TestWhatFollowsFromAProviderThatIsAwayIsNoFailure(t *testing.T) {
	t.Parallel()
	b := brokerOfTwo(t)
	o := at(b, nobody(t))
	o.AfterEach = func() error { return errors.New("nothing to clean up there") }
	report := verify(t, o)
	require.False(t, report.TookPlace(), text(t, report))
	require.Contains(t, text(t, report), "nothing to clean up there")
	require.Empty(t, b.writes())
}

func TestPendingDoesNotExcuseAProviderThatIsNotThere(t *testing.T) {
	t.Parallel()
	b := brokerOfTwo(t)
	b.properties["storefront"] = `"pending":true,"notices":[{"when":"after_verification:success_false_published_false","text":"it is still pending"}]`
	report := verify(t, at(b, nobody(t)))
	require.False(t, report.OK())
	require.False(t, report.TookPlace())
	require.Empty(t, report.Pacts[0].Notices, "no notice fits: it has not failed")
	require.Equal(t, verifier.Counts{Total: 2, Errors: 2, Untried: 2}, report.Counts())
}

func TestARunThatIsStoppedIsNeitherTriedNorFailed(t *testing.T) {
	t.Parallel()
	b := brokerOfTwo(t)
	ctx, stop := context.WithCancel(t.Context())
	o := against(b)
	o.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stop()
		kept().ServeHTTP(w, r)
	})
	report, err := verifier.Verify(ctx, o)
	require.NoError(t, err)
	require.False(t, report.OK())
	require.Empty(t, b.writes())
}

func TestVerifyProviderFailsTheTestAndPublishesNothingWhenNobodyIsThere(t *testing.T) {
	b := brokerOfTwo(t)
	t.Setenv("TREATY_VERIFIER_BROKER", b.URL)
	for _, name := range []string{"nobody there", "nobody there, pending"} {
		if strings.Contains(name, "pending") {
			b.mu.Lock() // another process asks
			b.properties["storefront"] = `"pending":true,"notices":[]`
			b.mu.Unlock()
		}
		out, failed := child(t, "nobody there", "TestChild")
		require.True(t, failed, name)
		require.Contains(t, out, "is it running?", name)
		require.Contains(t, out, "2 of 2 interactions could not be tried", name)
		require.Contains(t, out, "the result for storefront was not published", name)
		require.Empty(t, b.writes(), name)
	}
}

func init() {
	childRequests["nobody there"] = func(t *testing.T) verifier.VerifyRequest {
		request := childRequests["published"](t)
		request.Handler, request.ProviderBaseURL = nil, nobody(t)
		return request
	}
}

// throwing is what a value can do while it is written as JSON.
type throwing struct{}

func (throwing) MarshalJSON() ([]byte, error) { panic("no JSON of me") }

func TestAPanicIsTheProblemOfItsInteractionAlone(t *testing.T) {
	t.Parallel()
	state := func(f func() models.ProviderStateResponse) models.StateHandlers {
		return models.StateHandlers{"s": func(setup bool, _ models.ProviderState) (models.ProviderStateResponse, error) {
			if !setup {
				return nil, nil
			}
			return f(), nil
		}}
	}
	for _, tt := range []struct {
		name   string
		change func(o *verifier.Options)
		says   string
	}{
		{"the provider in process", func(o *verifier.Options) {
			o.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/b" {
					panic("out of tea")
				}
				kept().ServeHTTP(w, r)
			})
		}, "out of tea"},
		{"a request filter", func(o *verifier.Options) {
			o.RequestFilter = func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/b" {
						var none map[string]bool
						none["x"] = true //nolint:staticcheck // the panic is the point
					}
					next.ServeHTTP(w, r)
				})
			}
		}, "nil map"},
		{"a state handler", func(o *verifier.Options) {
			o.States = state(func() models.ProviderStateResponse { panic("no rows") })
		}, "no rows"},
		{"a value of a state", func(o *verifier.Options) {
			o.States = state(func() models.ProviderStateResponse { return models.ProviderStateResponse{"x": throwing{}} })
		}, "no JSON of me"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := brokerOfTwo(t)
			o := against(b)
			o.Handler = kept()
			tt.change(&o)
			report := verify(t, o)
			got := report.Pacts[0].Interactions
			require.Equal(t, verifier.Passed, got[0].Outcome, text(t, report))
			require.Equal(t, verifier.Errored, got[1].Outcome)
			require.Contains(t, got[1].Problem, tt.says)
			require.Contains(t, got[1].Problem, "untried_test.go:", "the place is told")
			require.Equal(t, false, b.results()[0]["success"])
		})
	}
}

func TestAHookThatPanicsIsTold(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]verifier.Options{
		"before":            {BeforeEach: func() error { panic("no database") }},
		"after":             {AfterEach: func() error { panic("no database") }},
		"making the filter": {RequestFilter: func(http.Handler) http.Handler { panic("no database") }},
	} {
		o.Handler = answering(map[string]string{"/a": `{"n":1}`})
		i := faulty(t, o)
		require.Equal(t, verifier.Errored, i.Outcome, name)
		require.Contains(t, i.Problem, "no database", name)
	}
}

func TestProgressThatPanicsIsAProblemOfTheRun(t *testing.T) {
	t.Parallel()
	b := brokerOfTwo(t)
	o := against(b)
	o.Handler = kept()
	o.Progress = func(verifier.Event) { panic("no terminal") }
	report := verify(t, o)
	require.Equal(t, 2, report.Counts().Passed)
	require.False(t, report.OK())
	require.Contains(t, fmt.Sprint(report.Problems), "no terminal")
}

func TestAFilterThatPanicsLeavesNothingOut(t *testing.T) {
	t.Parallel()
	b := brokerOfTwo(t)
	o := against(b)
	o.Handler = kept()
	o.Filter.Only = func(_ string, i contract.Interaction) bool { panic("no list") }
	report := verify(t, o)
	require.Equal(t, 2, report.Counts().Passed)
	require.False(t, report.OK())
	require.Contains(t, fmt.Sprint(report.Problems), "no list")
}

func TestPactsInMemoryMustBeWhole(t *testing.T) {
	t.Parallel()
	var none *contract.HTTP
	for _, pacts := range [][]*contract.Pact{{nil}, {{Interactions: []contract.Interaction{nil}}}, {{Interactions: []contract.Interaction{none}}}} {
		_, err := verifier.Verify(t.Context(), verifier.Options{Handler: kept(), Pacts: pacts})
		var option *verifier.OptionError
		require.ErrorAs(t, err, &option)
	}
}
