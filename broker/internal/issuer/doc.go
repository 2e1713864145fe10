// Package issuer tells whether a token was made by whom it says: an issuer of tokens as
// OpenID Connect has them, such as the one of a build server or of a login.
//
// The keys of an issuer are found by its address (discovery.go) and kept (keys.go); a
// token is read, and counts if one of them signed it, if it is of the issuer, and if it
// counts now (verify.go). Whom a token is for, and what its holder may do, others judge.
//
// A token is a stranger's text until its signature is verified. Keys are fetched only for
// issuers that somebody trusts, and not more often than once a minute whatever is sent.
package issuer
