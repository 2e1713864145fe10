package pactfile

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/treatyhq/treaty/contract"
)

// frame is a pact without its interactions. The tests of one run have the same
// time and again, so it is written once.
type frame struct {
	pact contract.Pact
	in   contract.SpecVersion
	doc  *document
}

// of returns the document of p without its interactions. It is shared: nobody
// may change its members.
func (f *frame) of(p *contract.Pact, v contract.SpecVersion) (document, error) {
	bare := *p
	bare.Interactions = nil
	if f.doc != nil && f.in == v && reflect.DeepEqual(f.pact, bare) {
		return *f.doc, nil
	}
	text, err := contract.Encode(&bare, v)
	if err != nil {
		return document{}, err
	}
	doc, err := parse(text)
	if err != nil {
		return document{}, err
	}
	bare.Metadata, bare.Extra = maps.Clone(bare.Metadata), maps.Clone(bare.Extra)
	*f = frame{pact: bare, in: v, doc: doc}
	return *doc, nil
}

// encode writes p's interactions in version v.
func encode(p *contract.Pact, v contract.SpecVersion, f *frame) (*document, error) {
	d, err := f.of(p, v)
	if err != nil {
		return nil, err
	}
	for n, i := range p.Interactions {
		list := "interactions"
		if i.Kind() == contract.KindAsyncMessage && v < contract.V4 {
			list = "messages"
		}
		if n > 0 && list != d.list {
			return nil, oneKindOnly(v)
		}
		d.list = list
		text, err := contract.EncodeInteraction(i, p.Version, v)
		if err != nil {
			return nil, err
		}
		e, err := entryOf(i, v, text)
		if err != nil {
			return nil, err
		}
		d.entries = append(d.entries, e)
	}
	d.tidy()
	return &d, nil
}

func oneKindOnly(v contract.SpecVersion) error {
	return fmt.Errorf("a pact of version %s holds either HTTP interactions or messages: write both as V4, or give the messages a provider name of their own", v)
}

// entryOf is the entry of an interaction that was written as text in version v:
// what [identify] reads from the text, without reading it where it is plain.
func entryOf(i contract.Interaction, v contract.SpecVersion, text []byte) (entry, error) {
	c := i.Base()
	if len(c.Extra) > 0 || !utf8.ValidString(c.Description) || !utf8.ValidString(c.Key) {
		return identify(text)
	}
	states, plain := plainStates(c.States)
	if !plain {
		return identify(text)
	}
	kind, key := contract.KindHTTP, ""
	if v == contract.V4 {
		kind, key = i.Kind(), c.Key
	}
	return entry{
		id:          strings.Join([]string{c.Description, states, string(kind)}, "\x00"),
		key:         key,
		description: c.Description,
		text:        text,
	}, nil
}

// plainStates is the text of provider states that have no parameters, whose
// values might be read back as others.
func plainStates(states []contract.ProviderState) (text string, plain bool) {
	if len(states) == 0 {
		return "null", true
	}
	names := make([]struct {
		Name string `json:"name"`
	}, len(states))
	for n, s := range states {
		if len(s.Params) > 0 || !utf8.ValidString(s.Name) {
			return "", false
		}
		names[n].Name = s.Name
	}
	list, err := json.Marshal(names)
	return string(list), err == nil
}
