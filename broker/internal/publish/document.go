package publish

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/contract"
)

// document is a pact file, ready to be stored.
type document struct {
	sha          string
	body         []byte // with an _id in each interaction
	packed       []byte
	interactions int
	messages     int
	// consumer and provider are the names it has, perhaps none.
	consumer, provider string
}

// prepare reads a pact file. It is done before the transaction: hashing and
// compressing must not keep others waiting.
func (s *Service) prepare(content []byte) (document, error) {
	if !utf8.Valid(content) {
		return document{}, kernel.Errorf(kernel.CodeInvalid, "the pact is not UTF-8 text")
	}
	trimmed := bytes.TrimSpace(content)
	if len(trimmed) == 0 || trimmed[0] != '{' {
		return document{}, kernel.Errorf(kernel.CodeInvalid, "the pact must be a JSON object")
	}
	stored, err := contract.ForStorage(content)
	if err != nil {
		return document{}, kernel.Errorf(kernel.CodeInvalid, "the pact cannot be read: %v", err)
	}
	d := document{
		sha: stored.Digest, body: stored.Body, interactions: stored.Interactions, messages: stored.Messages,
		consumer: stored.Consumer, provider: stored.Provider,
	}
	if !s.Settings.EqualityOnContentOnly {
		if d.sha, err = wholeDigest(content); err != nil {
			return d, kernel.Errorf(kernel.CodeInvalid, "the pact cannot be read: %v", err)
		}
	}
	d.packed, err = kernel.PackBody(d.body)
	return d, err
}

// wholeDigest is the identity of a pact where all of its text counts.
func wholeDigest(content []byte) (string, error) {
	var whole bytes.Buffer
	if err := json.Compact(&whole, content); err != nil {
		return "", err
	}
	sum := sha1.Sum(whole.Bytes()) //nolint:gosec // see above
	return hex.EncodeToString(sum[:]), nil
}

// member is one member of a JSON object.
type member struct {
	key   string
	value json.RawMessage
}

// object is a JSON object that keeps the order of its members.
type object []member

func parseObject(text []byte) (object, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if opening, err := decoder.Token(); err != nil || opening != json.Delim('{') {
		return nil, fmt.Errorf("not a JSON object")
	}
	var o object
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		name, _ := key.(string) // keys of an object are strings
		o = append(o, member{name, value})
	}
	return o, nil
}

func (o object) get(key string) json.RawMessage {
	for _, m := range o {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

// with returns o with the member set, at its old place or at the end.
func (o object) with(key string, value json.RawMessage) object {
	for i, m := range o {
		if m.key == key {
			o[i].value = value
			return o
		}
	}
	return append(o, member{key, value})
}

func (o object) without(key string) object {
	out := make(object, 0, len(o))
	for _, m := range o {
		if m.key != key {
			out = append(out, m)
		}
	}
	return out
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := encodePlain(m.key)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encodePlain is json.Marshal without escaping what HTML minds.
func encodePlain(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// withoutIDs returns the pact without the ids that storing added.
func withoutIDs(body []byte) ([]byte, error) {
	o, err := parseObject(body)
	if err != nil {
		return nil, err
	}
	for _, key := range []string{"interactions", "messages"} {
		items, isList := listOf(o.get(key))
		if !isList {
			continue
		}
		for i, item := range items {
			if inner, err := parseObject(item); err == nil {
				if items[i], err = inner.without("_id").MarshalJSON(); err != nil {
					return nil, err
				}
			}
		}
		o = o.with(key, joinList(items))
	}
	return o.MarshalJSON()
}

func listOf(value json.RawMessage) ([]json.RawMessage, bool) {
	var items []json.RawMessage
	if value == nil || json.Unmarshal(value, &items) != nil || items == nil {
		return nil, false
	}
	return items, true
}

func joinList(items []json.RawMessage) json.RawMessage {
	parts := make([][]byte, len(items))
	for i, item := range items {
		parts[i] = item
	}
	return append(append([]byte{'['}, bytes.Join(parts, []byte{','})...), ']')
}
