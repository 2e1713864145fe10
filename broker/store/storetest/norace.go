//go:build !race

package storetest

import "time"

// updateTimeout is the longest update of a test; 0 is that of the store.
const updateTimeout time.Duration = 0
