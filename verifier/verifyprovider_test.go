package verifier_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/verifier"
)

// A test that must fail runs as a child: this test binary again, with a
// variable that wakes up the one child test asked for.
const childEnv = "TREATY_VERIFIER_CHILD"

func child(t *testing.T, name, run string) (output string, failed bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run", run)
	cmd.Env = append(os.Environ(), childEnv+"="+name)
	out, err := cmd.CombinedOutput()
	return string(out), err != nil
}

// childRequests are what the children verify.
var childRequests = map[string]func(t *testing.T) verifier.VerifyRequest{
	"broken": func(t *testing.T) verifier.VerifyRequest {
		return verifier.VerifyRequest{
			Provider: "catalog", ProviderBaseURL: serve(t, answering(map[string]string{"/a": `{"n":1}`, "/b": `{"n":2}`})),
			Pacts: []*contract.Pact{pact(t, get("a/b (first)", "/a", `{"n":1}`), getGiven("second", "s", "/b", `{"n":1}`))},
		}
	},
	"published": func(t *testing.T) verifier.VerifyRequest {
		return verifier.VerifyRequest{
			Provider: "catalog", Handler: answering(map[string]string{"/a": `{"n":1}`, "/b": `{"n":2}`}),
			BrokerURL: os.Getenv("TREATY_VERIFIER_BROKER"), ProviderVersion: "1", PublishVerificationResults: true,
			SoftFail: os.Getenv("TREATY_VERIFIER_SOFT") != "",
		}
	},
	"soft": func(t *testing.T) verifier.VerifyRequest {
		request := softRequests[os.Getenv("TREATY_VERIFIER_SOFT")]
		request.Provider, request.SoftFail = "catalog", true
		return request
	},
	"missing state": func(t *testing.T) verifier.VerifyRequest {
		return verifier.VerifyRequest{
			Provider: "catalog", Handler: answering(map[string]string{"/a": `{}`}), StateHandlers: models.StateHandlers{},
			Pacts:             []*contract.Pact{pact(t, getGiven("a", "tea is there", "/a", `{}`), getGiven("b", "tea is there", "/a", `{}`))},
			RequireEveryState: os.Getenv("TREATY_VERIFIER_STATES") == "required", AllowMissingStates: os.Getenv("TREATY_VERIFIER_STATES") == "missing",
		}
	},
	"no state handlers": func(t *testing.T) verifier.VerifyRequest {
		request := handlesOneOfTwoStates(t)
		request.StateHandlers, request.RequireEveryState = nil, os.Getenv("TREATY_VERIFIER_STATES") == "required"
		return request
	},
	"one of two states": func(t *testing.T) verifier.VerifyRequest {
		request := handlesOneOfTwoStates(t)
		request.RequireEveryState = true
		return request
	},
}

// TestChild does nothing but as a child of another test.
func TestChild(t *testing.T) {
	request, ok := childRequests[os.Getenv(childEnv)]
	if !ok {
		return
	}
	v := &verifier.Verifier{ClientTimeout: 100 * time.Millisecond}
	err := v.VerifyProvider(t, request(t))
	fmt.Printf("error: %v\nErrVerificationFailed: %t, ErrVerifierFailedToRun: %t\n", err,
		errors.Is(err, verifier.ErrVerificationFailed), errors.Is(err, verifier.ErrVerifierFailedToRun))
}

func TestEveryInteractionIsASubtestThatRunPicks(t *testing.T) {
	t.Parallel()
	out, failed := child(t, "broken", "^TestChild$")
	require.True(t, failed)
	require.Contains(t, out, "--- PASS: TestChild/storefront/a_b_(first)")
	require.Contains(t, out, "--- FAIL: TestChild/storefront/second,_given_s")
	require.Contains(t, out, "body $.n:")
	require.Contains(t, out, "error: catalog against 1 pact: 2 interactions, 1 passed, 1 failed")

	const marker = "go test -run '"
	_, after, found := strings.Cut(out, marker)
	require.True(t, found, "a failure says how to run it alone")
	pattern, _, _ := strings.Cut(after, "'\n")
	out, failed = child(t, "broken", pattern)
	require.True(t, failed)
	require.NotContains(t, out, "a_b_(first)")

	out, failed = child(t, "broken", "TestChild/storefront/first")
	require.False(t, failed, out)
	require.NotContains(t, out, "second")
}

func TestRunThatPicksIsNotPublished(t *testing.T) {
	b := newFakeBroker(t, map[string]string{"storefront": shopPact()})
	t.Setenv("TREATY_VERIFIER_BROKER", b.URL)
	out, failed := child(t, "published", "TestChild/storefront/^a$")
	require.False(t, failed, out)
	require.Empty(t, b.writes())
	require.Contains(t, out, "not published")

	_, failed = child(t, "published", "TestChild")
	require.True(t, failed)
	require.Len(t, b.results(), 1)
}

