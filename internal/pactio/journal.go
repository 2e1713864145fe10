package pactio

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
)

// journal is what [Patch] is about to write, and to which state of the file.
type journal struct {
	// size is the file's size before the edits.
	size int64
	// near is the checksum of the text just before the first edit, which no
	// edit touches.
	near  uint32
	edits []Edit
}

// nearby is how much text before the first edit the checksum covers.
const nearby = 4096

func journalPath(path string) string { return hidden(path) + ".journal" }

// newJournal is for edits in a file of that size.
func newJournal(f io.ReaderAt, size int64, edits []Edit) (j journal, err error) {
	j = journal{size: size, edits: edits}
	j.near, err = j.checksum(f)
	return j, err
}

// checksum is of the text before the edit that makes the file longer; the
// others lie before it and may already be made.
func (j journal) checksum(f io.ReaderAt) (uint32, error) {
	end := j.edits[0].At
	text := make([]byte, min(end, nearby))
	n, err := f.ReadAt(text, end-int64(len(text)))
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	for _, e := range j.edits[1:] {
		from, to := max(e.At-end+int64(n), 0), min(e.At+int64(len(e.Text))-end+int64(n), int64(n))
		if from < to {
			clear(text[from:to])
		}
	}
	return crc32.ChecksumIEEE(text[:n]), nil
}

// grown is the file's size after the edits.
func (j journal) grown() int64 {
	size := j.size
	for _, e := range j.edits {
		size = max(size, e.At+int64(len(e.Text)))
	}
	return size
}

// spans reports whether a file of that size may be the one, before, within or
// after the edits.
func (j journal) spans(size int64) bool {
	return len(j.edits) > 0 && j.size <= size && size <= j.grown()
}

// fits reports whether f, whose size may be that of it, is the file that the
// edits are for.
func (j journal) fits(f io.ReaderAt) (bool, error) {
	near, err := j.checksum(f)
	return err == nil && near == j.near, err
}

// apply makes the edits in text if they are for it.
func (j journal) apply(text []byte) []byte {
	if !j.spans(int64(len(text))) {
		return text
	}
	if near, err := j.checksum(bytes.NewReader(text)); err != nil || near != j.near {
		return text
	}
	out := make([]byte, j.grown())
	copy(out, text)
	for _, e := range j.edits {
		copy(out[e.At:], e.Text)
	}
	return out
}

// A journal is a checksum of what follows, a line about the file, and the
// edits. The checksum stands first: while a new journal is written over an old
// one, it fits neither.
const header = "treaty 1 %d %d %08x\n"

// carriedOut stands in the place of the checksum of a journal that says nothing
// any more.
const carriedOut = "--------"

func (j journal) encode() []byte {
	length := 0
	for _, e := range j.edits {
		length += len(e.line()) + len(e.Text)
	}
	const room = len("12345678 ") + 64
	text := append(make([]byte, 0, room+length), carriedOut+" "...)
	text = fmt.Appendf(text, header, j.size, length, j.near)
	for _, e := range j.edits {
		text = append(append(text, e.line()...), e.Text...)
	}
	sum := crc32.ChecksumIEEE(text[len(carriedOut)+1:])
	copy(text, fmt.Sprintf("%08x", sum))
	return text
}

// line stands before an edit's text.
func (e Edit) line() string { return fmt.Sprintf("%d %d\n", e.At, len(e.Text)) }

// decode returns no edits for a journal that was carried out, and for half a
// one: then the file was not touched. What is behind it is of an earlier one.
func decode(text []byte) journal {
	sum, rest, _ := bytes.Cut(text, []byte(" "))
	head, body, whole := bytes.Cut(rest, []byte("\n"))
	var j journal
	var length int
	if _, err := fmt.Sscanf(string(head)+"\n", header, &j.size, &length, &j.near); err != nil || !whole || length < 0 || length > len(body) {
		return journal{}
	}
	body = body[:length]
	if string(sum) != fmt.Sprintf("%08x", crc32.ChecksumIEEE(rest[:len(head)+1+length])) {
		return journal{}
	}
	for len(body) > 0 {
		var e Edit
		var n int
		line, text, _ := bytes.Cut(body, []byte("\n"))
		if _, err := fmt.Sscanf(string(line), "%d %d", &e.At, &n); err != nil || n < 0 || n > len(text) || e.At < 0 {
			return journal{}
		}
		e.Text, body = text[:n], text[n:]
		j.edits = append(j.edits, e)
	}
	return j
}

func readJournal(path string) (journal, error) {
	text, err := os.ReadFile(journalPath(path))
	if err != nil {
		return journal{}, err
	}
	return decode(text), nil
}
