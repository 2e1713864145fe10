package pactfile

import (
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
)

// run is what matters about the running test binary.
type run struct {
	// owner is the import path of the package under test.
	owner string
	// whole is true when all its tests run.
	whole bool
}

var thisRun = sync.OnceValue(func() run {
	r := run{owner: packagePath()}
	r.whole = r.owner != "" && wholePackage(flag.Lookup)
	return r
})

// packagePath reads the package under test from the binary's build
// information; "" outside of `go test` and for tests given as single files.
func packagePath() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	path, isTest := strings.CutSuffix(info.Path, ".test")
	if !isTest || path == "command-line-arguments" {
		return ""
	}
	return path
}

// wholePackage tells from the flags of `go test` whether a test may have been
// left out.
func wholePackage(lookup func(string) *flag.Flag) bool {
	if lookup("test.run") == nil {
		return false
	}
	for name, unset := range map[string]string{"test.run": "", "test.skip": "", "test.fuzz": "", "test.short": "false"} {
		if f := lookup(name); f != nil && f.Value.String() != unset {
			return false
		}
	}
	return true
}

// metadataKey is the member of "metadata" that is ours. It is written beside
// pactSpecification and holds the version of Treaty and who owns what.
const metadataKey = "treaty"

// owners is the part of our metadata that says which package wrote what.
type owners struct {
	// Owner owns every interaction.
	Owner string `json:"owner,omitempty"`
	// Owners lists, if there are several, the interactions of each package by
	// a digest of their identity.
	Owners  map[string][]string `json:"owners,omitempty"`
	Version string              `json:"version,omitempty"`

	byDigest map[string]string
}

func readOwners(metadata map[string]json.RawMessage) owners {
	var o owners
	if json.Unmarshal(metadata[metadataKey], &o) != nil {
		return owners{}
	}
	o.byDigest = map[string]string{}
	for owner, digests := range o.Owners {
		for _, digest := range digests {
			o.byDigest[digest] = owner
		}
	}
	return o
}

func (o owners) of(id string) string {
	if o.Owner != "" {
		return o.Owner
	}
	return o.byDigest[digest(id)]
}

func (d *document) writeOwners() error {
	o := owners{Version: readOwners(d.metadata).Version}
	all := map[string][]string{}
	for _, e := range d.entries {
		all[e.owner] = append(all[e.owner], e.id)
	}
	if len(all) == 1 {
		for owner := range all {
			o.Owner = owner
		}
	} else {
		o.Owners = map[string][]string{}
		for owner, ids := range all {
			if owner == "" {
				continue
			}
			for _, id := range ids {
				o.Owners[owner] = append(o.Owners[owner], digest(id))
			}
			slices.Sort(o.Owners[owner])
		}
	}
	raw, err := json.Marshal(o)
	if err != nil {
		return err
	}
	d.metadata[metadataKey] = raw
	d.owned = readOwners(d.metadata)
	return nil
}

// ownerRun says who owns some entries in a row.
type ownerRun struct {
	owner   string
	entries int
}

// appendedOwners is the member at the end of a file that was appended to. It
// is short, so that it can be written with each interaction; the next time the
// file is written whole, all owners stand in its metadata again.
type appendedOwners struct {
	// Base is a digest of the text that was written whole. Who has seen a file
	// before knows by it whether it was only appended to since.
	Base   string   `json:"base"`
	Owners []string `json:"owners,omitempty"`
	// Appended counts the last interactions, those of one owner in a row: an
	// index in Owners and a number, time and again. It is empty where the
	// metadata names one owner for all.
	Appended []int `json:"appended,omitempty"`
	// Last is the digest of the last interaction's identity, and Interactions
	// their number. Where they differ another tool has changed the list.
	Last         string `json:"last,omitempty"`
	Interactions int    `json:"interactions,omitempty"`
}

// appendedBy puts runs into the form that the file has.
func appendedBy(runs []ownerRun) (a appendedOwners) {
	places := map[string]int{}
	for _, r := range runs {
		place, known := places[r.owner]
		if !known {
			place = len(a.Owners)
			places[r.owner] = place
			a.Owners = append(a.Owners, r.owner)
		}
		a.Appended = append(a.Appended, place, r.entries)
	}
	return a
}

// runs is the inverse of appendedBy; ok is false for what that cannot give.
func (a appendedOwners) runs() (runs []ownerRun, ok bool) {
	if len(a.Appended)%2 != 0 {
		return nil, false
	}
	for pair := range slices.Chunk(a.Appended, 2) {
		if pair[0] < 0 || pair[0] >= len(a.Owners) || pair[1] < 0 {
			return nil, false
		}
		runs = append(runs, ownerRun{a.Owners[pair[0]], pair[1]})
	}
	return runs, true
}

func (a appendedOwners) fits(n int, last string) bool {
	return len(a.Appended) == 0 || a.Interactions == n && a.Last == digest(last)
}

// assign gives the entries their owners from the last one on, and returns how
// many are left.
func assign(runs []ownerRun, entries []entry) (left int) {
	left = len(entries)
	for _, run := range slices.Backward(runs) {
		for range min(run.entries, left) {
			left--
			entries[left].owner = run.owner
		}
	}
	return left
}

// own gives each entry its owner; tail is the file's last member, if it was
// appended to.
func (d *document) own(tail json.RawMessage) error {
	var after appendedOwners
	var ok bool
	if tail != nil {
		if err := json.Unmarshal(tail, &after); err != nil {
			return fmt.Errorf("its member %q is not as it should be: %w", metadataKey, err)
		}
		d.base = after.Base
		n := len(d.entries)
		if d.appended, ok = after.runs(); !ok || n == 0 || !after.fits(n, d.entries[n-1].id) {
			d.appended = nil
			return nil // whose they are is not known, and so they stay
		}
	}
	d.sorted = assign(d.appended, d.entries)
	for i := range d.entries[:d.sorted] {
		d.entries[i].owner = d.owned.of(d.entries[i].id)
	}
	return nil
}

// appendedWith is d.appended with n more entries of owner.
func (d *document) appendedWith(owner string, n int) []ownerRun {
	if last := len(d.appended) - 1; last >= 0 && d.appended[last].owner == owner {
		return append(slices.Clone(d.appended[:last]), ownerRun{owner, d.appended[last].entries + n})
	}
	return append(slices.Clone(d.appended), ownerRun{owner, n})
}

func digest(id string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))
	return fmt.Sprintf("%016x", h.Sum64())
}

// Version is the version of this module as the running program was built
// with; "dev" where that is not known.
var Version = sync.OnceValue(func() string {
	const module = "github.com/treatyhq/treaty"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dev"
	}
	for _, dep := range info.Deps {
		if dep.Path == module && dep.Version != "" && dep.Version != "(devel)" {
			return dep.Version
		}
	}
	return "dev"
})

// Metadata is what a new pact carries beside its specification version.
func Metadata() map[string]any {
	return map[string]any{metadataKey: map[string]any{"version": Version()}}
}

// Folder is where pact files go when a test does not say: the folder named by
// PACT_OUTPUT_DIR, or pacts in the package's folder.
func Folder(configured string) string {
	if configured != "" {
		return configured
	}
	if dir := os.Getenv("PACT_OUTPUT_DIR"); dir != "" {
		return dir
	}
	return "pacts"
}
