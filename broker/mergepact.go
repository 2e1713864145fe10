package broker

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// mergeDocuments adds the interactions of added to base, which keeps all its
// other members. An interaction with the description and provider states of one
// that is there replaces it. With strict, it may only do so if it makes the same
// request, and both documents must have interactions; otherwise messages are
// merged too.
func mergeDocuments(base, added []byte, strict bool) ([]byte, error) {
	base, err := withoutIDs(base)
	if err != nil {
		return nil, err
	}
	to, err := parseObject(base)
	if err != nil {
		return nil, err
	}
	from, err := parseObject(added)
	if err != nil {
		return nil, Errorf(CodeInvalid, "the pact is not a JSON object: %w", err)
	}
	for _, key := range []string{"interactions", "messages"} {
		present, hasPresent := listOf(to.get(key))
		more, hasMore := listOf(from.get(key))
		if strict && key == "interactions" && (!hasPresent || !hasMore) {
			return nil, mergeConflict("only pacts with interactions can be merged")
		}
		if !hasMore || strict && key == "messages" {
			continue
		}
		merged, err := mergeLists(present, more, strict)
		if err != nil {
			return nil, err
		}
		to = to.with(key, joinList(merged))
	}
	return to.MarshalJSON()
}

func mergeConflict(text string) error {
	return Errorf(CodeConflict, "%s", text).WithReason(ReasonMergeConflict)
}

func mergeLists(present, more []json.RawMessage, strict bool) ([]json.RawMessage, error) {
	out := append([]json.RawMessage(nil), present...)
	known := make([]interactionKey, len(out))
	for i, item := range out {
		known[i] = keyOf(item)
	}
	for _, item := range more {
		key, at := keyOf(item), -1
		for i := range known {
			if known[i].sameAs(key) {
				at = i
				break
			}
		}
		switch {
		case at < 0:
			out, known = append(out, item), append(known, key)
		case strict && !reflect.DeepEqual(known[at].request, key.request):
			return nil, mergeConflict("an interaction with the description " + key.quoted() + " and the same provider states makes another request")
		default:
			out[at], known[at] = item, key
		}
	}
	return out, nil
}

// interactionKey is what tells interactions apart, and the request.
type interactionKey struct {
	description any
	states      any
	request     map[string]any
}

func keyOf(item json.RawMessage) interactionKey {
	decoder := json.NewDecoder(bytes.NewReader(item))
	decoder.UseNumber()
	var members map[string]any
	if decoder.Decode(&members) != nil {
		return interactionKey{description: string(item)} // equal to nothing but itself
	}
	key := interactionKey{description: members["description"], request: map[string]any{}}
	for _, name := range []string{"provider_state", "providerState", "providerStates"} {
		if members[name] != nil {
			key.states = members[name]
			break
		}
	}
	request, _ := members["request"].(map[string]any)
	for _, name := range []string{"method", "path", "query", "body", "headers"} {
		if value, given := request[name]; given {
			key.request[name] = value
		}
	}
	return key
}

func (k interactionKey) sameAs(other interactionKey) bool {
	return reflect.DeepEqual(k.description, other.description) && reflect.DeepEqual(k.states, other.states)
}

func (k interactionKey) quoted() string {
	text, err := encodePlain(k.description)
	if err != nil {
		return "given"
	}
	return string(text)
}
