// Package apicompat compares the exported API of our packages with that of the
// pact-go v2 packages they replace, in a test: every name, signature, struct
// field and method there must exist here with the same type.
//
// Both sides are read from source and type-checked together, so that no C
// compiler and no native library is needed.
package apicompat
