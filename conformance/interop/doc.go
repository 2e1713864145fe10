// Package interop drives Treaty with the official tools of its users: the
// `pact` command line and pact-js, both from npm. `make interop` installs them
// and runs the tests; without TREATY_PEERS_DIR they skip.
package interop
