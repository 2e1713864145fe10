package pactfile

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/exact"
)

// document is a pact file with its interactions as text: what this process
// did not write stays as it was, and what did not change is not encoded again.
type document struct {
	version contract.SpecVersion
	// list is the member that holds the entries: "interactions" or "messages".
	list    string
	entries []entry
	// sorted counts the entries that were written with the whole file, sorted
	// by id. Those after it were appended.
	sorted   int
	metadata map[string]json.RawMessage
	// owned is what metadata says about owners, and appended what the file says
	// of the entries that were appended since.
	owned    owners
	appended []ownerRun
	// rest holds all other top-level members.
	rest map[string]json.RawMessage
	// end is where the last entry ends in a file that can be appended to, and 0
	// in one that cannot.
	end int64
	// base is a digest of the open file's text when it was written whole.
	base string
	// raw is the file's text as it was read or written whole.
	raw []byte

	index *index
}

// entry is one interaction.
type entry struct {
	// id is its description, provider states and kind; entries sort by it.
	id          string
	key         string
	description string
	owner       string
	text        []byte // indented for its place in the file
	// at is its place in a file that can be appended to.
	at int64
	// gone is true for an entry that another one has replaced.
	gone bool
}

// clone is a copy to be written whole: sorted, and without what is gone.
func (d *document) clone() *document {
	c := *d
	c.entries = slices.Clone(d.entries)
	c.metadata = maps.Clone(d.metadata)
	c.rest = maps.Clone(d.rest)
	c.tidy()
	return &c
}

// tidy makes d's entries those of a file that is written whole.
func (d *document) tidy() {
	d.entries = slices.DeleteFunc(d.entries, func(e entry) bool { return e.gone })
	slices.SortStableFunc(d.entries, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
	d.sorted, d.appended, d.end, d.index = len(d.entries), nil, 0, nil
}

func (d *document) same(text []byte) bool { return bytes.Equal(d.raw, text) }

// versionIfAny is the version that must be kept for the sake of what is there.
func (d *document) versionIfAny() contract.SpecVersion {
	if len(d.entries) == 0 {
		return contract.VersionUnknown
	}
	return d.version
}

// parse reads a pact file's text without understanding its interactions.
func parse(text []byte) (*document, error) {
	var top map[string]json.RawMessage
	if err := json.Unmarshal(text, &top); err != nil {
		return nil, fmt.Errorf("it is not a JSON object: %w", err)
	}
	d, err := head(top)
	if err != nil {
		return nil, err
	}
	d.raw = text
	var list []json.RawMessage
	if raw, ok := top[d.list]; ok {
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, fmt.Errorf("its %s are not a list: %w", d.list, err)
		}
	}
	for _, raw := range list {
		e, err := newEntry(raw)
		if err != nil {
			return nil, err
		}
		d.entries = append(d.entries, e)
	}
	if err := d.own(top[metadataKey]); err != nil {
		return nil, err
	}
	d.tidy()
	return d, nil
}

// head reads everything but the entries.
func head(top map[string]json.RawMessage) (*document, error) {
	d := &document{rest: maps.Clone(top), list: "interactions"}
	if raw, ok := top["metadata"]; ok {
		if err := json.Unmarshal(raw, &d.metadata); err != nil {
			return nil, fmt.Errorf("its metadata is not an object: %w", err)
		}
	}
	d.version = specVersion(d.metadata)
	if messages, ok := top["messages"]; ok && d.version != contract.V4 && !isEmptyList(messages) {
		d.list = "messages"
		if interactions, ok := top["interactions"]; ok && !isEmptyList(interactions) {
			return nil, fmt.Errorf("it is of version %s and has HTTP interactions beside messages, of which verifiers check one half: write it as V4, or give the messages a file of their own", d.version)
		}
	}
	for _, name := range []string{"metadata", "interactions", "messages", metadataKey} {
		delete(d.rest, name)
	}
	d.owned = readOwners(d.metadata)
	return d, nil
}

func isEmptyList(raw json.RawMessage) bool { return string(compact(raw)) == "[]" }

