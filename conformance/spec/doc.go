// Package spec runs the JSON cases of the Pact Specification, V1 to V4,
// against packages contract and matching. It has no code of its own outside
// of tests.
//
// The cases are read from $TREATY_CONFORMANCE_DIR/pact-specification. Without
// them the tests are skipped, or fail when TREATY_CONFORMANCE_REQUIRED is set.
package spec
