//go:build unix && !aix && !solaris && !illumos

package pactio

import (
	"errors"
	"os"
	"sync"
	"syscall"
)

// folders holds the open folders of this process. The lock is on the folder
// itself: nothing is left behind, a process that dies loses it, and taking it
// again costs no opening of files.
var folders struct {
	mu   sync.Mutex
	open map[string]*folder
}

type folder struct {
	mu   sync.Mutex // goroutines share the open folder and with it the lock
	file *os.File
	info os.FileInfo // of file, which stays the same folder
}

// Lock makes dir if needed, takes its lock and waits for it.
func Lock(dir string) (unlock func(), err error) {
	folders.mu.Lock()
	f, ok := folders.open[dir]
	if !ok {
		f = &folder{}
		if folders.open == nil {
			folders.open = map[string]*folder{}
		}
		folders.open[dir] = f
	}
	folders.mu.Unlock()

	f.mu.Lock()
	if err := f.take(dir); err != nil {
		f.mu.Unlock()
		return nil, err
	}
	return func() {
		_ = flock(f.file, syscall.LOCK_UN)
		f.mu.Unlock()
	}, nil
}

func (f *folder) take(dir string) error {
	for {
		if f.file == nil {
			if err := f.open(dir); err != nil {
				return err
			}
		}
		if err := flock(f.file, syscall.LOCK_EX); err != nil {
			return err
		}
		// The folder may have been replaced since it was opened, and while this
		// process waited.
		if f.isCurrent(dir) {
			return nil
		}
		_ = f.file.Close() // and with it the lock of the wrong folder
		f.file = nil
	}
}

func (f *folder) open(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	file, err := os.Open(dir)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return err
	}
	f.file, f.info = file, info
	return nil
}

func flock(f *os.File, how int) error {
	for {
		err := syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

func (f *folder) isCurrent(dir string) bool {
	there, err := os.Stat(dir)
	return err == nil && os.SameFile(f.info, there)
}
