// Package provider plays the provider's side against a running broker: the
// samples of docs/guide/provider.md, and package verifier with a broker of
// Treaty's own. It has no code of its own outside of tests. They stand here and
// not in verifier because the module that has verifier knows no broker.
package provider
