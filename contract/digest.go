package contract

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the identity that Pact Broker's API shows; not a security measure
	"encoding/hex"
	"slices"
)

// Digest returns the identity of the content of a pact file that affects
// verification: the SHA-1, in 40 hexadecimal digits, of its interactions and
// messages in an order of their own, with sorted keys, and the specification
// version. Names and other metadata do not count. It is the number that Pact
// Broker gives to the same content as submitted, before it adds ids: an "_id"
// that is there counts. A document without interactions and messages counts
// whole. The error is a [*FormatError].
func Digest(data []byte) (string, error) {
	d, err := parseDocument(data)
	if err != nil {
		return "", err
	}
	return d.digest(), nil
}

// Stored is what a broker keeps of a pact file.
type Stored struct {
	// Digest is what the function of that name returns: 40 hexadecimal digits
	// for the content that affects verification.
	Digest string
	// Body is the file as [WithInteractionIDs] returns it.
	Body []byte
	// Interactions and Messages are how many the lists of these names have; 0
	// for what is not a list.
	Interactions int
	Messages     int
	// Consumer and Provider are the names in the file, empty where there is none.
	Consumer string
	Provider string
}

// ForStorage returns what [Digest] and [WithInteractionIDs] return, in one pass.
// The error is a [*FormatError], also for what [CheckUnique] refuses.
func ForStorage(data []byte) (Stored, error) {
	d, err := parseDocument(data)
	if err != nil {
		return Stored{}, err
	}
	if err := d.text.checkUnique(d.members); err != nil {
		return Stored{}, err
	}
	return Stored{
		Digest: d.digest(), Body: d.withIDs(),
		Interactions: len(d.list("interactions")), Messages: len(d.list("messages")),
		Consumer: d.party("consumer"), Provider: d.party("provider"),
	}, nil
}

// document is a pact file cut into its members, with its interactions and
// messages parsed once for all that is made of them.
type document struct {
	text    raw
	members object
	// lists holds the elements of the members that are lists of interactions or
	// messages, by the place of the member.
	lists [][]element
}

// element is an interaction or message.
type element struct {
	text      raw
	canonical []byte // with sorted keys
}

func parseDocument(data []byte) (document, error) {
	r, err := parseRaw(data)
	if err != nil {
		return document{}, err
	}
	d := document{text: r, members: r.members()}
	d.lists = make([][]element, len(d.members))
	for i, m := range d.members {
		if m.value.isArray() && (m.name == "interactions" || m.name == "messages") {
			d.lists[i] = parseElements(m.value)
		}
	}
	return d, nil
}

func parseElements(r raw) []element {
	out := []element{} // not nil: an empty list is a list
	for _, text := range r.elements() {
		b := bytes.NewBuffer(make([]byte, 0, len(text)))
		writeCanonical(b, text, true)
		out = append(out, element{text, b.Bytes()})
	}
	return out
}

// list returns the elements of the last member with the name, nil if it is not
// a list.
func (d document) list(name string) []element {
	for i := len(d.members) - 1; i >= 0; i-- {
		if d.members[i].name == name {
			return d.lists[i]
		}
	}
	return nil
}

// party returns the name of the consumer or the provider.
func (d document) party(role string) string {
	if name := d.members.get(role).members().get("name"); name.isString() {
		return name.text()
	}
	return ""
}

func (d document) digest() string { return sha(d.canonical()) }

func sha(text []byte) string {
	sum := sha1.Sum(text) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}

