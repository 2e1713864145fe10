package kernel

import (
	"encoding/json"
	"time"
)

// Environment is a place where versions are deployed or released.
type Environment struct {
	ID          int64
	UUID        string
	Name        string
	DisplayName string
	Production  bool
	Contacts    []Contact // nil if never given
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Contact is someone who answers for an environment.
type Contact struct {
	Name    string
	Details json.RawMessage // a JSON object, or nil
}

// NamesOf returns the names of environments, in their order.
func NamesOf(environments []Environment) []string {
	names := make([]string, len(environments))
	for i, e := range environments {
		names[i] = e.Name
	}
	return names
}
