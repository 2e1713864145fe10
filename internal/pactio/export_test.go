package pactio

import "os"

// CarriedOut is the journal for edits of path after they were made.
func CarriedOut(path string, edits []Edit) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	j, err := newJournal(f, info.Size(), edits)
	text := j.encode()
	copy(text, carriedOut)
	return text, err
}

// Dying writes the journal for edits of path, as far as written bytes of it,
// makes as much of the edits as made bytes, and leaves it at that.
func Dying(path string, edits []Edit, written, made int) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	j, err := newJournal(f, info.Size(), edits)
	if err != nil {
		return err
	}
	begun, err := os.OpenFile(journalPath(path), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = begun.Close() }()
	if _, err := begun.WriteAt(j.encode()[:written], 0); err != nil {
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
	text, err := CarriedOut(path, edits)
	return len(text), err
}

// JournalPath is where the journal of the file at path lies.
func JournalPath(path string) string { return journalPath(path) }
