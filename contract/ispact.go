package contract

import (
	"bytes"
	"encoding/json"
)

// HoldsPact reports whether a JSON document has anything of a pact: a consumer, a
// provider, interactions or messages. [Decode] reads any other object as a pact
// that asks for nothing, which whoever was given a wrong file or address would
// take for a contract that is kept.
func HoldsPact(data []byte) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), &members) != nil {
		return false
	}
	for _, name := range []string{"consumer", "provider", "interactions", "messages"} {
		if _, ok := members[name]; ok {
			return true
		}
	}
	return false
}
