// Package v3 is for tests of a consumer of messages that write a V3 pact: a
// queue's listener, a subscriber, a function that is triggered.
//
// The API is that of pact-go v2's package message/v3. No broker of messages is
// needed: the test hands the described message to the consumer's own handler,
// and writes it into the pact file when the handler accepts it. Begin with
// [NewAsynchronousPact]. A V3 file
// holds messages or HTTP interactions, never both, so messages of a provider
// that also speaks HTTP need a provider name of their own; V4 has no such limit.
package v3
