package pactio

import "os"

// Dying writes the journal for edits of path, as far as written bytes of it,
// makes as much of the edits as made bytes, and leaves it at that.
func Dying(path string, edits []Edit, written, made int) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	j, err := newJournal(f, edits)
	if err != nil {
		return err
	}
	if err := os.WriteFile(journalPath(path), j.encode()[:written], 0o600); err != nil {
		return err
	}
	for _, e := range edits {
		part := e.Text[:min(made, len(e.Text))]
		made -= len(part)
		if _, err := f.WriteAt(part, e.At); err != nil {
			return err
		}
	}
	return nil
}

// JournalLength is the length of the journal for edits of path.
func JournalLength(path string, edits []Edit) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	j, err := newJournal(f, edits)
	return len(j.encode()), err
}

// JournalPath is where the journal of the file at path lies.
func JournalPath(path string) string { return journalPath(path) }
