// Package integration compiles integration JSON, the form in which matchers
// reach a pact implementation, into an example, matching rules and generators.
//
// A value is integration JSON where an object has a "pact:matcher:type" or a
// "pact:generator:type" member: its "value" member is the example and its other
// members are attributes. Everything else is plain JSON. Matchers nest: the
// values inside an example are compiled at their own paths. pact-go's matchers
// and those of package dsl marshal to this form, so they mix in one body.
//
// Attributes nobody knows are ignored: pact-go writes "specification" or
// "pact:specification" depending on its version.
package integration
