// Package differential_test gives the same pacts and the same provider to the
// official Pact verifier and to ours, and compares the verdict on each
// interaction.
//
// It runs when TREATY_PACT_CLI names the `pact` binary of the npm package
// @pact-foundation/pact-cli, as `make interop` does, or a program that takes its
// options: `make differential` puts the native library of pact-go behind them,
// whose verifier is newer. The cases of the specification need
// TREATY_CONFORMANCE_DIR as well. A difference must stand in explained_test.go
// with its reason; one that stands there and is gone fails the run.
package differential_test
