// Package brokerclients verifies Treaty's broker against the contracts that
// the official clients of the Pact Broker publish about it, with Treaty's own
// verifier. It has no code of its own outside of tests.
//
// The contracts are read from $TREATY_CONFORMANCE_DIR/broker-clients. Without
// them the test is skipped, or fails when TREATY_CONFORMANCE_REQUIRED is set.
//
// states_test.go sets up what a contract presupposes, addresses_test.go knows
// where the broker keeps what the older contract only gives a stand-in for, and
// testdata/pactflow-only.txt lists what the broker is not meant to do.
package brokerclients
