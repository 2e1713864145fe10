package kernel

import (
	"slices"
	"time"
)

// Version is a version of a pacticipant.
type Version struct {
	ID          int64
	Pacticipant Party
	Number      string
	BuildURL    string // empty if not known
	// Order ranks the versions of one pacticipant; greater is later.
	Order     int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// VersionDetails is a version with what its resource shows.
type VersionDetails struct {
	Version
	// Branches are in the order in which the version was added to them: the
	// last one is "the" branch of the version.
	Branches []BranchVersion
	// Tags are in the order in which they were given.
	Tags []Tag
	// Pacts are those that the version published, without body.
	Pacts []PactPublication
	// Deployed and Released hold past records too, oldest first.
	Deployed []DeployedVersion
	Released []ReleasedVersion
	// Environments lists all environments of the broker, for the links that
	// record a deployment or a release. Lists leave it empty.
	Environments []Environment
}

// Branch returns the name of the branch the version was added to last, or "".
func (v VersionDetails) Branch() string {
	if len(v.Branches) == 0 {
		return ""
	}
	return v.Branches[len(v.Branches)-1].Branch
}

// LatestVersionQuery asks for the latest version, with Tag or at the head of
// Branch if one of them is set.
type LatestVersionQuery struct {
	Pacticipant string
	Tag         string
	Branch      string
}

// Touched is the update time of a version that came to be on the way to
// something else, such as a tag: just after its creation. Pact Broker saves
// such a version twice, and its resource tells.
func Touched(created time.Time) time.Time { return created.Add(time.Microsecond) }

// VersionIDs returns the ids of versions, in their order.
func VersionIDs(versions []Version) []int64 {
	ids := make([]int64, len(versions))
	for i, v := range versions {
		ids[i] = v.ID
	}
	return ids
}

// OwnersOf returns the identities of the pacticipants of versions, each once.
func OwnersOf(versions []Version) []int64 {
	ids := make([]int64, len(versions))
	for i, v := range versions {
		ids[i] = v.Pacticipant.ID
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// VersionFilter selects versions of one pacticipant.
type VersionFilter struct {
	PacticipantID int64
	BranchID      int64  // 0 means any
	Tag           string // empty means any
	EnvironmentID int64  // 0 means any; else deployed or released there, now or once
	Page          Page
}
