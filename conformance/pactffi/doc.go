// Package pactffi compares package dsl with pact-go and its native library:
// run.sh runs the same consumer tests through both, gives the library's verifier
// to package differential, and runs pact-go's examples with Treaty. Without the
// build tag pactffi there is nothing here.
package pactffi
