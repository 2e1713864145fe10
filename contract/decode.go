package contract

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Note is something the reader had to guess at or leave out.
type Note struct {
	// Where is the place in the document, such as "interactions[3].request.method".
	Where string
	// What was read instead, as a sentence.
	What string
}

// Decode reads a pact file of any specification version. Files of real tools
// stray from the specification in many ways; what is clear is read, as
// reference implementations do, and what is not is a [*FormatError] that
// names the place, as is what [CheckUnique] refuses. The result shares no memory
// with data.
//
// Nesting is limited to 10,000 levels, that of rules to 50. All that is
// allocated on the way stays within 10 times the size of data where the size
// is in bodies, and within 500 times in the worst case, a file of nothing but
// empty interactions.
func Decode(data []byte) (*Pact, error) {
	p, _, err := DecodeNotes(data)
	return p, err
}

// DecodeNotes is [Decode] that also tells what it had to guess at.
func DecodeNotes(data []byte) (p *Pact, notes []Note, err error) {
	defer barrier(&err)
	root, err := parseRaw(append([]byte(nil), data...))
	if err != nil {
		return nil, nil, err
	}
	if !root.isObject() {
		return nil, nil, &FormatError{What: "expected an object with consumer, provider and interactions, found " + root.kind()}
	}
	members := root.members()
	if err := root.checkUnique(members); err != nil {
		return nil, nil, err
	}
	d := &decoder{}
	if p, err = d.pact(members); err != nil {
		return nil, nil, err
	}
	return p, d.notes, nil
}

// barrier turns a panic, which is a fault of this package, into an error: no
// file ends the process that reads it.
func barrier(err *error) {
	if cause := recover(); cause != nil {
		*err = &FormatError{What: fmt.Sprintf("cannot be read: internal error (%v); please report it together with the file", cause)}
	}
}

// decoder reads one document or fragment.
type decoder struct {
	version SpecVersion
	// where is the interaction being read, such as "interactions[2]".
	where string
	// depth is how many rules are being read inside each other.
	depth int
	notes []Note
}

func (d *decoder) place(part string) string {
	switch {
	case d.where == "":
		return part
	case part == "":
		return d.where
	default:
		return d.where + "." + part
	}
}

func (d *decoder) note(part, format string, args ...any) {
	d.notes = append(d.notes, Note{Where: d.place(part), What: fmt.Sprintf(format, args...)})
}

func (d *decoder) fail(part, format string, args ...any) error {
	return &FormatError{Where: d.place(part), What: fmt.Sprintf(format, args...)}
}

