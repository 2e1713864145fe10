// Package scenario plays .scenario files through HTTP against a whole broker:
// what happened, a question, and the broker's answer, in the words of the
// field. A reviewer reads them without Go, and they prove what is documented
// on each database.
//
//	# A tag that is named like an environment records a deployment there.
//	environment production
//	version Foo 1
//	tag Foo 1 production
//	show deployments in production
//	---
//	Foo 1
//
// # The form of a file
//
// Lines that begin with # say why the file is here. Then the story: what
// happens, a line each, in the order in which it happens. After a line of dashes
// comes the answer to the questions of the story. After an empty line the story
// may go on, to another answer:
//
//	untag Foo 1 production
//	show deployments in production
//	---
//	Foo 1
//
// Where several questions come before one line of dashes, the answer to each is
// below the question itself:
//
//	show branches of Foo
//	show branches of Bar
//	---
//	> show branches of Foo
//	main: 2
//	> show branches of Bar
//	nothing
//
// What happens has to succeed, or the scenario fails and names its line. With
// "try" before it, how the broker took it is part of the answer:
//
//	try publish Foo 1 → Bar: a request for /b
//	---
//	409 Conflict
//	...
//
// A sentence has parts after commas, and what it is about after a colon. More
// parts may follow on lines of their own that are indented; what such a line
// holds is one part, with its commas and colons. Names with blanks or
// punctuation stand in "quotation marks".
//
// All sentences, with their parts, are listed in testdata/golden/sentences.txt.
//
// # Time
//
// A story begins on New Year's Day of 2024 at noon (UTC). Each line takes a second.
// "2 days later" lets time pass, as do seconds, minutes and hours.
//
// # What answers leave out
//
// The addresses of the broker and of the server that receives webhooks are
// http://broker and http://receiver. The digest of a content is {content 1},
// with a number by when the answers first name it, the metadata in the address
// of a pact are {metadata}, and what the broker names by chance is {uuid}.
//
// # Use
//
// A test of any package below broker plays the files of its own folder:
//
//	func TestTheRegistryAnswersAsWritten(t *testing.T) {
//		t.Parallel()
//		scenario.Run(t, "testdata")
//	}
//
// It plays each on SQLite and, where TREATY_TEST_POSTGRES_URL names one, on
// PostgreSQL, and behind PgBouncer at TREATY_TEST_PGBOUNCER_URL. With -update the
// answers are written into the files; review the difference as code.
//
// # Files
//
//	parse.go      the form of a file
//	sentence.go   the form of a sentence
//	words.go      all sentences; one file for each family of them:
//	publishing.go, registry.go, deploying.go, verifying.go, picking.go,
//	hooks.go, overview.go, cleaning.go, settings.go, plain.go
//	content.go    what a pact says
//	player.go     plays a scenario
//	request.go    a request, and what of its answer a story shows
//	receiver.go   the server that webhooks call
//	backend.go    a database for each scenario
//	run.go        Run, for tests of any package
package scenario
