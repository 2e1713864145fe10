// Package stub is a server that answers from pact files without judging the
// requests: a stand-in for providers while a consumer is being developed. Begin with
// [Open] for pacts on disk, at addresses or in a broker, or with [NewTable] for
// pacts in memory:
//
//	feed, err := stub.Open(ctx, stub.Sources{Dirs: []string{"pacts"}})
//	server := stub.New(feed.Table(), stub.Options{})
//	err = server.Serve(ctx, listener)
//
// It proves nothing about a consumer: tests use package dsl, whose mock provider
// fails them for a request that no interaction expects.
//
// A request is answered by an interaction of its method and path, chosen so:
//
//  1. Interactions whose provider states do not pass the filter are left out.
//  2. One with another query is left out, and so is one with another body when
//     the method is POST, PUT or PATCH and a body is expected.
//  3. Of the rest, the one with the fewest differences answers; headers may
//     differ, and bodies where rule 2 does not name them.
//  4. Of those, the one that says most about the request: an exact path before
//     one by rule, then the one that asks for more of query, headers and body,
//     exactly before by rules.
//  5. Of those, the one that was read first.
//
// Nothing left is a 404 that names the request. A body with a Content-Encoding
// is decoded before it is compared. [Server] serves a [Table] of
// interactions that can be exchanged while it runs. Its page /_treaty lists the
// interactions and, for the last requests, why each was answered as it was.
package stub
