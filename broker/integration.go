package broker

import (
	"encoding/json"
	"time"
)

// Integration is a consumer and a provider that have or had a pact.
type Integration struct {
	Consumer Party
	Provider Party
	// ChangedAt is when a pact or a result of the pair was last stored; zero if
	// never.
	ChangedAt time.Time
}

// IntegrationQuery selects integrations.
type IntegrationQuery struct {
	Search string // case-insensitive part of either name
	Page   Page
}

// GroupMember is a pacticipant in a network of integrations.
type GroupMember struct {
	Party
	// Providers are the ids of its providers, ascending.
	Providers []int64
}

// ProviderStateUse is a provider state and who relies on it.
type ProviderStateUse struct {
	Name      string
	Params    json.RawMessage // a JSON object, or nil
	Consumers []string        // in the order of their versions
}
