// Package login has people log in by an OpenID Connect provider: the authorization code
// flow with PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636). It knows the protocol
// and nothing of who may do what: what a login service says of somebody becomes an
// [identity.Vouched], and package identity says what follows from that.
//
// What a login has to come back with (state, nonce, verifier) is in a cookie of the
// browser that began it, and nowhere else: whoever has not begun one cannot end one, and
// beginning one leaves nothing behind in the broker. That an answer counts once is kept in
// the database once it has counted.
package login
