// Command mutations breaks Treaty on purpose, one documented behaviour at a
// time, and fails if the tests of the package do not notice.
//
//	go run ./conformance/mutations [-part N -seed S] [-run WORDS] [-parallel N] [-compile]
//
// The breakages stand in the files of list/. Each is a block:
//
//	== content that is published already is not replaced
//	says: broker/internal/rels/publish-contracts.md: may not change
//	in: broker/internal/publish/publish.go
//	- 		if p.guarded {
//	+ 		if false {
//	proof: ./broker/internal/publish: content
//
// "says" names the document and the words in it that promise the behaviour.
// "in" names a file; the lines after "- " stand in it once, and the lines after
// "+ ", of which there may be none, take their place. "proof" names the package
// whose own tests have to fail, and words that the name of a failing test, or
// what it prints, has to hold: whoever breaks this is told what broke. A block
// may change several files; "in" begins the next.
//
// Two more lines may stand in a block. "tests: EXPRESSION" chooses the package's
// test functions by name, as -run does, where running all of them takes long:
// they are ones that a plain `go test` runs too. "needs: postgres" is for what
// SQLite cannot show, as one writes there at a time: it is tried where
// TREATY_TEST_POSTGRES_URL names a server, and skipped with a word elsewhere.
// All others are tried without that variable.
//
// The checkout is left alone: the changed file stands in for the real one
// through go's -overlay. A breakage that does not compile, whose lines are not
// found, or whose document does not say it, is an error: the list is kept true.
//
// With -part N a random one of N parts is tried, chosen by -seed, which is
// printed. With -compile all of the list are compiled first, those that share
// no file together.
package main
