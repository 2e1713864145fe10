// Package delivery sends webhooks. The transaction that stores a firing also
// stores the job that delivers it, in the job queue River on the broker's own
// database: nothing leaves before the commit, and nothing is lost after it.
//
//	delivery.go        New, Prepare, Enqueue: the queue
//	life.go            Start, Stop, and what runs between them
//	neighbours.go      which replicas live, and who takes over from those that do not
//	periodic.go        work that is due now and then, on one of all replicas
//	trouble.go         what the log is told while the database is away
//	attempt.go         one attempt: prepare, send, record, try again or give up
//	retries.go         when to try again
//	template.go        ${pactbroker.…} parameters
//	templateescape.go  how a value is written into JSON, XML, a form, a header
//	send.go            the HTTP request and what may be told of its outcome
//	allowedaddress.go  which addresses may be reached
//	failurereason.go   why a request got no answer, in words for people
//	attemptlog.go      the text that is kept of an attempt, secrets starred
//
// Delivery is at least once: a broker that dies between sending and recording
// sends again. Each request of a firing carries the same X-Treaty-Delivery
// header, so that a receiver can tell.
package delivery
