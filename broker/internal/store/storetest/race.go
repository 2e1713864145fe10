//go:build race

package storetest

import "time"

// statementTimeout is the longest statement or update of a test: the race detector makes SQLite
// tens of times slower.
const statementTimeout = 10 * time.Minute
