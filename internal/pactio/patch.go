package pactio

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
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
	// The system may give a file the number of one that is gone, and its own
	// time in steps in which several are written: this one tells them apart.
	now := time.Now()
	err = errors.Join(err, os.Chtimes(name, now, now))
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

// Patcher changes one file in place, time and again. Its journal stays open
// between two changes, because making and removing a file takes longer than
// the change. The caller holds the lock on the folder whenever it calls.
type Patcher struct {
	path    string
	journal *os.File
	info    os.FileInfo // of journal
	space   []byte      // to read into
}

// NewPatcher returns a patcher that has nothing open yet.
func NewPatcher(path string) *Patcher { return &Patcher{path: path} }

// Patch makes edits in the file. The first may make it longer and the others
// lie before it. If an edit cannot be made the file is as it was.
func (p *Patcher) Patch(edits []Edit) (os.FileInfo, error) {
	f, err := os.OpenFile(p.path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	before, err := f.Stat()
	if err != nil {
		return nil, err
	}
	around, err := readAround(f, edits[0].At, before.Size(), p.space)
	if err != nil {
		return nil, err
	}
	p.space = around.text
	j, err := newJournal(around, before.Size(), edits)
	if err != nil {
		return nil, err
	}
	if err := p.begin(j); err != nil {
		return nil, err
	}
	if intact, err := patch(around, before.Size(), edits); err != nil {
		if intact {
			err = errors.Join(err, p.done())
		}
		return nil, err
	}
	info, err := f.Stat()
	return info, errors.Join(err, f.Close(), p.done())
}

// file is what is changed.
type file interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
}

// around is a file whose text around the place of a change was read at once.
// The text is that from before the change.
type around struct {
	*os.File
	from int64
	text []byte
}

// readAround reads a file of that size around the place at: the text before it
// that a journal's checksum covers, and all behind it, into space if that is enough.
func readAround(f *os.File, at, size int64, space []byte) (around, error) {
	a := around{File: f, from: max(at-nearby, 0)}
	length := int(max(size-a.from, 0))
	a.text = slices.Grow(space[:0], length)[:length]
	n, err := f.ReadAt(a.text, a.from)
	a.text = a.text[:n]
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return a, err
}

// ReadAt reads what was read already, where that is all.
func (a around) ReadAt(text []byte, at int64) (int, error) {
	if at >= a.from && at+int64(len(text)) <= a.from+int64(len(a.text)) {
		return copy(text, a.text[at-a.from:]), nil
	}
	return a.File.ReadAt(text, at)
}

// begin writes j into the journal.
func (p *Patcher) begin(j journal) (err error) {
	if p.journal == nil {
		if p.journal, err = os.OpenFile(journalPath(p.path), os.O_CREATE|os.O_RDWR, 0o644); err != nil {
			p.journal = nil
			return err
		}
		if p.info, err = p.journal.Stat(); err != nil {
			p.Close()
			return err
		}
	}
	if _, err = p.journal.WriteAt(j.encode(), 0); err != nil {
		p.Close() // half of it says nothing
	}
	return err
}

// done marks the journal as carried out.
func (p *Patcher) done() error {
	_, err := p.journal.WriteAt([]byte(carriedOut), 0)
	return err
}

// Close removes the journal. A journal that another process has open may stay
// on some systems; that process removes it.
func (p *Patcher) Close() {
	if p.journal != nil {
		_ = p.journal.Close()
		_ = os.Remove(journalPath(p.path))
	}
	p.journal = nil
}

// Recover carries out what a process left in the journal when it died while it
// changed the file.
func (p *Patcher) Recover() error {
	info, err := os.Lstat(journalPath(p.path))
	if p.journal != nil && (err != nil || !os.SameFile(info, p.info)) {
		_ = p.journal.Close() // another process has removed it
		p.journal = nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if p.journal != nil {
		first := make([]byte, len(carriedOut))
		if _, err := p.journal.ReadAt(first, 0); err == nil && string(first) == carriedOut {
			return nil
		}
	}
	if err := recoverFile(p.path); err != nil {
		return fmt.Errorf("finish what a process that died has begun: %w", err)
	}
	if p.journal == nil {
		return os.Remove(journalPath(p.path))
	}
	return p.done()
}

func recoverFile(path string) error {
	j, err := readJournal(path)
	if err != nil || len(j.edits) == 0 {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && j.spans(info.Size()) {
		var fits bool
		if fits, err = j.fits(f); fits {
			_, err = patch(f, info.Size(), j.edits)
		}
	}
	return errors.Join(err, f.Close())
}

// patch makes edits in a file of that size and takes them back if one fails;
// intact is false if that fails too.
func patch(f file, size int64, edits []Edit) (intact bool, err error) {
	var undo []Edit
	for _, e := range edits {
		old := make([]byte, min(max(size-e.At, 0), int64(len(e.Text))))
		n, err := f.ReadAt(old, e.At)
		if err == nil || errors.Is(err, io.EOF) {
			undo = append(undo, Edit{At: e.At, Text: old[:n]})
			_, err = f.WriteAt(e.Text, e.At)
		}
		if err != nil {
			failed := takeBack(f, undo, size)
			return failed == nil, errors.Join(err, failed)
		}
	}
	return true, nil
}

func takeBack(f file, undo []Edit, size int64) error {
	for _, e := range undo {
		if _, err := f.WriteAt(e.Text, e.At); err != nil {
			return err
		}
	}
	return f.Truncate(size)
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

// readSettled reads the file and reports whether nobody changed it meanwhile.
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
