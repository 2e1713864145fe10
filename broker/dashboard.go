package broker

import "time"

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
	Page     Page // counts items
}

// DashboardItem is a pact worth a look: the latest of a pair, the latest with a
// tag, or one that is live.
type DashboardItem struct {
	// Pact has no body. Its Tags are only those for which it is the newest.
	Pact Pact
	// HeadBranches are the branches whose head the consumer version is.
	HeadBranches []string
	// Verification is the newest result of the content; nil if it has none, also
	// where an earlier content of the same line has one.
	Verification         *Verification
	ProviderHeadBranches []string
	ProviderTags         []Tag
	Status               VerificationStatus
	// WebhookStatus is "none" or a TriggerStatus.
	WebhookStatus string
	LastActivity  time.Time
}

// PactStatus is the state of a pact.
type PactStatus struct {
	// Pact is nil if there is no such pact.
	Pact *Pact
	// Verification is the newest result of the pact itself; nil if it has none.
	Verification *Verification
	Status       VerificationStatus
	// Line is what a badge tells: the state of the newest result that the pact or
	// an earlier one of its line has. A failure stays red until there is another
	// result, as Pact Broker's badges do.
	Line VerificationStatus
}

// Metrics counts what the broker holds.
type Metrics struct {
	LatestInteractions, LatestMessages        int64
	Pacticipants, PacticipantsWithMainBranch  int64
	Integrations                              int64     // pairs that have a pact
	Publications                              int64     // all revisions
	FirstPublication, LastPublication         time.Time // zero if none
	Contents                                  int64
	RevisionsPerVersion                       map[int64]int64
	Verifications, Successes, Failures        int64
	DistinctVerifications                     int64
	FirstVerification, LastVerification       time.Time // zero if none
	VerificationsPerContent                   map[int64]int64
	Versions, VersionsWithUserBranch          int64
	VersionsWithBranch                        int64
	Webhooks                                  int64
	Tags, DistinctTags, DistinctTagsPerParty  int64
	TriggeredWebhooks, WebhookExecutions      int64
	Environments                              int64
	Deployed, UserDeployed, CurrentlyDeployed int64
	Released, CurrentlySupported              int64
}
