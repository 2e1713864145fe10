// Package wholefile writes files that appear whole or not at all, and that are on
// the disk when it returns: reports, results that are kept, copies of a database.
package wholefile

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Write puts data into the file at path. Who reads it at any moment, also after a
// crash, finds what was there before or all of data. A new file gets the
// permissions of perm, before umask; one that is there keeps its own. Links are
// followed. What is not a regular file, such as /dev/stdout, is written to as it
// is, and so is a file whose folder takes no other.
func Write(path string, data []byte, perm fs.FileMode) error {
	if strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/proc/") {
		return directly(path, data) // it may lead to the file behind standard output, which others write to
	}
	at := path
	if target, err := filepath.EvalSymlinks(path); err == nil {
		at = target
	}
	info, err := os.Stat(at)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return directly(path, data)
	case err == nil:
		perm = info.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	draft := filepath.Join(filepath.Dir(at), "."+rand.Text()+".tmp")
	err = writeNew(draft, data, perm, info != nil)
	if info != nil && errors.Is(err, fs.ErrPermission) {
		return directly(path, data)
	}
	if err == nil {
		err = os.Rename(draft, at)
	}
	if err != nil {
		return errors.Join(named(err, path), ignoreMissing(os.Remove(draft)))
	}
	return SyncFolder(at)
}

// writeNew writes a file that is not there yet. With exact, the mask of the
// process does not count: it stands in for one that has these permissions.
func writeNew(path string, data []byte, perm fs.FileMode, exact bool) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if exact {
		err = errors.Join(err, file.Chmod(perm))
	}
	return errors.Join(err, file.Sync(), file.Close())
}

// directly writes over what is there.
func directly(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Close())
}

// named lets an error name the file that was to be written, not the draft.
func named(err error, path string) error {
	var cause *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &cause):
		return &fs.PathError{Op: "write", Path: path, Err: cause.Err}
	case errors.As(err, &link):
		return &fs.PathError{Op: "write", Path: path, Err: link.Err}
	}
	return err
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// SyncFolder brings the folder of path to the disk, with the names in it. Systems
// that cannot do that keep them by themselves.
func SyncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	err = folder.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrInvalid) {
		err = nil // such as a network's folder
	}
	return errors.Join(err, folder.Close())
}
