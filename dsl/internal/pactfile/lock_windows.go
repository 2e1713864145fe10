package pactfile

import (
	"os"

	"golang.org/x/sys/windows"
)

// lock takes the lock file beside path and waits for it. A process that dies
// loses its lock. The file stays: Windows does not remove open files.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o666)
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
