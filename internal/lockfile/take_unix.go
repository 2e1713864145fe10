//go:build unix && !aix && !solaris && !illumos

package lockfile

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// take locks a file that was opened. Unlike locks by fcntl, which SQLite uses, this
// one belongs to the opened file and is not lost when another is closed.
func take(file *os.File) error {
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return ErrTaken
		case errors.Is(err, syscall.ENOLCK), errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOSYS):
			return fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
		}
		return err
	}
}
