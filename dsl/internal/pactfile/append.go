package pactfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/treatyhq/treaty/internal/pactio"
)

// change is what has to be done to a file for some more interactions.
type change struct {
	owner string
	add   []entry
	// drop are the places of the entries that are replaced.
	drop []int
}

// change tells what has to be done for added, and whether it can be done in
// place: where nothing but entries differs.
func (d *document) change(added *document, r run) (change, bool) {
	c := change{owner: r.owner}
	if d.version != added.version || d.list != added.list || !d.sameHead(added) {
		return c, false
	}
	keys := map[string]bool{}
	for i, e := range added.entries {
		if i > 0 && e.id == added.entries[i-1].id {
			continue // the same twice, or it would be an error
		}
		if e.key != "" && keys[e.key] {
			return c, false
		}
		keys[e.key] = true
		e.owner = r.owner
		replaced := d.replacedBy(e)
		if len(replaced) == 1 && d.entries[replaced[0]].equal(e) {
			continue
		}
		c.add, c.drop = append(c.add, e), append(c.drop, replaced...)
	}
	// The owners of appended entries are known by their number.
	return c, !slices.ContainsFunc(c.drop, func(i int) bool { return i >= d.sorted })
}

// size is about the length of the text that is added.
func (c change) size() int {
	size := 1024
	for _, e := range c.add {
		size += len(e.text) + len(entryBreak) + 1
	}
	return size
}

func (e entry) equal(other entry) bool {
	return e.id == other.id && e.key == other.key && e.owner == other.owner && bytes.Equal(e.text, other.text)
}

// sameHead reports whether merging added would change nothing but entries.
func (d *document) sameHead(added *document) bool {
	if len(d.entries) == 0 || d.owned.Version != added.owned.Version {
		return false
	}
	return contains(d.metadata, added.metadata, metadataKey) && contains(d.rest, added.rest, "")
}

// contains reports whether all members of part but one stand in whole as
// they are.
func contains(whole, part map[string]json.RawMessage, but string) bool {
	for name, value := range part {
		if name != but && !bytes.Equal(whole[name], value) && !bytes.Equal(compact(whole[name]), compact(value)) {
			return false
		}
	}
	return true
}

func compact(raw json.RawMessage) []byte {
	var out bytes.Buffer
	_ = json.Compact(&out, raw)
	return out.Bytes()
}

// append makes the change in place. done is false where the file should be
// written whole instead.
func (f *file) append(c change) (done bool, err error) {
	d := f.doc
	if len(c.add) == 0 {
		return true, nil
	}
	if d.end == 0 {
		return false, nil
	}
	var text bytes.Buffer
	text.Grow(c.size())
	entries := slices.Clone(c.add)
	for i, e := range entries {
		text.WriteString("," + entryBreak)
		entries[i].at = d.end + int64(text.Len())
		text.Write(e.text)
	}
	end, runs := d.end+int64(text.Len()), d.appendedWith(c.owner, len(entries))
	text.Write(d.closing(runs, d.count()+len(entries)-len(c.drop), entries[len(entries)-1].id))
	edits := []pactio.Edit{{At: d.end, Text: text.Bytes()}}
	for _, i := range c.drop {
		// Its comma goes with it: the last entry is always a new one.
		edits = append(edits, pactio.Edit{At: d.entries[i].at, Text: bytes.Repeat([]byte(" "), len(d.entries[i].text)+1)})
	}
	size := length(edits)
	if !f.growth.allows(size) {
		return false, nil
	}
	info, err := f.patcher.Patch(edits)
	if errors.Is(err, fs.ErrPermission) {
		return false, nil // the folder may take a new file where the old one is closed
	}
	if err != nil {
		return false, err
	}
	f.growth.grow(size)
	f.took(entries, c.drop, end, runs, info)
	return true, nil
}

// took notes that entries stand in the file and the dropped ones no longer do.
func (f *file) took(entries []entry, drop []int, end int64, runs []ownerRun, info os.FileInfo) {
	d := f.doc
	for _, i := range drop {
		d.drop(i)
	}
	for _, e := range entries {
		d.push(e)
	}
	d.end, d.appended, d.raw, f.seen = end, runs, nil, info
}

// follow reads what another process has appended since this one looked. It is
// false where anything else may have happened to the file.
func (f *file) follow(info os.FileInfo) bool {
	d := f.doc
	if d.end == 0 || info.Size() <= f.seen.Size() {
		return false
	}
	last := d.entries[len(d.entries)-1].text
	before := int64(len(last))
	added := make([]byte, before+info.Size()-d.end)
	source, err := os.Open(f.path)
	if err != nil {
		return false
	}
	defer func() { _ = source.Close() }()
	if _, err := source.ReadAt(added, d.end-before); err != nil || !bytes.HasPrefix(added, append(slices.Clip(last), ',')) {
		return false
	}
	entries, rest, ok := splitEntries(added[before+1:], d.end+1, func(text []byte) (entry, error) { return newEntry(text) })
	if !ok {
		return false
	}
	tail, ok := closed(rest)
	return ok && f.followed(entries, tail, info)
}

// followed takes over entries of other processes with their owners.
func (f *file) followed(entries []entry, tail json.RawMessage, info os.FileInfo) bool {
	d := f.doc
	var drop []int
	for _, e := range entries {
		drop = append(drop, d.replacedBy(e)...)
	}
	last := entries[len(entries)-1]
	var after appendedOwners
	if json.Unmarshal(tail, &after) != nil || after.Base != d.base || !after.fits(d.count()+len(entries)-len(drop), last.id) {
		return false
	}
	runs, ok := after.runs()
	if !ok {
		return false
	}
	if len(runs) == 0 {
		runs = d.appendedWith(d.owned.Owner, len(entries))
	}
	if assign(runs, entries) > 0 {
		return false
	}
	f.growth.grow(info.Size() - f.seen.Size())
	f.took(entries, drop, last.at+int64(len(last.text)), runs, info)
	return true
}
