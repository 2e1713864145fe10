// Package dsl is for tests of a consumer: it describes the requests a consumer
// sends and the answers it needs, plays the provider while the consumer's own
// code runs, and writes what was proven into a pact file. Begin with [NewV4Pact];
// [NewV2Pact] and [NewV3Pact] write files for tools that read nothing newer.
// Messages have packages of their own, message/v3 and message/v4.
//
//	pact, err := dsl.NewV4Pact(dsl.MockHTTPProviderConfig{Consumer: "storefront", Provider: "catalog"})
//	...
//	err = pact.AddInteraction().
//		Given("product 10 exists").
//		UponReceiving("a request for product 10").
//		WithRequest("GET", "/products/10").
//		WillRespondWith(200, func(b *dsl.V4ResponseBuilder) {
//			b.JSONBody(matchers.Map{"id": matchers.Integer(10)})
//		}).
//		ExecuteTest(t, func(server dsl.MockServerConfig) error {
//			// call the consumer's code with server.Host and server.Port
//		})
//
// The API is that of pact-go v2's package consumer, and matchers and models
// are pact-go's own packages: a test moves by its import line. Nothing here
// needs cgo or a native library.
//
// Beyond it: a failing test gets one report that names the nearest interaction
// and what differs; tests may run in parallel, in one package and in several;
// and the pact file belongs to the tests that write it, so it holds what the
// tests say now and nothing older: an interaction replaces the one with the same
// description and provider states, a package whose tests all run takes away what
// its earlier runs wrote, and what other packages and tools wrote stays.
//
// One mock provider serves one test. Tests that run in parallel each make
// their own: making one costs nothing until it runs.
//
// It does not publish the pact file and does not verify it: treaty publish or
// package client do the one, package verifier the other. It runs no plugins: a
// test that asks for one fails.
package dsl