func TestMissingStatePrintsAHandler(t *testing.T) {
	const handler = `"tea is there": func(setup bool, state models.ProviderState)`
	const onStandardError = "[WARN] nothing was set up, there is no handler"
	out, failed := child(t, "missing state", "TestChild")
	require.False(t, failed, "a ported test goes on: %s", out)
	require.Contains(t, out, handler)
	require.Equal(t, 1, strings.Count(out, onStandardError), "once for all interactions: %s", out)

	t.Setenv("TREATY_VERIFIER_STATES", "missing")
	out, failed = child(t, "missing state", "TestChild")
	require.False(t, failed)
	require.Contains(t, out, handler)
	require.NotContains(t, out, onStandardError)

	t.Setenv("TREATY_VERIFIER_STATES", "required")
	out, failed = child(t, "missing state", "TestChild")
	require.True(t, failed)
	require.Contains(t, out, handler)
}

func TestEveryStateIsToldEvenWhereThereAreNoHandlersAtAll(t *testing.T) {
	const handler = `"two": func(setup bool, state models.ProviderState)`
	out, failed := child(t, "no state handlers", "TestChild")
	require.False(t, failed)
	require.Contains(t, out, handler)

	t.Setenv("TREATY_VERIFIER_STATES", "required")
	out, failed = child(t, "no state handlers", "TestChild")
	require.True(t, failed)
	require.Contains(t, out, handler)
}

func handlesOneOfTwoStates(t *testing.T) verifier.VerifyRequest {
	t.Helper()
	return verifier.VerifyRequest{
		Provider: "catalog", Handler: answering(map[string]string{"/a": `{}`}),
		Pacts: []*contract.Pact{pact(t, oneOfTwoStates)}, StateHandlers: handlerOf("two"),
	}
}

// A test ported from pact-go goes on as it did, until it asks for more.
func TestAPortedTestMayHandleSomeOfItsStates(t *testing.T) {
	t.Parallel()
	require.NoError(t, verifier.NewVerifier().VerifyProvider(t, handlesOneOfTwoStates(t)))
	out, failed := child(t, "one of two states", "TestChild")
	require.True(t, failed)
	require.Contains(t, out, `"one": func(setup bool, state models.ProviderState)`)
}

func TestVerifyProviderCallsHooksAndHandlersAsPactGoDoes(t *testing.T) {
	t.Parallel()
	var calls recording
	err := verifier.NewVerifier().VerifyProvider(t, verifier.VerifyRequest{
		Provider:        "catalog",
		ProviderBaseURL: serve(t, answering(map[string]string{"/a": `{"n":1}`})),
		PactFiles:       []string{writePact(t, t.TempDir(), "p.json", pactJSON("3.0.0", getGiven("a", "s", "/a", `{"n":1}`)))},
		BeforeEach:      func() error { calls.add("before"); return nil },
		AfterEach:       func() error { calls.add("after"); return nil },
		StateHandlers: models.StateHandlers{"s": func(setup bool, s models.ProviderState) (models.ProviderStateResponse, error) {
			calls.add("%s %t", s.Name, setup)
			return models.ProviderStateResponse{"x": 1}, nil
		}},
		RequestFilter: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				calls.add("filter %s", r.URL.Path)
				next.ServeHTTP(w, r)
			})
		},
	})
	require.NoError(t, err)
	require.Equal(t, []string{"before", "s true", "filter /a", "s false", "after"}, calls.all())
}

func TestProviderThatStartsLateIsWaitedFor(t *testing.T) {
	t.Parallel()
	held, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := held.Addr().String()
	require.NoError(t, held.Close())
	server := &http.Server{Addr: address, Handler: answering(map[string]string{"/a": `{}`}), ReadHeaderTimeout: time.Second}
	timer := time.AfterFunc(100*time.Millisecond, func() { _ = server.ListenAndServe() })
	t.Cleanup(func() { timer.Stop(); server.Close() })
	require.NoError(t, verifier.NewVerifier().VerifyProvider(t, verifier.VerifyRequest{
		Provider: "catalog", ProviderBaseURL: "http://" + address, Pacts: []*contract.Pact{pact(t, get("a", "/a", `{}`))},
	}))
}

func TestAPortIsWaitedForAtAddressesOfBothKinds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ listen, address string }{
		{"127.0.0.1:0", "127.0.0.1"}, {"127.0.0.1:0", "localhost"}, {"[::1]:0", "::1"}, {"[::1]:0", "[::1]"},
	} {
		t.Run(tt.address, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", tt.listen)
			if err != nil && strings.HasPrefix(tt.listen, "[") {
				t.Skip("this machine has no IPv6: ", err)
			}
			require.NoError(t, err)
			t.Cleanup(func() { listener.Close() })
			port := listener.Addr().(*net.TCPAddr).Port
			require.NoError(t, verifier.WaitForPort(port, "tcp", tt.address, time.Second, "is it running?"))
			err = verifier.WaitForPort(1, "tcp", tt.address, 20*time.Millisecond, "is it running?")
			require.ErrorContains(t, err, ":1 ")
			require.ErrorContains(t, err, "is it running?")
		})
	}
}

func TestParallelSubtestsVerifyEverything(t *testing.T) {
	t.Parallel()
	require.NoError(t, verifier.NewVerifier().VerifyProvider(t, verifier.VerifyRequest{
		Handler: answering(map[string]string{"/a": `{}`}), Parallel: 4,
		Pacts: []*contract.Pact{pact(t, get("a", "/a", `{}`), get("b", "/a", `{}`), get("c", "/a", `{}`)), pact(t, get("d", "/a", `{}`))},
	}))
}
