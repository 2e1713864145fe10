//go:build !windows && (!unix || aix || solaris || illumos)

package lockfile

import (
	"errors"
	"os"
)

// take cannot lock: these systems have no lock that ends with its process and belongs
// to an opened file.
func take(*os.File) error { return errors.ErrUnsupported }
