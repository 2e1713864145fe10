// Package tornpact makes, for tests, pact files as a process leaves them that dies
// while it changes them.
package tornpact

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"

	"github.com/treatyhq/treaty/internal/pactio"
)

// Write writes text to path as a process that dies half-way through its
// last member: the file is torn, and its journal says how it goes on.
func Write(path string, text []byte) error {
	at := bytes.LastIndex(text, []byte(","))
	if err := os.WriteFile(path, append(bytes.Clone(text[:at]), "}\n"...), 0o600); err != nil {
		return err
	}
	if _, err := pactio.NewPatcher(path).Patch([]pactio.Edit{{At: int64(at), Text: text[at:]}}); err != nil {
		return err
	}
	journal, err := os.OpenFile(filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".journal"), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = journal.WriteAt([]byte("t"), 0) // as it was before the change was carried out
	return errors.Join(err, journal.Close(), os.Truncate(path, int64(at+(len(text)-at)/2)))
}
