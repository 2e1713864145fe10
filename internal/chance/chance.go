// Package chance gives tests that draw at random their numbers: the same in
// every run, so that a failure is one for everybody, unless TREATY_SEED asks
// for others. `make soak` plays every test that uses it with seeds of its own.
package chance

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Variable names the environment variable that sets the seed.
const Variable = "TREATY_SEED"

// Seed returns what TREATY_SEED says, or fixed without it. A test that fails
// says which it was.
func Seed(t testing.TB, fixed uint64) uint64 {
	t.Helper()
	text, set := os.LookupEnv(Variable)
	if !set || text == "" {
		return fixed
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s=%q is not a whole number", Variable, text)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the numbers were drawn with %s=%d", Variable, seed)
		}
	})
	return seed
}

// New returns a source of numbers with the seed of Seed.
func New(t testing.TB, fixed uint64) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(Seed(t, fixed), fixed))
}
