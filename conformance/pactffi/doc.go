// Package pactffi compares package dsl with pact-go and its native library:
// run.sh runs the same consumer tests through both. Without the build tag
// pactffi there is nothing here.
package pactffi
