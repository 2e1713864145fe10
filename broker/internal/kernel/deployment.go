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
