package pactfile

import (
	"flag"

	"github.com/treatyhq/treaty/contract"
)

// WriteAs writes as a test binary of package owner would, in a process of its own.
func WriteAs(dir string, p *contract.Pact, owner string, whole bool) (string, error) {
	return NewProcess(owner, whole).Write(dir, p)
}

// Process stands for one test binary.
type Process struct{ run run }

// NewProcess begins a process: nothing written in earlier ones is remembered.
func NewProcess(owner string, whole bool) Process {
	files.Clear()
	return Process{run{owner: owner, whole: whole}}
}

// Write writes as this process.
func (p Process) Write(dir string, pact *contract.Pact) (string, error) {
	written, err := write(dir, pact, p.run)
	return written.Path, err
}

// Suspects writes and returns what looks as if it changed by itself.
func (p Process) Suspects(dir string, pact *contract.Pact) ([]string, error) {
	written, err := write(dir, pact, p.run)
	return written.Suspects, err
}

// WholePackage exports wholePackage.
func WholePackage(flags *flag.FlagSet) bool { return wholePackage(flags.Lookup) }
