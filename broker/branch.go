package broker

import "time"

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

// BranchQuery selects branches of one pacticipant.
type BranchQuery struct {
	Pacticipant string
	Search      string // case-insensitive part of the name
	Page        Page
}

// BranchDeletion says what a bulk deletion did.
type BranchDeletion struct {
	Deleted   int
	Remaining []string // sorted by name
}
