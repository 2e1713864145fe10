package pactfile

import (
	"flag"
	"sync"

	"github.com/treatyhq/treaty/contract"
)

// WriteAs writes as a test binary of package owner would, in a process of its own.
func WriteAs(dir string, p *contract.Pact, owner string, whole bool) (string, error) {
	return NewProcess(owner, whole).Write(dir, p)
}

// Process stands for one test binary. What it knows about files is its own.
type Process struct {
	run   run
	files *sync.Map
}

// NewProcess begins a process: nothing written in earlier ones is remembered.
func NewProcess(owner string, whole bool) Process {
	return Process{run{owner: owner, whole: whole}, &sync.Map{}}
}

// Write writes as this process.
func (p Process) Write(dir string, pact *contract.Pact) (string, error) {
	files = p.files
	written, err := write(dir, pact, p.run)
	return written.Path, err
}

// Settle is the end of a test of this process.
func (p Process) Settle(path string, outermost bool) error {
	files = p.files
	return Settle(path, outermost)
}

// Leave is the end of a test of this process that nobody knows.
func (p Process) Leave(path string) error {
	files = p.files
	return Leave(path)
}

// Since is the size of the file when it was last written whole, and the bytes
// put in place since then, as this process knows.
func (p Process) Since(path string) (size, since int64) {
	f, _ := p.files.Load(path)
	return f.(*file).growth.size, f.(*file).growth.since
}

// Owners tells who owns what in the text of a file.
func Owners(text []byte) (map[string]string, error) {
	d, ok := parseLaid(text, (*document)(nil).reader())
	if !ok {
		var err error
		if d, err = parse(text); err != nil {
			return nil, err
		}
	}
	owners := map[string]string{}
	for _, e := range d.entries {
		owners[e.description] = e.owner
	}
	return owners, nil
}

// Suspects writes and returns what looks as if it changed by itself.
func (p Process) Suspects(dir string, pact *contract.Pact) ([]string, error) {
	files = p.files
	written, err := write(dir, pact, p.run)
	return written.Suspects, err
}

// WholePackage exports wholePackage.
func WholePackage(flags *flag.FlagSet) bool { return wholePackage(flags.Lookup) }

// Entry is what is known of one interaction.
type Entry struct{ ID, Key, Description, Text string }

// EntryWritten is the entry of p's interaction as its writer has it.
func EntryWritten(p *contract.Pact, v contract.SpecVersion) (Entry, error) {
	d, err := encode(p, v, &frame{})
	if err != nil {
		return Entry{}, err
	}
	return d.entries[0].public(), nil
}

// EntryRead is the entry of the interaction in a file's text.
func EntryRead(text []byte) (Entry, error) {
	d, err := parse(text)
	if err != nil {
		return Entry{}, err
	}
	return d.entries[0].public(), nil
}

func (e entry) public() Entry { return Entry{e.id, e.key, e.description, string(e.text)} }
