// Package v4 is for tests of a consumer of messages that write a V4 pact:
// asynchronous messages, which the consumer only receives, and synchronous
// ones, where it sends a request message and gets one or more answers.
//
// The API is that of pact-go v2's package message/v4. No broker of messages is
// needed: the test hands the described messages to the consumer's own code,
// and writes them into the pact file when that code accepts them. V4 files
// hold messages and HTTP interactions side by side.
package v4
