// Package matrix answers "may this version go there?" from facts.
//
// A matrix is the table of every pact with every result that some provider
// version published for it. can-i-deploy asks about a few of its rows: those of
// the versions that would meet each other in the target. The package turns a
// question into those rows and those rows into a decision. It reads through
// [Reader], whose every method is a bounded look-up, and it knows neither a
// database nor HTTP.
//
// # From question to rows
//
//	S1  Each selector of the question is resolved to versions: none, one, many,
//	    or any (a bare name stands for any version).
//	S2  The integrations of the selected versions are found: as consumer, the
//	    providers of the pacts those versions published (required); as provider,
//	    every consumer that ever integrated (not required).
//	S3  With a target, every partner that the question did not name is selected
//	    by the target: its versions in the environment, its latest with the tag,
//	    the head of its main branch.
//	S4  A row stands for one pact of a selected consumer version and one selected
//	    version of its provider, with the newest result of that provider version
//	    for the content of the pact. At least one side of a row was named by the
//	    question.
//	S5  A selected pair without a result is a row without result: it is unknown.
//	    When no selected provider version has a result for a pact, one row stands
//	    for all of them and lists them as unproven.
//	S6  A pacticipant that consumes itself meets itself in the target: the asked
//	    version, and every version of it that is there, on either side.
//	S7  latestby keeps, of rows that differ only in a version nobody selected,
//	    the one with the newest provider version. It never hides a pair of
//	    selected versions.
//
// # From rows to decision
//
//	D1  A version that was asked for, does not exist and is not ignored: no.
//	D2  A considered row without a result: unknown. This goes before D4 on
//	    purpose: unknown beats failed, as in Pact Broker.
//	D3  A required integration without any row: unknown.
//	D4  A considered row with a failed result: no.
//	D5  Otherwise yes; no rows at all is a yes.
//	D6  More rows than can be judged: unknown. It needs a question that names no
//	    version.
//
// A row is ignored, not considered, when an ignore selector names its consumer
// or provider, with its version or with none. A limit chooses the rows that are
// shown, never the rows that decide. With a result filter the answer is about the
// rows that it leaves, as in Pact Broker, but it is yes only if that about all
// rows is.
//
// The promise behind S5 to S7 is that the answer is never a false yes: yes means
// that every pair which would meet in the target has a successful result.
// Pact Broker says yes in some cases where that does not hold. [Compat] restores
// its answers for those who have to compare.
package matrix
