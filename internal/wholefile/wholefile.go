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
)

// Write puts data into the file at path. Who reads it at any moment, also after a
// crash, finds what was there before or all of data. A new file gets the
// permissions of perm, before umask; one that is there keeps its own. A link
// leads to the file that is replaced. What is not a regular file, such as
// /dev/stdout, is written to as it is.
func Write(path string, data []byte, perm fs.FileMode) error {
	path, perm, special, err := target(path, perm)
	if err != nil {
		return err
	}
	if special {
		return os.WriteFile(path, data, perm)
	}
	draft := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text()[:10]+".tmp")
	if err := writeNew(draft, data, perm); err != nil {
		return errors.Join(named(err, path), ignoreMissing(os.Remove(draft)))
	}
	if err := os.Rename(draft, path); err != nil {
		return errors.Join(named(err, path), ignoreMissing(os.Remove(draft)))
	}
	return SyncFolder(path)
}

// target follows links and says what is at path now.
func target(path string, perm fs.FileMode) (real string, mode fs.FileMode, special bool, err error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, perm, false, nil
	}
	if err != nil {
		return path, perm, false, err
	}
	if !info.Mode().IsRegular() {
		return path, perm, true, nil
	}
	real, err = filepath.EvalSymlinks(path)
	return real, info.Mode().Perm(), false, err
}

func writeNew(path string, data []byte, perm fs.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}

// named puts the path that the caller knows into an error, in place of the
// draft's.
func named(err error, path string) error {
	var file *fs.PathError
	if errors.As(err, &file) {
		return &fs.PathError{Op: file.Op, Path: path, Err: file.Err}
	}
	var link *os.LinkError
	if errors.As(err, &link) {
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
