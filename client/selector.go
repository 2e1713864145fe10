package client

import (
	"encoding/json"
	"maps"

	"github.com/treatyhq/treaty/internal/exact"
)

// MarshalJSON writes the fields that are set, and Members, which win over them.
func (s ConsumerVersionSelector) MarshalJSON() ([]byte, error) {
	type fields ConsumerVersionSelector
	data, err := json.Marshal(fields(s))
	if err != nil || len(s.Members) == 0 {
		return data, err
	}
	var all map[string]any
	if err := exact.Decode(data, &all); err != nil {
		return nil, err
	}
	maps.Copy(all, s.Members)
	return json.Marshal(all)
}
