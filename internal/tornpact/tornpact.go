// Package tornpact makes, for tests, pact files as a process leaves them that dies
// while it changes them.
package tornpact

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
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
	// The journal begins with a checksum until its change is carried out.
	name := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".journal")
	journal, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	copy(journal, fmt.Sprintf("%08x", crc32.ChecksumIEEE(journal[len("00000000 "):])))
	return errors.Join(os.WriteFile(name, journal, 0o600), os.Truncate(path, int64(at+(len(text)-at)/2)))
}
