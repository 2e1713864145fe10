package pactfile

import "slices"

// index finds the entries of a document, so that one more costs the same
// however many there are.
type index struct {
	byID  map[string]int
	byKey map[string][]int
	// gone counts the entries that were replaced.
	gone int
}

// count is the number of entries in the file.
func (d *document) count() int { return len(d.entries) - d.find().gone }

func (d *document) find() *index {
	if d.index != nil {
		return d.index
	}
	d.index = &index{byID: make(map[string]int, len(d.entries)), byKey: map[string][]int{}}
	for i := range d.entries {
		d.enter(i)
	}
	return d.index
}

// enter makes entry i known. Of two with one id, as another tool may write
// them, the first is meant.
func (d *document) enter(i int) {
	e := d.entries[i]
	if e.gone {
		d.index.gone++
		return
	}
	if _, ok := d.index.byID[e.id]; !ok {
		d.index.byID[e.id] = i
	}
	if e.key != "" {
		d.index.byKey[e.key] = append(d.index.byKey[e.key], i)
	}
}

// earlier is the entry with that id.
func (d *document) earlier(id string) (entry, bool) {
	i, ok := d.find().byID[id]
	if !ok {
		return entry{}, false
	}
	return d.entries[i], true
}

// replacedBy lists what e stands for from now on: the entry with its id, and
// those with its key.
func (d *document) replacedBy(e entry) []int {
	found := d.find()
	var list []int
	if i, ok := found.byID[e.id]; ok {
		list = append(list, i)
	}
	if e.key != "" {
		for _, i := range found.byKey[e.key] {
			if d.entries[i].id != e.id {
				list = append(list, i)
			}
		}
	}
	return list
}

// drop marks entry i as gone.
func (d *document) drop(i int) {
	found := d.find()
	e := &d.entries[i]
	e.gone = true
	found.gone++
	if found.byID[e.id] == i {
		delete(found.byID, e.id)
	}
	found.byKey[e.key] = slices.DeleteFunc(found.byKey[e.key], func(j int) bool { return j == i })
}

// push adds an entry at the end.
func (d *document) push(e entry) {
	d.find()
	d.entries = append(d.entries, e)
	d.enter(len(d.entries) - 1)
}
