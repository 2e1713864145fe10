package picking

import (
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// picking is a request for pacts to verify while it is answered.
type picking struct {
	tx       kernel.Tx
	provider kernel.Pacticipant
	query    PactsForVerificationQuery
	now      time.Time
	lookBack time.Duration
	// dynamicWindow replaces the date from which work in progress counts.
	dynamicWindow bool
	window        kernel.WIPWindow
	// scopes are the provider's branch, or else its tags.
	scopes []kernel.Scope
	// consumers are those that selectors name, as far as they have been looked up.
	consumers map[string]kernel.Pacticipant
}
