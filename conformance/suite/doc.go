// Package suite runs the feature files of the Pact compatibility suite against
// this module: matching, generators, the mock server, pact files and the
// verifier. It has no code of its own outside of tests.
//
// The suite is read from $TREATY_CONFORMANCE_DIR/pact-compatibility-suite.
// Without it the tests are skipped, or fail when TREATY_CONFORMANCE_REQUIRED
// is set.
package suite