func (d *decoder) pact(o object) (*Pact, error) {
	p := &Pact{}
	p.Metadata, p.Version = d.metadata(o.get("metadata"), o.get("interactions"))
	d.version = p.Version
	p.Consumer = d.party(o.get("consumer"), "consumer")
	p.Provider = d.party(o.get("provider"), "provider")
	for _, m := range o {
		var err error
		switch m.name {
		case "metadata", "consumer", "provider":
		case "interactions":
			err = d.interactions(p, m.value)
		case "messages":
			err = d.messages(p, m.value)
		default:
			p.Extra = keep(p.Extra, m)
		}
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

func keep(extra map[string]json.RawMessage, m member) map[string]json.RawMessage {
	if extra == nil {
		extra = map[string]json.RawMessage{}
	}
	extra[m.name] = json.RawMessage(m.value.compact())
	return extra
}

// party reads the name of the consumer or provider.
func (d *decoder) party(r raw, role string) string {
	name := r.members().get("name")
	switch {
	case r.isString():
		d.note(role, "is a string instead of an object with a name")
		return r.text()
	case name == nil || name.isNull():
		d.note(role+".name", "is missing; %q is taken", role)
		return role
	case !name.isString():
		d.note(role+".name", "is %s instead of a string", name.kind())
	}
	return name.text()
}

// metadata returns the members other than the specification version, and the
// version. Where it is missing or unknown the interactions tell: only V4 gives
// them a type.
func (d *decoder) metadata(r, interactions raw) (map[string]any, SpecVersion) {
	meta := r.values()
	if r != nil && !r.isObject() {
		d.note("metadata", "is %s instead of an object and is left out", r.kind())
	}
	version, found := takeVersion(meta)
	if version == VersionUnknown {
		what, taken := "is not a known version", V3
		if !found {
			what = "is missing"
		}
		if typed(interactions) {
			taken = V4
		}
		d.note("metadata.pactSpecification.version", "%s; version %c is taken", what, taken.String()[0])
		version = taken
	}
	if len(meta) == 0 {
		meta = nil
	}
	return meta, version
}

// typed reports whether the first interaction has one of the types of V4.
func typed(interactions raw) bool {
	list := interactions.elements()
	if len(list) == 0 {
		return false
	}
	kind := list[0].members().get("type")
	return kind.isString() && slices.ContainsFunc([]Kind{KindHTTP, KindAsyncMessage, KindSyncMessage}, func(k Kind) bool {
		return strings.EqualFold(kind.text(), string(k))
	})
}

// takeVersion removes the version from meta in any of its spellings: the
// member of the specification, "pact-specification" of older files and
// "pactSpecificationVersion" of the first Ruby ones.
func takeVersion(meta map[string]any) (version SpecVersion, found bool) {
	for _, name := range []string{"pactSpecification", "pact-specification"} {
		spec, ok := meta[name].(map[string]any)
		text, isText := scalarText(spec["version"])
		if !ok {
			text, isText = scalarText(meta[name]) // "pactSpecification": "2.0.0"
		}
		if isText && !found {
			version, found = ParseSpecVersion(text), true
		}
		if delete(spec, "version"); len(spec) == 0 {
			delete(meta, name)
		}
	}
	if text, ok := scalarText(meta["pactSpecificationVersion"]); ok {
		if !found {
			version, found = ParseSpecVersion(text), true
		}
		delete(meta, "pactSpecificationVersion")
	}
	return version, found
}

func scalarText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	default:
		return "", false
	}
}

// ParseSpecVersion reads a version as pact files and people spell it: "1",
// "1.0", "1.0.0", "4.0", "V4", "v1.1", "V1_1". It returns [VersionUnknown] for
// anything else.
func ParseSpecVersion(s string) SpecVersion {
	s = strings.ToLower(strings.TrimSpace(s))
	parts := strings.Split(strings.ReplaceAll(strings.TrimPrefix(s, "v"), "_", "."), ".")
	major, err := strconv.Atoi(parts[0])
	if err != nil || len(parts) > 3 {
		return VersionUnknown
	}
	switch major {
	case 1:
		if len(parts) > 1 && parts[1] == "1" {
			return V1_1
		}
		return V1
	case 2:
		return V2
	case 3:
		return V3
	case 4:
		return V4
	default:
		return VersionUnknown
	}
}

// interactions reads the list of that name: HTTP before V4, any kind in V4.
func (d *decoder) interactions(p *Pact, r raw) error {
	return d.each(r, "interactions", func(o object, number int) error {
		var i Interaction
		var err error
		if d.version == V4 {
			i, err = d.interactionV4(o, number)
		} else {
			i, err = d.interactionV3(o, number)
		}
		p.Interactions = append(p.Interactions, i)
		return err
	})
}

// messages reads the list of a V3 message pact.
func (d *decoder) messages(p *Pact, r raw) error {
	return d.each(r, "messages", func(o object, number int) error {
		m, err := d.messageV3(o, number)
		p.Interactions = append(p.Interactions, m)
		return err
	})
}

// each calls read for the objects of the list r, numbered from 1.
func (d *decoder) each(r raw, list string, read func(o object, number int) error) error {
	if r.isNull() {
		return nil
	}
	if !r.isArray() {
		return d.fail(list, "expected a list, found %s", r.kind())
	}
	defer func() { d.where = "" }()
	for i, element := range r.elements() {
		d.where = list + "[" + strconv.Itoa(i) + "]"
		if !element.isObject() {
			return d.fail("", "expected an object, found %s", element.kind())
		}
		if err := read(element.members(), i+1); err != nil {
			return err
		}
	}
	return nil
}
