// Package contract is the pact document: its types, how it is read and how it
// is written. It touches no network and no clock.
//
// # The model
//
// A [Pact] is what one consumer expects of one provider. It holds
// interactions of three kinds: [HTTP], [AsyncMessage] and [SyncMessage]. What
// they share is in [Common]. A [Request], [Response] or [Message] carries its
// example, the matching rules that say how far the real one may differ from
// it ([RuleSet]), and the generators that make fresh values for it
// ([GeneratorSet]).
//
// The model is one for all versions of the Pact Specification. Reading an
// older file upgrades it:
//
//	version   what a file of it has
//	V1        HTTP; a query is one text; no rules
//	V1.1      as V1
//	V2        rules in one flat map: "$.body.a", "$.headers.Accept", "$.query.q", "$.path"
//	V3        messages instead of HTTP; several provider states with parameters;
//	          queries as lists; rules by category, several for one path, AND or OR; generators
//	V4        all kinds in one file; body objects; headers as lists; keys, comments,
//	          pending interactions, plugin data
//
// # Reading
//
// [Decode] reads a file, [DecodeRequest], [DecodeResponse], [DecodeMessage],
// [DecodeRules], [DecodeRule] and [DecodeGenerators] read parts of one. Files
// of real tools stray from the specification; what is clear is read as the
// reference implementations read it, and [DecodeNotes] tells what was guessed
// at. What is not clear is a [*FormatError] that names the place. Members
// that the specification does not know are kept.
//
// A body has four states, because each matches differently: missing, null,
// empty and present ([BodyState]). The content is bytes, for JSON types the
// JSON text; it is not decoded, so numbers keep their spelling and a large
// body costs its size. Its type is declared by a header, by metadata, or by a
// V4 body object, or else guessed by [SniffContentType].
//
// # Writing
//
// [Encode] writes any version. Reading what was written gives the same pact,
// for every file that can be read. Writing an older version than the pact's
// own drops what V4 added around an exchange; what would change the meaning
// is an [*UnsupportedError] with the version that it needs.
//
// [Merge] does to a pact file what a test run does: an expectation that is
// there already is replaced, others are added. Two that contradict each other
// are a [*ConflictError] with both sides.
//
// # Paths
//
// Rules and generators of bodies and metadata are keyed by path expressions
// ([ParsePath]). Several may apply to one value; the one of the greatest
// [Weight] rules alone, so the rule of a nearer or more literal path ends that
// of a wider one. Expressions of equal weight are ordered by [Path.Compare].
//
// # Rules
//
// Each matching rule is a small struct whose Name is its "match" member:
//
//	rule          since   parameters              accepts
//	equality      V3      -                       the example's value; ends a cascading rule
//	regex         V2      regex                   text that the pattern matches as a whole
//	type          V2      min, max                the example's JSON type; on a list also its length
//	include       V3      value                   text that contains value
//	number        V3      -                       any number
//	integer       V3      -                       a number without fraction and exponent
//	decimal       V3      -                       a number with a fraction or exponent
//	boolean       V3      -                       true or false
//	null          V3      -                       null
//	date, time    V3      format                  text in a Java-style format
//	timestamp     V3      format                  the same; "datetime" is another spelling
//	contentType   V3      value                   content recognised as that media type
//	values        V3      -                       any keys, values like the example's
//	arrayContains V4      variants                a list with an element for each variant
//	statusCode    V4      status                  a class such as success, or listed codes
//	notEmpty      V4      -                       anything but null, "", [] and {}
//	semver        V4      -                       a semantic version
//	eachKey       V4      rules                   an object whose keys each pass the rules
//	eachValue     V4      rules                   an object or list whose values each pass the rules
//
// How they are applied is told by package matching. [ParseDefinition] reads
// them from expressions such as "matching(regex, '\d+', '100')".
//
// # Identity
//
// [Digest] names the content of a file that affects verification, by the
// number that Pact Broker gives to it; [InteractionDigest] does so for one
// interaction. [Identity] tells which interactions are the same expectation.
package contract
