package kernel

import (
	"time"
)

// Replacement is a row and the one that it took the place of.
type Replacement struct {
	ID int64
	// Replaced is the id of the row before, 0 if there is none or it has to
	// stay.
	Replaced int64
}

// Retention finds and deletes what is no longer of use, little by little. What
// it costs depends on how much is asked for, not on how much there is.
type Retention interface {
	// CleanMark returns the id up to which a clean-up, or who reads tests, has come, 0
	// at first.
	CleanMark(kind RowKind) (int64, error)
	// SaveCleanMark keeps it for the next clean-up, of whichever replica.
	SaveCleanMark(kind RowKind, id int64) error
	// OldestVersions returns up to limit versions after the one given, in the
	// order of creation.
	OldestVersions(afterID int64, limit int) ([]Version, error)
	// StaleBranches returns up to limit branches, not being main branches,
	// that were last updated before at.
	StaleBranches(at time.Time, limit int) ([]Branch, error)
	// OrphanContents looks at up to limit contents after the one given. It
	// returns those without publication and result, and the last one that it
	// looked at, 0 if it came to the end.
	OrphanContents(afterID int64, limit int) (orphans []int64, last int64, err error)
	// DeleteContents deletes those that still have neither publication nor
	// result, and returns how many.
	DeleteContents(ids []int64) (int, error)
	// Replacements returns up to limit revisions, results or firings after the
	// one given, in the order of creation, up to the first that is not older
	// than at.
	Replacements(kind RowKind, afterID int64, at time.Time, limit int) ([]Replacement, error)
	// DeleteReplaced deletes revisions, results or firings that are still
	// replaced, and returns how many.
	DeleteReplaced(kind RowKind, ids []int64) (int, error)
}
