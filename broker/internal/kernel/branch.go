package kernel

import (
	"time"
)

// Branch is a named line of versions of one pacticipant.
type Branch struct {
	ID          int64
	Pacticipant Party
	Name        string
	// HeadVersionID is the version added last, 0 for an empty branch.
	HeadVersionID int64
	CreatedAt     time.Time
	// FirstVersionAt is when its first version was created; zero if it never
	// had one.
	FirstVersionAt time.Time
	UpdatedAt      time.Time
}

// BranchVersion says that a version is on a branch.
type BranchVersion struct {
	Branch      string
	Pacticipant string
	Version     string
	// Latest is true for the head of the branch.
	Latest    bool
	CreatedAt time.Time
}
