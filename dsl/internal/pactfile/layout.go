package pactfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"hash/maphash"
	"maps"
	"slices"
)

// A file has one of two layouts. The settled one has its members sorted, as
// all tools write it. The open one has the list of entries last, so that more
// can be appended before the few characters that end it. Both are whole pact
// files for everybody.

const (
	entryBreak = "\n    "
	entryEnd   = "\n    }"
	listEnd    = "\n  ]"
)

// text assembles the file: two spaces of indentation and sorted members, in an
// open file with the list at the end.
func (d *document) text(open bool) []byte {
	members := maps.Clone(d.rest)
	if members == nil {
		members = map[string]json.RawMessage{}
	}
	members["metadata"] = nil
	delete(members, d.list)
	names := slices.Sorted(maps.Keys(members))
	if open {
		names = append(names, d.list)
	} else {
		names = slices.Sorted(slices.Values(append(names, d.list)))
	}
	out := bytes.NewBuffer(make([]byte, 0, d.size()))
	out.WriteString("{")
	for i, name := range names {
		if i > 0 {
			out.WriteString(",")
		}
		quoted, _ := json.Marshal(name) // a string always marshals
		fmt.Fprintf(out, "\n  %s: ", quoted)
		switch name {
		case d.list:
			d.writeEntries(out)
		case "metadata":
			writeIndented(out, d.metadata)
		default:
			writeIndented(out, members[name])
		}
	}
	if open && len(d.entries) > 0 {
		out.Truncate(out.Len() - len(listEnd))
		d.end = int64(out.Len())
		d.base = fmt.Sprintf("%x-%08x", out.Len(), crc32.Checksum(out.Bytes(), castagnoli))
		out.Write(d.closing(nil, len(d.entries), ""))
		return out.Bytes()
	}
	out.WriteString("\n}\n")
	return out.Bytes()
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// size is about the length of the text.
func (d *document) size() int {
	size := 1024
	for _, e := range d.entries {
		size += len(e.text) + len(entryBreak) + 1
	}
	return size
}

func (d *document) writeEntries(out *bytes.Buffer) {
	out.WriteString("[")
	for i := range d.entries {
		if i > 0 {
			out.WriteString(",")
		}
		out.WriteString(entryBreak)
		d.entries[i].at = int64(out.Len())
		out.Write(d.entries[i].text)
	}
	if len(d.entries) == 0 {
		out.WriteString("]")
		return
	}
	out.WriteString(listEnd)
}

func writeIndented(out *bytes.Buffer, v any) {
	text, err := json.Marshal(v)
	if err != nil { // what was parsed can be written
		text = []byte("null")
	}
	_ = json.Indent(out, text, "  ", "  ")
}

// closing is what stands after the last entry of an open file, with the owners
// of the appended entries, unless its metadata names one owner for all. The
// file will have n entries, and the last one this id.
func (d *document) closing(appended []ownerRun, n int, last string) []byte {
	var tail appendedOwners
	others := func(r ownerRun) bool { return r.owner != d.owned.Owner }
	if len(appended) > 0 && len(d.owned.Owners) > 0 || slices.ContainsFunc(appended, others) {
		tail = appendedBy(appended)
		tail.Interactions, tail.Last = n, digest(last)
	}
	tail.Base = d.base
	text, _ := json.Marshal(tail) // strings and numbers always marshal
	return fmt.Appendf(nil, "%s,\n  %q: %s\n}\n", listEnd, metadataKey, text)
}

// parseLaid reads a file in one of the two layouts, its entries by read. ok is
// false for every other file.
func parseLaid(text []byte, read func([]byte) (entry, error)) (d *document, ok bool) {
	for _, list := range []string{"interactions", "messages"} {
		front, back, found := bytes.Cut(text, []byte(",\n  \""+list+"\": ["))
		if !found {
			continue
		}
		entries, rest, ok := splitEntries(back, int64(len(text)-len(back)), read)
		if !ok {
			return nil, false
		}
		top, ok := parseRest(front, list, rest)
		if !ok {
			return nil, false
		}
		d, err := head(top)
		if err != nil {
			return nil, false
		}
		d.list, d.raw, d.entries = list, text, entries
		if d.own(top[metadataKey]) != nil {
			return nil, false
		}
		if _, ok := closed(rest); !ok {
			d.tidy()
			return d, true
		}
		last := entries[len(entries)-1]
		d.end = last.at + int64(len(last.text))
		return d, true
	}
	return nil, false
}

// parseRest reads what stands before and after the entries.
func parseRest(front []byte, list string, rest []byte) (top map[string]json.RawMessage, ok bool) {
	text := fmt.Appendf(bytes.Clone(front), ",%q: [", list)
	return top, json.Unmarshal(append(text, rest...), &top) == nil
}

// reader makes entries from text, those of d without looking at them again.
func (d *document) reader() func([]byte) (entry, error) {
	if d == nil || len(d.entries) == 0 {
		return func(text []byte) (entry, error) { return newEntry(text) }
	}
	seed := maphash.MakeSeed()
	places := make(map[uint64]int, len(d.entries))
	for i, e := range d.entries {
		places[maphash.Bytes(seed, e.text)] = i
	}
	return func(text []byte) (entry, error) {
		if i, ok := places[maphash.Bytes(seed, text)]; ok && bytes.Equal(d.entries[i].text, text) {
			e := d.entries[i]
			e.gone = false
			return e, nil
		}
		return newEntry(text)
	}
}

// splitEntries reads the entries in text, which begins at the place at in its
// file. A line that is only the end of an entry's indentation ends it: JSON has
// no line break within a value's text. rest begins where the last entry ends.
func splitEntries(text []byte, at int64, read func([]byte) (entry, error)) (entries []entry, rest []byte, ok bool) {
	rest = text
	for another := true; another; {
		rest = bytes.TrimLeft(rest, " \n")
		length := bytes.Index(rest, []byte(entryEnd)) + len(entryEnd)
		if length < len(entryEnd) || rest[0] != '{' {
			return nil, nil, false
		}
		e, err := read(rest[:length:length])
		if err != nil || !bytes.Equal(e.text, rest[:length]) {
			return nil, nil, false
		}
		e.at = at + int64(len(text)-len(rest))
		entries = append(entries, e)
		rest, another = bytes.CutPrefix(rest[length:], []byte(","))
	}
	return entries, rest, true
}

// closed reads what stands after the entries of an open file; ok is false if it
// is anything else.
func closed(rest []byte) (tail json.RawMessage, ok bool) {
	after, isList := bytes.CutPrefix(rest, []byte(listEnd+","))
	var top map[string]json.RawMessage
	if !isList || json.Unmarshal(append([]byte("{"), after...), &top) != nil || len(top) != 1 || !bytes.HasSuffix(rest, []byte("\n}\n")) {
		return nil, false
	}
	tail, ok = top[metadataKey]
	return tail, ok
}
