package main

// exempt says of packages why their own tests need not reach so much of them.
// What is here and covered all the same is a failure, so that the list stays
// short.
var exempt = map[string]string{
	"broker/internal/store/postgres":  "runs on a server that these tests have not; the suite of broker/internal/store runs on it in CI",
	"broker/internal/store/storetest": "is the suite of the storage port: it serves the tests of broker/internal/store, and breaking it breaks them",
	"broker/internal/usecasetest":     "is what tests of several subjects share, and has no rules of its own",
	"broker/internal/store/scale":     "fills databases to measure them: the largest sizes are for make bench-scale",
}
