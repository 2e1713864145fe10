package pactio

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Edit is text for one place of a file, over what is there or behind it.
type Edit struct {
	At   int64
	Text []byte
}

// Replace writes text beside path and renames it. The caller holds the lock;
// the process number keeps apart what does not share it, such as machines on
// one network folder.
func Replace(path string, text []byte) (os.FileInfo, error) {
	name := fmt.Sprintf("%s.%d.tmp", hidden(path), os.Getpid())
	temp, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	_, err = temp.Write(text)
	info, statErr := temp.Stat()
	if err = errors.Join(err, statErr, temp.Close()); err == nil {
		err = os.Rename(name, path)
	}
	if err != nil {
		_ = os.Remove(name)
		return nil, err
	}
	return info, nil
}

// hidden is the path of a hidden file beside path, without its ending.
func hidden(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path))
}

// Patch makes edits in the file. The first may make it longer and the others
// lie before it. The caller holds the lock. If an edit cannot be made the file
// is as it was.
func Patch(path string, edits []Edit) (os.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	j, err := newJournal(f, edits)
	if err != nil {
		return nil, err
	}
	if err := j.write(path); err != nil {
		return nil, err
	}
	if intact, err := patch(f, edits); err != nil {
		if intact {
			err = errors.Join(err, j.drop(path))
		}
		return nil, err
	}
	info, err := f.Stat()
	return info, errors.Join(err, f.Close(), j.drop(path))
}

// patch makes edits and takes them back if one fails; intact is false if that
// fails too.
func patch(f *os.File, edits []Edit) (intact bool, err error) {
	before, err := f.Stat()
	if err != nil {
		return true, err
	}
	var undo []Edit
	for _, e := range edits {
		old := make([]byte, len(e.Text))
		n, err := f.ReadAt(old, e.At)
		if err == nil || errors.Is(err, io.EOF) {
			undo = append(undo, Edit{At: e.At, Text: old[:n]})
			_, err = f.WriteAt(e.Text, e.At)
		}
		if err != nil {
			failed := takeBack(f, undo, before.Size())
			return failed == nil, errors.Join(err, failed)
		}
	}
	return true, nil
}

func takeBack(f *os.File, undo []Edit, size int64) error {
	for _, e := range undo {
		if _, err := f.WriteAt(e.Text, e.At); err != nil {
			return err
		}
	}
	return f.Truncate(size)
}

// Recover carries out the journal that a process left behind when it died
// while it changed the file. The caller holds the lock.
func Recover(path string) error {
	j, err := readJournal(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return j.drop(path)
	}
	if err != nil {
		return fmt.Errorf("finish what a process that died has begun: %w", err)
	}
	defer func() { _ = f.Close() }()
	fits, err := j.fits(f)
	if err == nil && fits {
		_, err = patch(f, j.edits)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("finish what a process that died has begun: %w", err)
	}
	return j.drop(path)
}

// ReadFile reads a pact file as os.ReadFile does, but never half a change: it
// waits for a process that changes the file, and reads through the journal of
// one that died. It writes nothing.
func ReadFile(path string) ([]byte, error) {
	text, settled, err := readSettled(path)
	if err != nil || settled {
		return text, err
	}
	// Without a lock, as in a folder that takes none, the journal alone decides.
	if unlock, err := Lock(filepath.Dir(path)); err == nil {
		defer unlock()
	}
	text, err = os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if j, err := readJournal(path); err == nil {
		return j.apply(text), nil
	}
	return text, nil
}

// readSettled reads the file and tells whether nobody changed it meanwhile.
// The journal is looked for before the file's size is taken again: a change
// that ended before the look shows in the size.
func readSettled(path string) (text []byte, settled bool, err error) {
	before, err := os.Stat(path)
	if err != nil {
		return nil, false, err
	}
	text, err = os.ReadFile(path)
	if err != nil || !before.Mode().IsRegular() {
		return text, true, err
	}
	if _, err := os.Lstat(journalPath(path)); !errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	after, err := os.Stat(path)
	if err != nil {
		return nil, false, err
	}
	settled = os.SameFile(before, after) && before.Size() == after.Size() &&
		before.ModTime().Equal(after.ModTime()) && int64(len(text)) == after.Size()
	return text, settled, nil
}
