// Package light builds, in a test, what a user builds: a module of its own that
// takes dsl and verifier, and nothing else of Treaty. It looks at what comes
// along. testdata/shop is that module.
package light
