// Package verifier plays a pact against the provider it speaks about: it is
// the mock consumer that sends every expected request to the real provider and
// compares the answers.
//
// There are two doors. [Verifier.VerifyProvider] is the one for go test, with
// the API of pact-go v2's provider package and a subtest for each interaction:
//
//	err := verifier.NewVerifier().VerifyProvider(t, verifier.VerifyRequest{
//		Provider:      "catalog",
//		Handler:       handler, // or ProviderBaseURL: "http://localhost:8080"
//		PactDirs:      []string{"pacts"},
//		StateHandlers: models.StateHandlers{"product 10 exists": exists},
//	})
//
// [Verify] is the one for programs, the command line is built on it. Both can
// verify a [net/http.Handler] in process, without a port.
//
// It does not look at what a pact does not name, it does not load a provider
// with more than one request at a time unless it is told to, and it does not
// decide what may be deployed: that is can-i-deploy's, from the results that are
// published here. Plugins are not run.
//
// # Order
//
// For each interaction the verifier takes these steps, in this order. The
// numbers stand in the code as well.
//
//  1. BeforeEach, then state setup: every provider state in the order of the
//     pact, also after one has failed. An interaction without a state makes
//     one call with the empty name, as Pact does.
//  2. Generators: values from state parameters and state handlers (handlers
//     win) go into the request, and into what is expected of the provider.
//  3. Request filter, then custom headers.
//  4. Send, with a time limit.
//  5. Match the answer.
//  6. State teardown, also after a mismatch, but not when setup failed; then
//     AfterEach.
//  7. Report. Every interaction is reported, whatever became of those before.
//
// After the last interaction results are published, if asked for and if
// nothing was filtered out: a part of a pact proves nothing about the whole.
//
// # Verdict
//
// A mismatch is a result, not an error. An interaction has passed, has failed
// (the provider answered, and not as the pact says), or is in error (there was
// no answer to compare: a state that could not be set up, a handler that
// panicked). Failures of pending pacts and pending interactions are shown and
// do not count. [Report.OK] is the whole; the error of [Verify] says only that
// the options or the sources do not allow a verification.
//
// # No answer
//
// What could not be tried has neither passed nor failed. It fails the run, also
// where it is pending, and the result of its pact is published only when
// another of its interactions has failed, since then more would not change it.
// An interaction could not be tried when
//
//  1. the address of the provider, of its messages or of its state changes
//     cannot be connected to: nobody listens, no such host, no agreement on TLS;
//  2. a connection was made and no whole answer came (it was closed, it hung,
//     it was not HTTP), and the address has answered nothing else in the run or
//     accepts no connections at its end. Of a provider that answers other
//     requests and is still there it is a failure: it drops this request;
//  3. there is no address for it, its request cannot be sent, or Treaty itself
//     is at fault.
//
// What answers has been tried: too large an answer, redirects in circles, a
// state change that is refused, and whatever code of the user's ends with an
// error or a panic, count as failures when results are published.
package verifier
