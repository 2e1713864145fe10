package kernel

import (
	"time"
)

// DeployedVersion is the record of one deployment.
type DeployedVersion struct {
	ID          int64
	UUID        string
	Version     Version
	Environment Environment
	// Instance names the application instance; empty means none.
	Instance          string
	CurrentlyDeployed bool
	CreatedAt         time.Time
	UndeployedAt      time.Time // zero while deployed
	// Auto is true if the record was made because of a tag.
	Auto bool
	// Candidate says that it is deployed as that of a running rollout, beside what is
	// current. Rollout is the uuid of the one by which the version came, running or not;
	// empty if it came without.
	Candidate bool
	Rollout   string
	// PromotedAt is when it became current by its rollout; zero if it has not, or came
	// without.
	PromotedAt time.Time
	Gate       AskedGate
	Rollback   Rollback
	// Reason is why, and By who recorded it; empty where nobody said.
	Reason, By string
}

// CurrentFrom is when the version became current, and not a candidate only; zero if it
// never was.
func (d DeployedVersion) CurrentFrom() time.Time {
	if d.Rollout != "" {
		return d.PromotedAt
	}
	return d.CreatedAt
}

// ReleasedVersion is the record of one release.
type ReleasedVersion struct {
	ID                 int64
	UUID               string
	Version            Version
	Environment        Environment
	CurrentlySupported bool
	CreatedAt          time.Time
	UpdatedAt          time.Time
	SupportEndedAt     time.Time // zero while supported
}

// RecordFilter selects deployed or released versions. Zero fields do not
// restrict.
type RecordFilter struct {
	UUID          string
	PacticipantID int64
	VersionID     int64
	EnvironmentID int64
	Instance      *string // "" means without instance
	Current       bool    // only what is live
}

// PlaceEvent is what happens to a version in an environment.
type PlaceEvent int

// The events. At one moment they come in this order: what begins there says what
// it has replaced.
const (
	EventDeployed PlaceEvent = iota
	EventReleased
	EventUndeployed
	EventSupportEnded
)

// PlaceChange is the beginning or the end of a deployment or of a release.
type PlaceChange struct {
	PlaceMoment
	Version  Version
	Instance string
	// Auto is true if a tag caused it.
	Auto bool
}

// PlaceMoment names a change: its time, what it is, and the record that it is of.
type PlaceMoment struct {
	At     time.Time
	Event  PlaceEvent
	Record int64
}

// IsZero reports whether it names no change.
func (m PlaceMoment) IsZero() bool { return m.Record == 0 }

// PlaceHistoryQuery selects changes of an environment.
type PlaceHistoryQuery struct {
	EnvironmentID int64
	// Before leaves out the change that it names and what is newer; its zero value
	// leaves out nothing.
	Before PlaceMoment
	Limit  int
}
