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
)

// document is a pact file with its interactions as text: what this process
// did not write stays as it was, and what did not change is not encoded again.
type document struct {
	version contract.SpecVersion
	// list is the member that holds the entries: "interactions" or "messages".
	list     string
	entries  []entry // sorted by id
	metadata map[string]json.RawMessage
	// rest holds all other top-level members.
	rest map[string]json.RawMessage
	// raw is the file's text as it was read or written.
	raw []byte
}

// entry is one interaction.
type entry struct {
	// id is its description, provider states and kind; entries sort by it.
	id          string
	key         string
	description string
	owner       string
	text        []byte // indented for its place in the file
}

func (d *document) clone() *document {
	c := *d
	c.entries = slices.Clone(d.entries)
	c.metadata = maps.Clone(d.metadata)
	c.rest = maps.Clone(d.rest)
	return &c
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
	d := &document{rest: top, raw: text, list: "interactions"}
	if raw, ok := top["metadata"]; ok {
		if err := json.Unmarshal(raw, &d.metadata); err != nil {
			return nil, fmt.Errorf("its metadata is not an object: %w", err)
		}
	}
	d.version = specVersion(d.metadata)
	if messages, ok := top["messages"]; ok && d.version != contract.V4 && string(messages) != "[]" {
		d.list = "messages"
	}
	var list []json.RawMessage
	if raw, ok := top[d.list]; ok {
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, fmt.Errorf("its %s are not a list: %w", d.list, err)
		}
	}
	delete(top, "metadata")
	delete(top, "interactions")
	delete(top, "messages")
	owned := readOwners(d.metadata)
	for _, raw := range list {
		e, err := newEntry(raw)
		if err != nil {
			return nil, err
		}
		e.owner = owned.of(e.id)
		d.entries = append(d.entries, e)
	}
	d.sort()
	return d, nil
}

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

// encode writes p's interactions in version v.
func encode(p *contract.Pact, v contract.SpecVersion) (*document, error) {
	text, err := contract.Encode(p, v)
	if err != nil {
		return nil, err
	}
	return parse(text)
}

func newEntry(raw json.RawMessage) (entry, error) {
	var head struct {
		Description    string `json:"description"`
		Type           string `json:"type"`
		Key            string `json:"key"`
		ProviderState  any    `json:"providerState"`
		ProviderStates any    `json:"providerStates"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return entry{}, fmt.Errorf("an interaction is not as it should be: %w", err)
	}
	states := head.ProviderStates
	if states == nil && head.ProviderState != nil {
		states = []any{map[string]any{"name": head.ProviderState}}
	}
	stateText, err := json.Marshal(states)
	if err != nil {
		return entry{}, err
	}
	kind := head.Type
	if kind == "" {
		kind = string(contract.KindHTTP)
	}
	var text bytes.Buffer
	if err := json.Indent(&text, raw, "    ", "  "); err != nil {
		return entry{}, err
	}
	return entry{
		id:          strings.Join([]string{head.Description, string(stateText), kind}, "\x00"),
		key:         head.Key,
		description: head.Description,
		text:        text.Bytes(),
	}, nil
}

func (d *document) sort() {
	slices.SortStableFunc(d.entries, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
}

// upgrade rewrites the entries in version v.
func (d *document) upgrade(v contract.SpecVersion) error {
	if len(d.entries) == 0 || d.version == v {
		return nil
	}
	p, err := contract.Decode(d.text())
	if err != nil {
		return err
	}
	upgraded, err := encode(p, v)
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
}

// merge puts the entries of added into d, for rule 4.
func (d *document) merge(added *document, r run) error {
	if len(d.entries) == 0 {
		d.list, d.version = added.list, added.version
	}
	if d.list != added.list {
		return fmt.Errorf("a pact of version %s holds either HTTP interactions or messages: write both as V4, or give the messages a provider name of their own", added.version)
	}
	if err := d.sameParties(added); err != nil {
		return err
	}
	for _, e := range added.entries {
		e.owner = r.owner
		d.put(e)
	}
	if d.metadata == nil {
		d.metadata = map[string]json.RawMessage{}
	}
	maps.Copy(d.metadata, added.metadata)
	if d.rest == nil {
		d.rest = map[string]json.RawMessage{}
	}
	maps.Copy(d.rest, added.rest)
	return d.writeOwners()
}

func (d *document) put(e entry) {
	if e.key != "" {
		d.entries = slices.DeleteFunc(d.entries, func(old entry) bool { return old.key == e.key && old.id != e.id })
	}
	i, found := slices.BinarySearchFunc(d.entries, e.id, func(x entry, id string) int { return cmp.Compare(x.id, id) })
	if found {
		d.entries[i] = e
		return
	}
	d.entries = slices.Insert(d.entries, i, e)
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

// text assembles the file: two spaces of indentation and sorted members.
func (d *document) text() []byte {
	members := maps.Clone(d.rest)
	if members == nil {
		members = map[string]json.RawMessage{}
	}
	members[d.list] = nil
	members["metadata"] = nil
	size := 1024
	for _, e := range d.entries {
		size += len(e.text) + 8
	}
	out := bytes.NewBuffer(make([]byte, 0, size))
	out.WriteString("{")
	for i, name := range slices.Sorted(maps.Keys(members)) {
		if i > 0 {
			out.WriteString(",")
		}
		quoted, _ := json.Marshal(name) // a string always marshals
		fmt.Fprintf(out, "\n  %s: ", quoted)
		switch name {
		case d.list:
			d.writeEntries(out)
		case "metadata":
			writeIndented(out, d.metadata)
		default:
			writeIndented(out, members[name])
		}
	}
	out.WriteString("\n}\n")
	return out.Bytes()
}

func (d *document) writeEntries(out *bytes.Buffer) {
	out.WriteString("[")
	for i, e := range d.entries {
		if i > 0 {
			out.WriteString(",")
		}
		out.WriteString("\n    ")
		out.Write(e.text)
	}
	if len(d.entries) > 0 {
		out.WriteString("\n  ")
	}
	out.WriteString("]")
}

func writeIndented(out *bytes.Buffer, v any) {
	text, err := json.Marshal(v)
	if err != nil { // what was parsed can be written
		text = []byte("null")
	}
	_ = json.Indent(out, text, "  ", "  ")
}
