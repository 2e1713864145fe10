package main

// exempt says of packages why their own tests need not reach so much of them.
// What is here and covered all the same is a failure, so that the list stays
// short.
var exempt = map[string]string{
	"broker/internal/issuertest":      "is an issuer of tokens for the tests of login, identity and trust: what it makes is judged by what they take, and it has no rules of its own",
	"broker/internal/store/postgres":  "the suite of broker/internal/store runs on it: what stands in the way of a server that is away, frozen or behind a pooler is played by make failover",
	"broker/internal/store/storetest": "is the suite of the storage port: it serves the tests of broker/internal/store, and breaking it breaks them",
	"broker/internal/usecasetest":     "is what tests of several subjects share, and has no rules of its own",
}
