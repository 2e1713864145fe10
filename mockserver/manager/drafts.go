package manager

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"github.com/treatyhq/treaty/contract"
)

// drafts says which interactions of a written pact came from which draft: for
// each draft, by the digest of its name, the digests of what its interactions
// were called. It stands in the file's metadata, so that an interaction whose
// description or states were edited since the last run is known to be the old
// form of a new one and not somebody else's.
type drafts map[string][]string

// draftsMember is where drafts stand: metadata.treaty.drafts.
const metadataMember, draftsMember = "treaty", "drafts"

func draftsOf(p *contract.Pact) drafts {
	found := drafts{}
	own, _ := p.Metadata[metadataMember].(map[string]any)
	members, _ := own[draftsMember].(map[string]any)
	for draft, list := range members {
		names, _ := list.([]any)
		for _, name := range names {
			if text, ok := name.(string); ok {
				found[draft] = append(found[draft], text)
			}
		}
	}
	return found
}

// without returns existing without what draft gave earlier and p, which comes
// from draft, has no longer. What another draft gave as well stays.
func (d drafts) without(existing *contract.Pact, draft string, p *contract.Pact) *contract.Pact {
	gone := map[string]bool{}
	for _, name := range d[draft] {
		gone[name] = true
	}
	for _, name := range namesOf(p) {
		delete(gone, name)
	}
	for other, names := range d {
		for _, name := range names {
			if other != draft {
				delete(gone, name)
			}
		}
	}
	out := *existing
	out.Interactions = slices.DeleteFunc(slices.Clone(existing.Interactions), func(i contract.Interaction) bool {
		return gone[digest(contract.Identity(i))]
	})
	return &out
}

// note writes into merged that draft gave the interactions of p.
func (d drafts) note(merged *contract.Pact, draft string, p *contract.Pact) {
	d[draft] = namesOf(p)
	list := map[string]any{}
	for name, names := range d {
		list[name] = names
	}
	old, _ := merged.Metadata[metadataMember].(map[string]any)
	own := maps.Clone(old)
	if own == nil {
		own = map[string]any{}
	}
	own[draftsMember] = list
	merged.Metadata = maps.Clone(merged.Metadata)
	if merged.Metadata == nil {
		merged.Metadata = map[string]any{}
	}
	merged.Metadata[metadataMember] = own
}

func namesOf(p *contract.Pact) []string {
	var names []string
	for _, i := range p.Interactions {
		names = append(names, digest(contract.Identity(i)))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// digest shortens a name, which may be long or the path of a machine.
func digest(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:8])
}
