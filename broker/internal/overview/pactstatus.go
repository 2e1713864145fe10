package overview

import (
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// VerificationStatus is a pact's state in one word.
type VerificationStatus string

// The states of a pact.
const (
	StatusNever         VerificationStatus = "never"
	StatusSuccess       VerificationStatus = "success"
	StatusStale         VerificationStatus = "stale" // changed since its last success
	StatusFailed        VerificationStatus = "failed"
	StatusFailedPending VerificationStatus = "failed_pending"
)

// DashboardQuery selects pairs for the dashboard. Consumer and Provider are
// both set or both empty.
type DashboardQuery struct {
	Consumer string
	Provider string
	Page     kernel.Page // counts items
}

// DashboardItem is a pact worth a look: the latest of a pair, the latest with a
// tag, or one that is live.
type DashboardItem struct {
	// Pact has no body. Its Tags are only those for which it is the newest.
	Pact kernel.Pact
	// HeadBranches are the branches whose head the consumer version is.
	HeadBranches []string
	// Verification is the newest result of the content; nil if it has none, also
	// where an earlier content of the same line has one.
	Verification         *kernel.Verification
	ProviderHeadBranches []string
	ProviderTags         []kernel.Tag
	Status               VerificationStatus
	// WebhookStatus is "none" or a TriggerStatus.
	WebhookStatus string
	LastActivity  time.Time
}

// PactStatus is the state of a pact.
type PactStatus struct {
	// Pact is nil if there is no such pact.
	Pact *kernel.Pact
	// Verification is the newest result of the pact itself; nil if it has none.
	Verification *kernel.Verification
	Status       VerificationStatus
	// Line is what a badge tells: the state of the newest result that the pact or
	// an earlier one of its line has. A failure stays red until there is another
	// result, as Pact Broker's badges do.
	Line VerificationStatus
}
