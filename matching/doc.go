// Package matching decides whether a request, a response or a message is what
// a contract expects. [Request], [Response] and [Message] return the
// differences as data; [Report] puts them into words.
//
// No input makes the package panic or hang: nesting, patterns, mismatches and
// the text of values have limits (rule 25). The same input always gives the
// same result in the same order. All functions are safe for concurrent use.
//
// # The rules
//
// The numbers stand at the code that follows them. "Specification" is the
// Pact Specification, V1 to V4; where it is silent the reference
// implementation (the Rust one, behind all current Pact libraries) decides.
//
//  1. Strictness. A request must not have unexpected query parameters, JSON
//     members, XML attributes or XML children; responses and messages may
//     ("be strict in what you send, tolerant in what you receive",
//     specification V1). Unexpected headers and metadata are always accepted.
//     Lists without a rule must have the expected length on both sides.
//  2. Method: compared without regard to case.
//  3. Path: by the rules of category "path" on the whole text, as received or
//     in its normal form, else equal in the normal form ([NormalPath]: percent-
//     encoding undone, but "%2F" is not a separator). A trailing slash counts.
//  4. Status: by the rules of category "status", else equal.
//  5. Query: parameters are compared by name. The order of names does not
//     count, the order of the values of a name does. A null value is "".
//  6. Lists of text values (a query parameter, a repeated header, a form
//     value) under a rule: each actual value is asked for, against the
//     expected value at its index, else the first; only min, max and equality
//     say how many there must be.
//  7. Headers: names have no case, also in rules. A single value under a rule
//     is asked for by it; several follow rule 6. Without a rule: Accept and
//     Content-Type must have the expected value and the expected parameters,
//     in any order and case, quoted or not, and may have more parameters; the
//     boundary of a multipart type does not count. All others must be
//     equal apart from white space around commas. One line with commas and
//     several lines are the same list (RFC 9110, 5.2).
//  8. Metadata: as headers, for messages: the content type as in rule 7, all
//     else by the best rule of category "metadata" or equal as JSON.
//  9. Body gate, in this order: expected missing accepts anything; expected
//     null or empty accepts missing, null and empty; expected present rejects
//     missing and empty, unless a rule at "$" judges bytes; then the content
//     types are compared ([contract.ContentType.Accepts]) unless one is
//     unknown, or a header rule for Content-Type accepts the actual one. For
//     messages an unknown type is a mismatch. Bodies of type multipart need
//     not have the same boundary.
//  10. The expected content type chooses how contents are compared: JSON (14),
//     XML (20), form (21), multipart (22), binary or text (19). JSON of the type
//     application/vnd.schemaregistry.v1+json may begin with the header of a
//     Kafka schema registry, which does not count.
//  11. A path expression applies to the value it selects and to all values
//     below it. ".*" selects any step, "[*]" any element of a list, ".name"
//     and "[3]" the step they name. A member whose name is a number counts as
//     an element too.
//  12. The best expression for a value applies alone: the one with the highest
//     weight, which is 2 for each token that names its step, 1 for each
//     wildcard, multiplied, times the number of tokens. Of equal weights the
//     one wins that names a step where the other, read from the left, has a
//     wildcard first; "[*]" counts as more specific than ".*"; then the longer
//     one; then the first by text. The specification leaves ties open.
//  13. A rule that applies below the path it stands at has cascaded. min and
//     max bound sizes only at their own path; their type part cascades. values,
//     eachKey and eachValue ask for nothing below their path, yet stand there
//     in the place of equality.
//  14. JSON values: whether the expected value is an object or a list and the
//     actual is not is decided before any rule. A scalar is asked for by all
//     rules of the best expression, combined by AND or OR; without a rule it
//     must be of the same type and equal. 100, 100.0 and 1e2 are an integer
//     and two decimals: an integer never equals a decimal. Numbers are
//     compared exactly, whatever their size. Of members with the same name
//     the last one counts.
//  15. Objects: the rules that apply are asked for the object as a whole, then
//     names are compared by strictness, then the members that both have. A
//     type rule on an object does not accept unexpected names in a request.
//     Rules about scalars reject objects; OR is not honoured here.
//  16. values, eachKey and eachValue at the very path of an object replace the
//     comparison of names. values compares every actual member with the
//     expected one of that name, else with the first by name; eachValue does
//     the same under its own rules only; eachKey asks for each name, and for
//     the members that both have by the rules for them. In a request {} still
//     accepts nothing but {}.
//  17. Lists without a rule: element by element, of equal length. Lists under
//     a rule: the rule is asked for the list as a whole, then every actual
//     element is compared with the expected one at its index, else with the
//     first: one example stands for all. A shorter list is accepted; an empty
//     expected list accepts any list. Rules about scalars pass for the list
//     and are asked for its elements.
//  18. arrayContains: for each variant some element must match the variant's
//     example under the variant's rules. Order and further elements are free.
//  19. Text and binary bodies: by the rules at "$", else text letter by letter
//     and the rest byte by byte. What is received is text in the charset of
//     its content type ([contract.Text]), for XML that of its declaration;
//     what the contract has is text already ([contract.Written]). JSON is
//     UTF-8 without a byte order mark, unless it is not and its type names a
//     charset.
//  20. XML: elements must have the same expanded name (a regex rule may accept
//     another), attributes are compared by name, children grouped by name
//     (the order of names does not count), text trimmed as one. Paths are
//     "$.root.child", "['@attribute']", "['#text']"; a name may be spelled
//     with its namespace or with the expected document's prefix. "[*]" after
//     an element says that it may be repeated and takes no step; at the end of
//     an expression min and max count the elements of that name. Under a rule
//     of the type family the first expected element stands for any number.
//     min and max count an element's children, its text being one. A rule about
//     text that stands at an element is asked for its text, and not once more
//     for its attributes and children; where the element has no text, it
//     cascades to them. Namespace declarations, comments and processing
//     instructions do not count; CDATA is text.
//  21. Forms: as rule 5 with paths "$.name" of category "body", or "$.name[1]"
//     for one of several values; unexpected parameters are always mismatches.
//     Bytes that are not UTF-8 are letters of the charset that the type names.
//  22. Multipart: each side has a boundary of its own; the contract's is that
//     of the header or of the first line where its type names none. Parts are
//     found by the name of their Content-Disposition, else by number. A part
//     with a file name, or without disposition, is compared by its content
//     type under the rules below "$.name", after its transfer encoding is
//     undone; other parts are text. Further actual parts are ignored.
//  23. Regular expressions match a text whole. What is written in Ruby's,
//     Java's, JavaScript's, Rust's or Go's dialect keeps its meaning
//     (internal/pattern); a construct that is not known, and a text on which
//     dialects disagree, are mismatches that say so. Go's engine is used;
//     patterns that it cannot read (look-around, back-references) and large
//     ones run on a backtracking engine for at most a second each.
//  24. Dates follow java.time.format.DateTimeFormatter: the whole text must be
//     read and the day must exist. Numbers may have fewer digits than letters.
//     The defaults are yyyy-MM-dd, HH:mm:ss and yyyy-MM-dd'T'HH:mm:ssXXX.
//  25. Limits: JSON and XML nest 1,000 levels; 1,000 mismatches are listed
//     ([Result.Omitted] counts more); a value is shown with 2,000 bytes.
//     What is allocated, garbage included, is at most 100 times the size of
//     both bodies together, reached by XML of nothing but empty elements; JSON
//     needs 32 bytes for each value.
//     Entities are not expanded.
//  26. GraphQL requests, known by the pattern that package dsl writes for their
//     document: comments do not count, "extensions" that are not expected do not count, "variables"
//     and "operationName" that are absent, null or {} are the same, and the
//     name of the document's only operation may be left out on either side.
//  27. Forms: where no rule stands at "$.name", one at "$.name[1]" is about that
//     value, and there must be as many values as expected.
//
// # What each matching rule accepts
//
// "JSON" is a value in a JSON body; "text" is a path, a query, header, form or
// metadata value, an XML text or attribute, or a text body.
//
//   - equality (V3): JSON: the same type and value, deep. Text: the same
//     bytes. It ends a cascading rule.
//   - regex (V2): text that matches whole; JSON strings, other JSON values by
//     their spelling. Objects and lists pass as such.
//   - type (V2): the same JSON type, integer and decimal being one. Any text.
//     With min and max (V3): as well the size of a list or object.
//   - min, max (V2): as type with one bound.
//   - include (V3): text that contains the value, case-sensitive.
//   - number (V3): JSON numbers, not "1". Text that reads as a number.
//   - integer (V3): JSON numbers spelled without fraction and exponent, of at
//     most 64 bits: not 1.0, not 1e3. Text of digits, with or without a sign.
//   - decimal (V3): JSON numbers spelled with fraction or exponent: 1.0 and
//     1e3, not 1. Text that reads as a number, 1 too.
//   - boolean (V3): true, false and the strings "true" and "false".
//   - null (V3): JSON null. No text.
//   - date, time, timestamp or datetime (V3): text in the format (rule 24).
//   - contentType (V3): bytes whose leading bytes are those of the type. A
//     JSON string is decoded if it is base64. Formats that are written in
//     another (CSV in text, DOCX in ZIP) are accepted with that one.
//   - values (V3): an object whatever its names (rule 16); else as equality.
//   - arrayContains (V4): rule 18. Not a single text value.
//   - statusCode (V4): a status of the class: info, success, redirect,
//     clientError, serverError, nonError, error; or one of a list.
//   - notEmpty (V4): not null, "", [], {} and not zero bytes; accepts 0, false
//     and " ".
//   - semver (V4): a semantic version 2.0, complete and without "v".
//   - eachKey, eachValue (V4): rule 16; eachValue also on lists and repeated
//     text values.
//
// # Where the reference implementation is not followed
//
// On random requests, responses and dates (go run ./conformance/random) the two
// agree but for what follows;
// in each case the contract asks for something that the other does not check.
//
//   - An empty expected list or object under notEmpty, equality or eachValue
//     is asked for by the rule; there any value passes.
//   - arrayContains on an object does not free its names.
//   - Rules about text that stand at an XML element are asked for its text;
//     there all but regex are an error, and regex is asked for the name.
//   - In XML the best rule decides whether one example stands for all; there
//     any type rule that applies does.
//   - Numbers are compared exactly, not as 64-bit floats.
//   - Dates: what Java reads is read (day 366, "GMT", zones such as "UTC",
//     "y", signs, one-letter names).
//   - Ties between path expressions are decided (rule 12).
//
// A rule of any other name, a pattern that cannot be read, and a path
// expression that cannot be read are mismatches: a contract never matches
// because it was not understood.
package matching
