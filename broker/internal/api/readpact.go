package api

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/exact"
)

// borrowed is a JSON value as the part of a document that it stands in.
type borrowed []byte

// UnmarshalJSON keeps data, which belongs to a body that nobody changes.
func (b *borrowed) UnmarshalJSON(data []byte) error {
	*b = data
	return nil
}

// parsePact is parseJSON for a body that is a pact. Of that, the address has to
// agree with the names alone: a hundred thousand interactions as values take a
// hundred times the room of their text.
func parsePact(text []byte) (any, error) {
	trimmed := bytes.TrimSpace(text)
	if len(trimmed) == 0 || trimmed[0] != '{' || !utf8.Valid(text) || jsonDepth(text) > maxJSONDepth {
		return parseJSON(text)
	}
	var members map[string]borrowed
	if json.Unmarshal(text, &members) != nil {
		return parseJSON(text) // which says what is wrong
	}
	values := make(map[string]any, 2)
	for _, role := range []string{"consumer", "provider"} {
		if member, given := members[role]; given {
			value, err := exact.Value(member)
			if err != nil {
				return nil, kernel.Errorf(kernel.CodeInvalid, "The %s of the pact cannot be read: %v", role, err)
			}
			values[role] = value
		}
	}
	return values, nil
}
