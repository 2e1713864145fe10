//go:build race

package storetest

import "time"

// statementTimeout is the longest statement or update of a test: the race detector makes SQLite
// tens of times slower.
const statementTimeout = 10 * time.Minute

// Slow says that the race detector runs, with which SQLite is tens of times slower.
const Slow = true
