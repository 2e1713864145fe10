// Package generate fills the generators of an interaction: when the mock
// server answers, when the verifier sends and when it knows what to expect. A
// generator replaces an example
// value; where it stands is a category and a key, as for matching rules.
//
//	type               attributes (default)              makes
//	RandomInt          min (0), max (10)                 a whole number, both ends included
//	RandomDecimal      digits (10)                       a number of that many digits with a point among them
//	RandomHexadecimal  digits (10)                       upper-case hexadecimal digits
//	RandomString       size (10)                         ASCII letters and digits
//	RandomBoolean      -                                 true or false
//	Regex              regex                             a text that the pattern (RE2) matches as a whole
//	Uuid               format (lower-case-hyphenated)    a random UUID; also simple, upper-case-hyphenated, URN
//	Date               format (yyyy-MM-dd), expression   today, shifted
//	Time               format (HH:mm:ss), expression     now, shifted
//	DateTime           format (ISO), expression          now, shifted: "date expression @ time expression"
//	ProviderState      expression, dataType (RAW)        a value of the provider states; not in consumer mode
//	MockServerURL      example, regex                    the example with the mock server's base URL; in consumer mode only
//
// (Specification V3, "generators"; V4 adds the UUID formats, ProviderState
// and MockServerURL.) In what a verifier expects of a provider only
// ProviderState applies: a random value or the time of day cannot be expected.
// Generators inside matching rules are played too: those
// of the variants of arrayContains, of eachKey and of eachValue.
//
// # Where a generator applies
//
// Path, method and status have one generator. A header's first value is
// replaced, all values of a query parameter ("name[1]" means one); a header or
// parameter that is not there is added. In a JSON body a path expression
// selects values: "[*]" elements of lists, ".*" members of objects. In XML it
// names an element ("$.a.b", "$.a.b['#text']") or an attribute
// ("$.a['@id']"); in a form a field ("$.name", "$.name[1]"). Other bodies stay
// as they are. Whatever is not generated keeps its bytes, or in JSON its
// order and spelling.
//
// A text gets a text and a number a number where the value is one; a provider
// state's value has the type that dataType names: STRING, INTEGER, DECIMAL,
// FLOAT, BOOLEAN, or its own (RAW). What is expected of a provider keeps the
// kind of its example instead of RAW.
//
// # Expressions
//
// A provider-state expression is a name, or a text with "${name}" in it.
//
// A date expression is a base (now, today, yesterday, tomorrow) and
// operations: "+ 2 days", "- 1 week", "next month", "last year", "next
// fortnight", "next monday", "last dec". A time expression has the bases now,
// midnight, noon and "3 o'clock pm", and the units hour, minute, second and
// millisecond. Either part may be left out. A month has its last day where the
// day does not exist in it; "next monday" on a Monday is a week later.
//
// # Failures
//
// A generator that fails leaves its example and is reported as an [*Error];
// it never makes an interaction unusable. Nothing here waits, and no value is
// longer than 100,000 characters times a small factor.
package generate
