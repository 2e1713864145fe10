package kernel

import (
	"time"
)

// Tag is a word that a version carries.
type Tag struct {
	Name        string
	Pacticipant string
	Version     string
	// Latest is true if the version is the latest one with this tag, or, where
	// the tag is shown with a pact, if the pact is the latest one with it.
	Latest    bool
	CreatedAt time.Time
}

// TagNames returns the names of tags.
func TagNames(tags []Tag) []string {
	names := make([]string, len(tags))
	for i, tag := range tags {
		names[i] = tag.Name
	}
	return names
}
