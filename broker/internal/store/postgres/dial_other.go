//go:build !linux

package postgres

import "syscall"

// limitSilence leaves it to keep-alives, where the system cannot limit how long
// bytes stay unacknowledged.
func limitSilence(string, string, syscall.RawConn) error { return nil }
