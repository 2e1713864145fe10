package kernel

import (
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
