// Package story reads .scenario files: a history of what applications published,
// verified and deployed, then a question to the matrix and its answer. A
// reviewer can read them, and one file plays on the pure function, on a
// database and over HTTP.
//
//	# why this case is here
//	pact    Foo 1 -> Bar
//	verify  Bar 5 : Foo 1 ok
//	deploy  Bar 5 production
//	pact    Foo 2 -> Bar  content new  branch main  tags a,b
//	ask     Foo 2
//	to      environment production
//	---
//	unknown 0/0/1
//	No verification result is known for ...
//
// # Steps
//
//	pact        CONSUMER N -> PROVIDER [content WORD] [branch B] [tags T,T]
//	version     APP N [branch B] [tags T,T]
//	main        APP BRANCH
//	verify      PROVIDER N : CONSUMER N ok|failed
//	environment ENV
//	deploy      APP N ENV [instance WORD]
//	undeploy    APP N ENV [instance WORD]
//	release     APP N ENV
//	unrelease   APP N ENV
//	rollout     APP N ENV [instance WORD]
//	promote     APP N ENV [instance WORD]
//	abort       APP N ENV [instance WORD]
//
// Two pacts of a pair have the same content if they name the same word; without
// one they do. A rollout makes a version the candidate beside what is deployed, whatever
// the gate says; to deploy the candidate promotes it, and to deploy any other version aborts
// its rollout. An application, a version or an environment exists from the
// first step that names it.
//
// # Question
//
//	ask     SELECTOR [, SELECTOR ...]
//	to      environment ENV | tag T [latest] | main-branch [latest] | latest
//	by      cvpv | cvp | cp | every
//	ignore  APP [N]
//	limit   N
//	show    ok | failed | unverified
//
// A selector is APP, followed by a version number or by words: latest, tag T,
// branch B, main-branch, environment ENV. Without "by" it is cvpv.
//
// # Answer
//
// The first line is the verdict with the counts of successful, failed and
// unknown rows, and of ignored ones if any were to be ignored: yes, no, unknown,
// or invalid for a question that is refused. The sentences follow, if the file
// gives any. A last line "original: ..." is what Pact Broker answers where that
// differs.
package story