// canonical is the text that [Digest] hashes.
func (d document) canonical() []byte {
	b := bytes.NewBuffer(make([]byte, 0, len(d.text)+64))
	interactions, messages := d.list("interactions"), d.list("messages")
	if interactions == nil && messages == nil {
		writeCanonical(b, d.text, false)
		return b.Bytes()
	}
	b.WriteByte('{')
	if interactions != nil {
		b.WriteString(`"interactions":`)
		writeList(b, interactions, true)
	}
	if messages != nil {
		if interactions != nil {
			b.WriteByte(',')
		}
		b.WriteString(`"messages":`)
		writeList(b, messages, interactions == nil)
	}
	if version := rawVersion(d.members.get("metadata").members()); version != nil {
		b.WriteString(`,"pact_specification_version":`)
		writeCanonical(b, version, true)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// truthy returns nil for what the original takes as absent.
func truthy(r raw) raw {
	if r.isNull() || len(r) > 0 && r[0] == 'f' {
		return nil
	}
	return r
}

// rawVersion finds the specification version in its three spellings.
func rawVersion(meta object) raw {
	for _, name := range []string{"pactSpecification", "pact-specification"} {
		if v := truthy(meta.get(name).members().get("version")); v != nil {
			return v
		}
	}
	return truthy(meta.get("pactSpecificationVersion"))
}

// writeList writes the elements. Where a file has both interactions and
// messages only the former are sorted.
func writeList(b *bytes.Buffer, list []element, sorted bool) {
	if sorted {
		list = slices.Clone(list)
		slices.SortFunc(list, func(x, y element) int { return bytes.Compare(x.canonical, y.canonical) })
	}
	b.WriteByte('[')
	for i, e := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(e.canonical)
	}
	b.WriteByte(']')
}

func withoutID(o object) object {
	out := make(object, 0, len(o))
	for _, m := range o {
		if m.name != "_id" {
			out = append(out, m)
		}
	}
	return out
}

// InteractionDigest returns the "_id" that Pact Broker gives to an
// interaction or message, written as the JSON object in data. An id that is
// already there does not count.
func InteractionDigest(data []byte) (string, error) {
	r, err := parseRaw(data)
	if err != nil {
		return "", err
	}
	if !r.isObject() {
		return "", &FormatError{What: "expected an interaction, found " + r.kind()}
	}
	n, _ := parseNode(r, 0)
	n.members = slices.DeleteFunc(n.members, func(m nodeMember) bool { return m.name.text() == "_id" })
	var b bytes.Buffer
	n.writeObject(&b, true)
	return sha(b.Bytes()), nil
}

// WithInteractionIDs returns the pact file data with an "_id" in front of
// each interaction and message, as a broker stores it: the one that is there,
// else its [InteractionDigest]. Everything else stays as it is, without insignificant
// space. The error is a [*FormatError].
func WithInteractionIDs(data []byte) ([]byte, error) {
	d, err := parseDocument(data)
	if err != nil {
		return nil, err
	}
	return d.withIDs(), nil
}

func (d document) withIDs() []byte {
	if !d.text.isObject() {
		return d.text.compact()
	}
	const idLength = len(`"_id":"",`) + 2*sha1.Size
	elements := 0
	for _, list := range d.lists {
		elements += len(list)
	}
	out := make([]byte, 0, len(d.text)+elements*idLength)
	out = append(out, '{')
	for i, m := range d.members {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendName(out, m.name)
		if d.lists[i] != nil {
			out = appendWithIDs(out, d.lists[i])
		} else {
			out = append(out, m.value.compact()...)
		}
	}
	return append(out, '}')
}

func appendName(out []byte, name string) []byte {
	b := bytes.NewBuffer(out)
	writeString(b, name)
	return append(b.Bytes(), ':')
}

func appendWithIDs(out []byte, list []element) []byte {
	out = append(out, '[')
	for i, e := range list {
		if i > 0 {
			out = append(out, ',')
		}
		if !e.text.isObject() {
			out = append(out, e.text.compact()...)
			continue
		}
		o := e.text.members()
		out = append(out, `{"_id":`...)
		if id := o.get("_id"); id != nil {
			out = append(out, id.compact()...)
		} else { // without an id, the text is what [InteractionDigest] hashes
			out = append(out, `"`+sha(e.canonical)+`"`...)
		}
		for _, m := range withoutID(o) {
			out = append(out, ',')
			out = append(appendName(out, m.name), m.value.compact()...)
		}
		out = append(out, '}')
	}
	return append(out, ']')
}
