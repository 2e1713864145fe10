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
	Owner        string `json:"owner"`
	Interactions int    `json:"interactions"`
}

// appendedOwners is the member at the end of a file that was appended to. It
// is short, so that it can be written with each interaction; the next time the
// file is written whole, all owners stand in its metadata again.
type appendedOwners struct {
	// Appended are the owners of the last interactions.
	Appended []ownerRun `json:"appended"`
	// Last is the digest of the last interaction's identity, and Interactions
	// their number. Where they differ another tool has changed the list.
	Last         string `json:"last"`
	Interactions int    `json:"interactions"`
}

func (a appendedOwners) fits(entries []entry) bool {
	n := len(entries)
	return n > 0 && a.Interactions == n && a.Last == digest(entries[n-1].id)
}

// assign gives the entries their owners from the last one on, and returns how
// many are left.
func (a appendedOwners) assign(entries []entry) (left int) {
	left = len(entries)
	for _, run := range slices.Backward(a.Appended) {
		for range min(max(run.Interactions, 0), left) {
			left--
			entries[left].owner = run.Owner
		}
	}
	return left
}

// own gives each entry its owner; tail is the file's last member, if it was
// appended to.
func (d *document) own(tail json.RawMessage) error {
	var after appendedOwners
	if tail != nil {
		if err := json.Unmarshal(tail, &after); err != nil {
			return fmt.Errorf("its member %q is not as it should be: %w", metadataKey, err)
		}
		if !after.fits(d.entries) {
			return nil // whose they are is not known, and so they stay
		}
	}
	from := after.assign(d.entries)
	for i := range d.entries[:from] {
		d.entries[i].owner = d.owned.of(d.entries[i].id)
	}
	d.appended, d.sorted = after.Appended, from
	return nil
}

// appendedBy is d.appended with n more entries of owner.
func (d *document) appendedBy(owner string, n int) []ownerRun {
	runs := slices.Clone(d.appended)
	if last := len(runs) - 1; last >= 0 && runs[last].Owner == owner {
		runs[last].Interactions += n
		return runs
	}
	return append(runs, ownerRun{owner, n})
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
