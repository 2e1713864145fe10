// Package wholefile writes files that are there whole or not at all.
package wholefile

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Write makes data the content of the file at path. Who reads it meanwhile gets
// the old or the new content, never a part; after a full disk or a crash the old
// one is still there. Links are followed, and the permissions of a file that
// exists are kept. What is no regular file, such as /dev/stdout, is written to as
// it is, and so is a file whose folder takes no other.
func Write(path string, data []byte) error {
	if strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/proc/") {
		return directly(path, data) // it may lead to the file behind standard output, which others write to
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	mode := fs.FileMode(0o644)
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return directly(path, data)
	case err == nil:
		mode = info.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	draft := filepath.Join(filepath.Dir(path), "."+rand.Text()+".tmp")
	file, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	switch {
	case err != nil && info != nil && errors.Is(err, fs.ErrPermission):
		return directly(path, data)
	case err != nil:
		return named(err, path)
	}
	_, err = file.Write(data)
	if info != nil { // the mask of the process does not count for a file that exists
		err = errors.Join(err, file.Chmod(mode))
	}
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(draft, path)
	}
	if err != nil {
		_ = os.Remove(draft)
	}
	return named(err, path)
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
