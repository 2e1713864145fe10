// Package mockserver is an HTTP server that plays the provider of a pact: it
// answers each request as the matching interaction says, explains the nearest
// interaction when none matches, and remembers what was asked.
//
// [Start] opens a server on its own port; [Server.Results] tells afterwards
// which interactions were played, which requests differed from the nearest
// interaction, which were not expected at all and which never came. The
// decisions are in choose.go and results.go and touch no network.
package mockserver
