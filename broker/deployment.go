package broker

import "time"

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

// Deployment asks to record that a version is deployed or released.
type Deployment struct {
	Pacticipant     string
	Version         string
	EnvironmentUUID string
	Instance        string // empty means none; ignored for releases
}

// CurrentQuery selects what is in an environment now.
type CurrentQuery struct {
	EnvironmentUUID string
	Pacticipant     string  // empty means any
	Version         string  // empty means any
	Instance        *string // nil means any, "" means records without instance
}
