//go:build !windows && (!unix || aix || solaris || illumos)

package pactio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// patience bounds the wait for a lock that a dead process left behind.
const patience = 10 * time.Second

// Lock makes dir if needed and the lock file in it. These systems have no lock that ends
// with its process, so a lock that stays too long is an error.
func Lock(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	name := filepath.Join(dir, ".lock")
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o666)
		if err == nil {
			_ = f.Close()
			return func() { _ = os.Remove(name) }, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("%s is there for more than %s; delete it if no test is running", name, patience)
		}
	}
}
