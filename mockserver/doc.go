// Package mockserver is an HTTP server that plays the provider of a pact: it
// answers each request as the matching interaction says, explains the nearest
// interaction when none matches, and remembers what was asked.
//
// [Start] opens a server on its own port; [Server.Results] tells afterwards
// which interactions were played, which requests differed from the nearest
// interaction, which were not expected at all and which never came.
//
// It writes no pact: package dsl does, which tests of a consumer begin with. It
// judges each request; package stub answers without judging, and package manager
// serves those who do not write Go.
package mockserver