func specVersion(metadata map[string]json.RawMessage) contract.SpecVersion {
	for _, name := range []string{"pactSpecification", "pact-specification"} {
		var spec struct {
			Version string `json:"version"`
		}
		if json.Unmarshal(metadata[name], &spec) == nil && spec.Version != "" {
			return contract.ParseSpecVersion(spec.Version)
		}
	}
	return contract.V3
}

func newEntry(raw json.RawMessage) (entry, error) {
	var text bytes.Buffer
	if err := json.Indent(&text, raw, "    ", "  "); err != nil {
		return entry{}, fmt.Errorf("an interaction is not as it should be: %w", err)
	}
	return identify(text.Bytes())
}

// identify makes an entry of text that has its indentation already.
func identify(text []byte) (entry, error) {
	var head struct {
		Description    string     `json:"description"`
		Type           string     `json:"type"`
		Key            string     `json:"key"`
		ProviderState  exactValue `json:"providerState"`
		ProviderStates exactValue `json:"providerStates"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return entry{}, fmt.Errorf("an interaction is not as it should be: %w", err)
	}
	states := head.ProviderStates.value
	if states == nil && head.ProviderState.value != nil {
		states = []any{map[string]any{"name": head.ProviderState.value}}
	}
	stateText, err := json.Marshal(states)
	if err != nil {
		return entry{}, err
	}
	kind := head.Type
	if kind == "" {
		kind = string(contract.KindHTTP)
	}
	return entry{
		id:          strings.Join([]string{head.Description, string(stateText), kind}, "\x00"),
		key:         head.Key,
		description: head.Description,
		text:        text,
	}, nil
}

// exactValue is any JSON value: states whose parameters are long numbers that
// differ in the last digit are two.
type exactValue struct{ value any }

// UnmarshalJSON reads a part of a document.
func (v *exactValue) UnmarshalJSON(text []byte) (err error) {
	v.value, err = exact.Value(text)
	return err
}

// upgrade rewrites the entries in version v.
func (d *document) upgrade(v contract.SpecVersion) error {
	if len(d.entries) == 0 || d.version == v {
		return nil
	}
	p, err := contract.Decode(d.text(false))
	if err != nil {
		return err
	}
	upgraded, err := encode(p, v, &frame{})
	if err != nil {
		return err
	}
	owners := map[string]string{}
	for _, e := range d.entries {
		owners[e.description] = e.owner
	}
	for i := range upgraded.entries {
		upgraded.entries[i].owner = owners[upgraded.entries[i].description]
	}
	d.version, d.list, d.entries = upgraded.version, upgraded.list, upgraded.entries
	return nil
}

func (d *document) dropOwned(owner string) {
	d.entries = slices.DeleteFunc(d.entries, func(e entry) bool { return e.owner == owner })
	d.index = nil
}

// merge puts the entries of added into d, for rule 4. What d was is lost; it
// has to be written whole.
func (d *document) merge(added *document, r run) error {
	if len(d.entries) == 0 {
		d.list, d.version = added.list, added.version
	}
	if d.list != added.list {
		return oneKindOnly(added.version)
	}
	if err := d.sameParties(added); err != nil {
		return err
	}
	for _, e := range added.entries {
		e.owner = r.owner
		for _, i := range d.replacedBy(e) {
			d.drop(i)
		}
		d.push(e)
	}
	if d.metadata == nil {
		d.metadata = map[string]json.RawMessage{}
	}
	maps.Copy(d.metadata, added.metadata)
	if d.rest == nil {
		d.rest = map[string]json.RawMessage{}
	}
	maps.Copy(d.rest, added.rest)
	d.tidy()
	return d.writeOwners()
}

// sameParties refuses a file that belongs to another pair, which happens when
// two pairs of names give one file name.
func (d *document) sameParties(added *document) error {
	for _, role := range []string{"consumer", "provider"} {
		there, ours := partyName(d.rest[role]), partyName(added.rest[role])
		if d.rest[role] != nil && there != ours {
			return fmt.Errorf("the file is a pact of the %s %q, not of %q", role, there, ours)
		}
	}
	return nil
}

func partyName(raw json.RawMessage) string {
	var party struct {
		Name string `json:"name"`
	}
	_ = json.Unmarshal(raw, &party)
	return party.Name
}
