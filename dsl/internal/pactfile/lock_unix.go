//go:build unix && !aix && !solaris && !illumos

package pactfile

import (
	"os"
	"syscall"
)

// lock takes the lock file beside path and waits for it. A process that dies
// loses its lock. The returned function removes the file and gives the lock
// back.
func lock(path string) (unlock func(), err error) {
	name := path + ".lock"
	for {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o666)
		if err != nil {
			return nil, err
		}
		if err := flock(f); err != nil {
			_ = f.Close()
			return nil, err
		}
		// Another process may have removed the file before this one got the
		// lock: then it locks a file that nobody else can find.
		if isCurrent(f, name) {
			return func() {
				_ = os.Remove(name)
				_ = f.Close()
			}, nil
		}
		_ = f.Close()
	}
}

func flock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if err != syscall.EINTR {
			return err
		}
	}
}

func isCurrent(f *os.File, name string) bool {
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(name)
	return err == nil && os.SameFile(mine, there)
}
