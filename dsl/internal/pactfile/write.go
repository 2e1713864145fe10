package pactfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/selfchange"
	"github.com/treatyhq/treaty/internal/pactio"
)

// Name is the file name of the pact between consumer and provider. Characters
// that would lead out of the folder become underscores.
func Name(consumer, provider string) string {
	return safe.Replace(consumer+"-"+provider) + ".json"
}

var safe = strings.NewReplacer("/", "_", `\`, "_", ":", "_", "\x00", "_")

// Written tells what Write did.
type Written struct {
	Path string
	// Suspects are examples that differ from those of an earlier run in a way
	// that looks as if a program made them, each with its place.
	Suspects []string
	// Open is true for a file that is whole but not sorted, and has a journal:
	// [Settle] or [Leave] it in the end.
	Open bool
}

// Write adds the interactions of p to its file in dir, as package doc says.
// It is safe for concurrent use, by several processes too.
func Write(dir string, p *contract.Pact) (Written, error) {
	return write(dir, p, thisRun())
}

func write(dir string, p *contract.Pact, r run) (Written, error) {
	path, err := pathOf(dir, p)
	if err != nil {
		return Written{}, err
	}
	f := open(path)
	f.mu.Lock()
	defer f.mu.Unlock()
	unlock, err := pactio.Lock(filepath.Dir(path))
	if err != nil {
		return Written{}, fmt.Errorf("make and lock the folder for pact files: %w", err)
	}
	defer unlock()
	done := Written{Path: path}
	if done.Suspects, err = f.add(p, r); err != nil {
		return Written{}, fmt.Errorf("write %s: %w", path, err)
	}
	done.Open = f.doc.end > 0
	return done, nil
}

func pathOf(dir string, p *contract.Pact) (string, error) {
	path, err := filepath.Abs(filepath.Join(dir, Name(p.Consumer, p.Provider)))
	if err != nil {
		return "", fmt.Errorf("find the folder for pact files: %w", err)
	}
	return path, nil
}

// file is what this process knows about one pact file. Keeping it saves
// reading and encoding the whole file for each test.
type file struct {
	path string
	mu   sync.Mutex
	// doc is the content as of seen.
	doc  *document
	seen os.FileInfo
	// claimed is true once the stale interactions of this package are gone.
	claimed bool
	// written holds what this process wrote, by identity.
	written map[string][]byte
	// frame is of the pact that was written last.
	frame   frame
	growth  growth
	patcher *pactio.Patcher
}

var files = &sync.Map{} // path → *file

func open(path string) *file {
	f, _ := files.LoadOrStore(path, &file{path: path, written: map[string][]byte{}, patcher: pactio.NewPatcher(path)})
	return f.(*file)
}

func (f *file) add(p *contract.Pact, r run) (suspects []string, err error) {
	if err := f.refresh(); err != nil {
		return nil, err
	}
	doc := f.doc
	if r.whole && !f.claimed {
		doc = f.doc.clone()
		doc.dropOwned(r.owner)
	}
	added, err := encode(p, max(p.Version, doc.versionIfAny()), &f.frame)
	if err != nil {
		return nil, err
	}
	if err := f.checkRepeats(added); err != nil {
		return nil, err
	}
	suspects = f.suspects(added, r)
	if err := f.put(doc, added, r); err != nil {
		return nil, err
	}
	f.claimed = true
	for _, e := range added.entries {
		f.written[e.id] = e.text
	}
	return suspects, nil
}

// put brings added into the file, whose content shall be doc: in place where
// that can be done, and otherwise by writing the file whole.
func (f *file) put(doc, added *document, r run) error {
	if doc == f.doc {
		if c, ok := doc.change(added, r); ok {
			if done, err := f.append(c); done || err != nil {
				return err
			}
		}
		doc = doc.clone()
	}
	if err := doc.upgrade(added.version); err != nil {
		return err
	}
	if err := doc.merge(added, r); err != nil {
		return err
	}
	return f.save(doc, f.growth.opens(doc.size()))
}

// suspects compares with what an earlier run of the same package wrote.
func (f *file) suspects(added *document, r run) []string {
	var found []string
	for _, e := range added.entries {
		if _, ours := f.written[e.id]; ours {
			continue
		}
		old, ok := f.doc.earlier(e.id)
		if !ok || old.owner != r.owner || bytes.Equal(old.text, e.text) {
			continue
		}
		if place, was, is, ok := changedExample(old.text, e.text); ok && selfchange.Alike(was, is) {
			found = append(found, fmt.Sprintf("%q: %s was %q in an earlier run and is %q now", e.description, place, was, is))
		}
	}
	return found
}

// refresh reads the file unless it is as this process left it. Where another
// process has appended to it, only that is read.
func (f *file) refresh() error {
	if err := f.patcher.Recover(); err != nil {
		return err
	}
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		f.doc, f.seen = &document{}, nil
		return nil
	}
	if err != nil {
		return err
	}
	if f.seen != nil && os.SameFile(f.seen, info) {
		if f.seen.ModTime().Equal(info.ModTime()) && f.seen.Size() == info.Size() {
			return nil
		}
		if f.follow(info) {
			return nil
		}
	}
	text, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	doc, err := f.parse(text)
	if err != nil {
		return fmt.Errorf("the file that is there cannot be merged with: %w; repair or delete it", err)
	}
	f.doc, f.seen = doc, info
	f.growth.whole(info.Size())
	return nil
}

// parse reads what is there. A member that stands twice would be gone when the
// file is written again.
func (f *file) parse(text []byte) (*document, error) {
	if err := contract.CheckUnique(text); err != nil {
		return nil, err
	}
	if doc, ok := parseLaid(text, f.doc.reader()); ok {
		return doc, nil
	}
	return parse(text)
}

// checkRepeats is rule 4 for one run.
func (f *file) checkRepeats(added *document) error {
	for i, e := range added.entries {
		if i > 0 && e.id == added.entries[i-1].id && !bytes.Equal(e.text, added.entries[i-1].text) {
			return &RepeatError{Description: e.description, Difference: difference(added.entries[i-1].text, e.text), id: e.id}
		}
		earlier, ok := f.written[e.id]
		if !ok || bytes.Equal(earlier, e.text) {
			continue
		}
		return &RepeatError{Description: e.description, Difference: difference(earlier, e.text), id: e.id}
	}
	return nil
}

// RepeatError tells that one run described one interaction in two ways.
type RepeatError struct {
	Description string
	// Difference is the first place where the two differ, with both values.
	Difference string
	id         string
}

// Error says what differs and what to do about it.
func (e *RepeatError) Error() string {
	return fmt.Sprintf("this run describes %q twice, in different ways: %s. "+
		"If two tests mean different things, give them different descriptions or provider states. "+
		"If it is the same test run twice, its contract changes by itself: use a fixed example with a matcher instead of a date or random value",
		e.Description, e.Difference)
}

// save writes the file whole, in the open or in the settled layout.
func (f *file) save(doc *document, open bool) error {
	text := doc.text(open)
	if f.seen != nil && f.doc.same(text) {
		f.doc = doc
		return nil
	}
	info, err := pactio.Replace(f.path, text)
	if err != nil {
		return err
	}
	doc.raw = text
	f.doc, f.seen = doc, info
	f.growth.whole(info.Size())
	return nil
}
