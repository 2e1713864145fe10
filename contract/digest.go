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
	r, err := parseRaw(data)
	if err != nil {
		return "", err
	}
	sum := sha1.Sum(canonicalContent(r)) //nolint:gosec // see above
	return hex.EncodeToString(sum[:]), nil
}

// canonicalContent is the text that [Digest] hashes.
func canonicalContent(r raw) []byte {
	o := r.members()
	interactions, messages := list(o.get("interactions")), list(o.get("messages"))
	var b bytes.Buffer
	if interactions == nil && messages == nil {
		writeCanonical(&b, r, false)
		return b.Bytes()
	}
	b.WriteByte('{')
	if interactions != nil {
		b.WriteString(`"interactions":`)
		b.Write(canonicalList(interactions, true))
	}
	if messages != nil {
		if interactions != nil {
			b.WriteByte(',')
		}
		b.WriteString(`"messages":`)
		b.Write(canonicalList(messages, interactions == nil))
	}
	if version := rawVersion(o.get("metadata").members()); version != nil {
		b.WriteString(`,"pact_specification_version":`)
		writeCanonical(&b, version, true)
	}
	b.WriteByte('}')
	return b.Bytes()
}

func list(r raw) raw {
	if r.isArray() {
		return r
	}
	return nil
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

// canonicalList writes the items. Where a file has both interactions and
// messages only the former are sorted.
func canonicalList(r raw, sorted bool) []byte {
	var items [][]byte
	for _, element := range r.elements() {
		var b bytes.Buffer
		writeCanonical(&b, element, true)
		items = append(items, b.Bytes())
	}
	if sorted {
		slices.SortFunc(items, bytes.Compare)
	}
	out := append([]byte{'['}, bytes.Join(items, []byte{','})...)
	return append(out, ']')
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
	return interactionDigest(r), nil
}

func interactionDigest(r raw) string {
	n, _ := parseNode(r, 0)
	n.members = slices.DeleteFunc(n.members, func(m nodeMember) bool { return m.name.text() == "_id" })
	var b bytes.Buffer
	n.writeObject(&b, true)
	sum := sha1.Sum(b.Bytes()) //nolint:gosec // see Digest
	return hex.EncodeToString(sum[:])
}

// WithInteractionIDs returns the pact file data with an "_id" in front of
// each interaction and message, as a broker stores it: the one that is there,
// else its [InteractionDigest]. Everything else stays as it is, without insignificant
// space. The error is a [*FormatError].
func WithInteractionIDs(data []byte) ([]byte, error) {
	r, err := parseRaw(data)
	if err != nil {
		return nil, err
	}
	if !r.isObject() {
		return r.compact(), nil
	}
	out := []byte{'{'}
	for i, m := range r.members() {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendName(out, m.name)
		if m.name == "interactions" || m.name == "messages" {
			out = appendWithIDs(out, m.value)
		} else {
			out = append(out, m.value.compact()...)
		}
	}
	return append(out, '}'), nil
}

func appendName(out []byte, name string) []byte {
	var b bytes.Buffer
	writeString(&b, name)
	return append(append(out, b.Bytes()...), ':')
}

func appendWithIDs(out []byte, r raw) []byte {
	if !r.isArray() {
		return append(out, r.compact()...)
	}
	out = append(out, '[')
	for i, element := range r.elements() {
		if i > 0 {
			out = append(out, ',')
		}
		if !element.isObject() {
			out = append(out, element.compact()...)
			continue
		}
		o := element.members()
		out = append(out, `{"_id":`...)
		if id := o.get("_id"); id != nil {
			out = append(out, id.compact()...)
		} else {
			out = append(out, `"`+interactionDigest(element)+`"`...)
		}
		for _, m := range withoutID(o) {
			out = append(out, ',')
			out = append(appendName(out, m.name), m.value.compact()...)
		}
		out = append(out, '}')
	}
	return append(out, ']')
}
