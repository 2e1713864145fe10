package kernel

import (
	"time"
)

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
	// CountedAt is when all of this was so; zero if it is now.
	CountedAt time.Time `json:"-"`
}
