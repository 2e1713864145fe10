// Package stub is a server that answers from pact files without judging the
// requests: a stand-in for providers while a consumer is being developed.
//
// A request is answered by an interaction of its method and path, chosen so:
//
//  1. Interactions whose provider states do not pass the filter are left out.
//  2. One with another query is left out, and so is one with another body when
//     the method is POST, PUT or PATCH and a body is expected.
//  3. Of the rest, the one with the fewest differences answers; headers may
//     differ. The one that was read first wins a tie.
//
// Nothing left is a 404 that names the request. [Server] serves a [Table] of
// interactions that can be exchanged while it runs. Its page /_treaty lists the
// interactions and, for the last requests, why each was answered as it was.
package stub
