package pactfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
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
	out.WriteString("\n}\n")
	if open && len(d.entries) > 0 {
		d.end = int64(out.Len() - len(listEnd+"\n}\n"))
	}
	return out.Bytes()
}

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

// closing is what stands after the last entry of an open file: the owners of
// the appended entries, unless its metadata names one owner for all. The file
// will have n entries, and the last one this id.
func (d *document) closing(appended []ownerRun, n int, last string) []byte {
	var out bytes.Buffer
	out.WriteString(listEnd)
	others := func(r ownerRun) bool { return r.owner != d.owned.Owner }
	if len(d.owned.Owners) > 0 || slices.ContainsFunc(appended, others) {
		tail := appendedBy(appended)
		tail.Interactions, tail.Last = n, digest(last)
		text, _ := json.Marshal(tail) // strings and numbers always marshal
		fmt.Fprintf(&out, ",\n  %q: %s", metadataKey, text)
	}
	out.WriteString("\n}\n")
	return out.Bytes()
}

// parseOpen reads a file in the open layout, with the places of its entries.
// It reads nothing twice that is in known. ok is false for every other file.
func parseOpen(text []byte, known *document) (d *document, ok bool) {
	for _, list := range []string{"interactions", "messages"} {
		front, back, found := bytes.Cut(text, []byte(",\n  \""+list+"\": ["))
		if !found || !bytes.Contains(front, []byte("\n  \"provider\": ")) {
			continue // the settled layout has it behind the list
		}
		var top map[string]json.RawMessage
		if json.Unmarshal(append(bytes.Clone(front), '}'), &top) != nil {
			return nil, false
		}
		d, err := head(top)
		if err != nil {
			return nil, false
		}
		d.list, d.raw = list, text
		var tail json.RawMessage
		if d.entries, tail, ok = splitEntries(back, int64(len(text)-len(back)), known.reader()); !ok || len(d.entries) == 0 {
			return nil, false
		}
		last := d.entries[len(d.entries)-1]
		d.end = last.at + int64(len(last.text))
		return d, d.own(tail) == nil
	}
	return nil, false
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
// file, up to the end of an open file. A line that is only the end of an
// entry's indentation ends it: JSON has no line break within a value's text.
func splitEntries(text []byte, at int64, read func([]byte) (entry, error)) (entries []entry, tail json.RawMessage, ok bool) {
	rest := text
	for another := true; another; {
		rest = bytes.TrimLeft(rest, " \n")
		if len(rest) == 0 || rest[0] != '{' {
			return nil, nil, false
		}
		length := bytes.Index(rest, []byte(entryEnd)) + len(entryEnd)
		if length < len(entryEnd) {
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
	// What is left closes the list and the file.
	var top map[string]json.RawMessage
	if json.Unmarshal(append([]byte(`{"list": [`), rest...), &top) != nil || string(top["list"]) != "[\n  ]" {
		return nil, nil, false
	}
	delete(top, "list")
	tail = top[metadataKey]
	delete(top, metadataKey)
	return entries, tail, len(top) == 0 && strings.HasSuffix(string(rest), "\n}\n")
}
