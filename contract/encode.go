package contract

import (
	"bytes"
	"encoding/json"
	"maps"
	"strconv"
)

// tree is a JSON object to be written; its keys are written sorted. Contents
// stand in it as json.RawMessage and keep their own order.
type tree = map[string]any

// Encode writes p in the form of specification version v, indented by two
// spaces, keys sorted; bodies keep the order of their keys. The same pact
// gives the same bytes.
//
// Writing a pact as an older version than its own drops what V4 added around
// an exchange (key, pending, comments, plugin configuration, markup,
// transport), as the reference implementation does. What would change the
// meaning is an [*UnsupportedError] instead: a message below V3, HTTP beside
// messages or a synchronous message below V4, several provider states or
// parameters below V3, generators below V3, rules below V2, a rule or a
// combination that V2 does not have, a body whose bytes a V3 file cannot hold.
func Encode(p *Pact, v SpecVersion) ([]byte, error) {
	if v < V1 || v > V4 {
		return nil, unknownVersion(v)
	}
	e := encoder{version: v, down: p.Version > v}
	doc, err := e.pact(p)
	if err != nil {
		return nil, err
	}
	return writeJSON(doc)
}

// EncodeInteraction writes one interaction of a pact of version from as it
// stands in the list of what [Encode] writes in version to: all lines but the
// first are indented for their place there. It fails where Encode would.
func EncodeInteraction(i Interaction, from, to SpecVersion) ([]byte, error) {
	if to < V1 || to > V4 {
		return nil, unknownVersion(to)
	}
	e := encoder{version: to, down: from > to, where: "interaction " + strconv.Quote(i.Base().Description)}
	t, err := e.interaction(i)
	if err != nil {
		return nil, err
	}
	w := writer{}
	w.out.Grow(typicalSize)
	w.value(t, 2)
	text, err := w.result()
	return bytes.Clone(text), err
}

// typicalSize is the size of most interactions, with room to spare.
const typicalSize = 4 << 10

func unknownVersion(v SpecVersion) error {
	return &UnsupportedError{Where: "pact", What: "anything, because it is not known", Version: v, Needs: V4}
}

// encoder writes one document.
type encoder struct {
	version SpecVersion
	// down is true when the pact's own version is newer than version.
	down  bool
	where string
}

func (e *encoder) pact(p *Pact) (tree, error) {
	doc := withExtra(p.Extra)
	doc["consumer"] = tree{"name": p.Consumer}
	doc["provider"] = tree{"name": p.Provider}
	doc["metadata"] = e.metadata(p.Metadata)
	interactions, messages := []tree{}, []tree{}
	for i, one := range p.Interactions {
		e.where = "interaction " + strconv.Itoa(i+1) + " " + strconv.Quote(one.Base().Description)
		t, err := e.interaction(one)
		if err != nil {
			return nil, err
		}
		if one.Kind() == KindAsyncMessage && e.version < V4 {
			messages = append(messages, t)
		} else {
			interactions = append(interactions, t)
		}
	}
	if len(messages) > 0 {
		doc["messages"] = messages
	}
	if len(interactions) > 0 || len(messages) == 0 {
		doc["interactions"] = interactions
	}
	if len(interactions) > 0 && len(messages) > 0 && e.down {
		e.where = "pact"
		return nil, e.unsupported(V4, "HTTP interactions and messages in one file")
	}
	return doc, nil
}

func withExtra(extra map[string]json.RawMessage) tree {
	t := tree{}
	for name, value := range extra {
		t[name] = value
	}
	return t
}

// metadata adds the specification version to a copy of meta.
func (e *encoder) metadata(meta map[string]any) tree {
	out := tree{}
	maps.Copy(out, meta)
	spec := tree{}
	if old, ok := meta["pactSpecification"].(map[string]any); ok {
		maps.Copy(spec, old)
	}
	spec["version"] = e.version.String()
	out["pactSpecification"] = spec
	return out
}

func (e *encoder) interaction(i Interaction) (tree, error) {
	t, err := e.common(i.Base())
	if err != nil {
		return nil, err
	}
	if e.version == V4 {
		t["type"] = string(i.Kind())
	}
	switch i := i.(type) {
	case *HTTP:
		return t, e.exchange(t, i)
	case *AsyncMessage:
		if e.version < V3 {
			return nil, e.unsupported(V3, "a message")
		}
		return t, e.message(t, i.Message)
	case *SyncMessage:
		if e.version < V4 {
			return nil, e.unsupported(V4, "a synchronous message")
		}
		return t, e.syncMessage(t, i)
	default:
		return nil, e.unsupported(VersionUnknown, "an interaction of type %T", i)
	}
}

// common writes description, states and, in V4, what surrounds an exchange.
func (e *encoder) common(c *Common) (tree, error) {
	t := withExtra(c.Extra)
	if e.down {
		t = tree{}
	}
	t["description"] = c.Description
	if c.ID != "" {
		t["_id"] = c.ID
	}
	if err := e.states(t, c.States); err != nil {
		return nil, err
	}
	if e.version < V4 {
		return t, nil
	}
	t["pending"] = c.Pending
	if c.Key != "" {
		t["key"] = c.Key
	}
	if c.Transport != "" {
		t["transport"] = c.Transport
	}
	if len(c.Comments) > 0 {
		t["comments"] = c.Comments
	}
	if len(c.PluginConfiguration) > 0 {
		t["pluginConfiguration"] = c.PluginConfiguration
	}
	if c.Markup != nil {
		t["interactionMarkup"] = tree{"markup": c.Markup.Text, "markupType": c.Markup.Type}
	}
	return t, nil
}

// states writes "providerStates", and below V3 a single plain state as
// "providerState". A V2 file that came with several, or with an empty one, keeps
// the newer form.
func (e *encoder) states(t tree, states []ProviderState) error {
	if len(states) == 0 {
		return nil
	}
	if e.version < V3 && len(states) == 1 && len(states[0].Params) == 0 && states[0].Name != "" {
		t["providerState"] = states[0].Name
		return nil
	}
	if e.version < V3 && e.down {
		return e.unsupported(V3, "several provider states or their parameters")
	}
	list := []tree{}
	for _, s := range states {
		one := tree{"name": s.Name}
		if len(s.Params) > 0 {
			one["params"] = s.Params
		}
		list = append(list, one)
	}
	t["providerStates"] = list
	return nil
}
