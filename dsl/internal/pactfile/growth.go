package pactfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/treatyhq/treaty/internal/pactio"
)

const (
	// small is the size below which a file is always written whole.
	small = 64 << 10
	// settlings is how often a file is settled at the end of a test however
	// little came; after that only for an eighth of the file or more.
	settlings = 16
)

// growth decides when a file is written whole, so that all writing together
// stays in step with what was to be written.
type growth struct {
	// size of the file when it was last written whole, and the bytes put in
	// place since.
	size, since int64
	// large counts how often this process met a file that is not small.
	large int
	// settled counts the settlings.
	settled int
}

// opens reports whether a file of that size is to be written in the open layout:
// when it was written before and may be written again.
func (g *growth) opens(size int) bool {
	if size < small {
		return false
	}
	g.large++
	return g.large > 1
}

// allows reports whether so many bytes may be put in place: a file is written
// whole when that costs no more than what was put in place since the last time.
func (g *growth) allows(bytes int64) bool { return g.since+bytes <= g.size }

func (g *growth) grow(bytes int64) { g.since += bytes }

func (g *growth) whole(size int64) { g.size, g.since = size, 0 }

// settles reports whether the file is worth settling now.
func (g *growth) settles(outermost bool) bool {
	if outermost && g.settled < settlings {
		g.settled++
		return true
	}
	return g.since >= g.size/8
}

func length(edits []pactio.Edit) (n int64) {
	for _, e := range edits {
		n += int64(len(e.Text))
	}
	return n
}

// Settle sorts the file at path if it is open and removes what lies beside it.
// A test calls it when it ends; outermost tells that it is not part of another
// one. In a long run of short tests, not each of them sorts the file.
func Settle(path string, outermost bool) error {
	return locked(path, func(f *file) error { return f.settle(outermost) })
}

// Leave removes what lies beside the file at path. It is called where nobody
// knows when the test ends.
func Leave(path string) error {
	return locked(path, func(*file) error { return nil })
}

func locked(path string, act func(*file) error) error {
	f := open(path)
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		f.patcher.Close()
		return nil // gone with the folder of a test that made it for itself
	}
	unlock, err := pactio.Lock(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("lock the folder for pact files: %w", err)
	}
	defer unlock()
	err = f.patcher.Recover()
	if err == nil {
		defer f.patcher.Close()
		err = act(f)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func (f *file) settle(outermost bool) error {
	if err := f.refresh(); err != nil {
		return err
	}
	if f.seen == nil || f.doc.end == 0 || !f.growth.settles(outermost) {
		return nil
	}
	doc := f.doc.clone()
	if err := doc.writeOwners(); err != nil {
		return err
	}
	return f.save(doc, false)
}
