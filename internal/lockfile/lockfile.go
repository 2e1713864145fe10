// Package lockfile lets one process alone work on something, by a lock of the
// operating system on a file. A process that dies loses its lock, however it dies, so
// nothing has to be cleaned up after it.
package lockfile

import (
	"errors"
	"fmt"
	"os"
)

// ErrTaken means that somebody else has the lock: another process, or another part of
// this one.
var ErrTaken = errors.New("the lock is taken")

// Lock is a lock that is held.
type Lock struct{ file *os.File }

// Take takes the lock on the file at path, which it makes, for its user alone, where
// there is none. It does not wait: the error is [ErrTaken] if somebody else has it, and
// errors.ErrUnsupported where the file system or the system has no such locks. The
// caller calls Release.
func Take(path string) (*Lock, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := take(file); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), file.Close())
	}
	return &Lock{file}, nil
}

// Release gives the lock back. The file stays: who removed it could remove one that
// another has just locked.
func (l *Lock) Release() error { return l.file.Close() }
