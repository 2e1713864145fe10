// Package apicompat compares the exported API of our packages with that of the
// pact-go v2 packages they replace, in a test: every name, signature, struct
// field and method there must exist here with the same type.
//
// It holds for one version of pact-go, which the test names: when go.mod moves
// on, the test fails until somebody has read what is new there. The guide for
// people who come from pact-go has a script that moves their imports; here it is
// run on imports of every form and on pact-go's own examples, which must compile
// afterwards.
//
// Both sides are read from source and type-checked together, so that no C
// compiler and no native library is needed.
package apicompat
