package pactio

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// Lock makes dir if needed, takes the lock file in it and waits for it. A
// process that dies loses its lock. The file stays: Windows does not remove
// open files.
func Lock(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	handle := windows.Handle(f.Fd())
	whole := new(windows.Overlapped)
	if err := windows.LockFileEx(handle, windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, whole); err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() {
		_ = windows.UnlockFileEx(handle, 0, 1, 0, whole)
		_ = f.Close()
	}, nil
}
