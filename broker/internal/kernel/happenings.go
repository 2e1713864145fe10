package kernel

import (
	"time"

	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// Happenings is what happened last, and since when something holds. Each method costs
// what it returns, however long the history is.
type Happenings interface {
	// RecentPublications returns the last publications, newest first.
	RecentPublications(limit int) ([]PactPublication, error)
	// RecentVerifications returns the last results, newest first, without details.
	RecentVerifications(limit int) ([]Verification, error)
	// RecentDeployments returns the last deployments, newest first.
	RecentDeployments(limit int) ([]DeployedVersion, error)
	// RecentReleases returns the last releases, newest first.
	RecentReleases(limit int) ([]ReleasedVersion, error)
	// ResultsBefore returns the results of a content up to the one with the number,
	// newest first, with no more of the provider version than its identity.
	ResultsBefore(contentID, number int64, limit int) ([]matrix.Result, error)
	// ContentStates tells of contents what became of them, by identity.
	ContentStates(contentIDs []int64) (map[int64]ContentState, error)
}

// ContentState is what became of a content.
type ContentState struct {
	// CreatedAt is when it was published first.
	CreatedAt time.Time
	// Verified says that it has any result, VerifiedByMain that it has one of the main
	// branch of its provider.
	Verified, VerifiedByMain bool
	// MainResult is the identity of its newest result of that main branch, 0 if it has
	// none.
	MainResult int64
}
