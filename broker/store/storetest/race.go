//go:build race

package storetest

import "time"

// updateTimeout is the longest update of a test: the race detector makes SQLite
// tens of times slower.
const updateTimeout = 10 * time.Minute
