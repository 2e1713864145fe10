//go:build !race

package storetest

import "time"

// statementTimeout is the longest statement or update of a test; 0 is that of the store.
const statementTimeout time.Duration = 0

// Slow says that the race detector runs.
const Slow = false
