package broker

import "time"

// Pacticipant is an application known to the broker.
type Pacticipant struct {
	ID                  int64
	Name                string
	DisplayName         string
	MainBranch          string // empty if not known
	RepositoryURL       string
	RepositoryName      string
	RepositoryNamespace string
	CreatedAt           time.Time
	UpdatedAt           time.Time
}

// Party is a pacticipant in one of its roles, as little of it as is needed to
// name it.
type Party struct {
	ID   int64
	Name string
}

// Party returns p as a Party.
func (p Pacticipant) Party() Party { return Party{ID: p.ID, Name: p.Name} }

// PacticipantDetails is a pacticipant with what its resource shows.
type PacticipantDetails struct {
	Pacticipant
	// Labels are sorted by name.
	Labels []Label
	// LatestVersion is nil if there is no version.
	LatestVersion *Version
	// Deployed lists what is currently deployed, oldest first. Only FindPacticipant and the
	// writing use cases fill it.
	Deployed []DeployedVersion
}

// Label is a word that a pacticipant carries.
type Label struct {
	Name        string
	Pacticipant string
	CreatedAt   time.Time
}

// PacticipantQuery selects pacticipants.
type PacticipantQuery struct {
	Search string // case-insensitive part of the name
	Label  string // exact
	Page   Page
}

// PacticipantChange is what a request says about a pacticipant. Name comes
// from the address, or from the body when creating.
type PacticipantChange struct {
	Name                string
	DisplayName         Change
	MainBranch          Change
	RepositoryURL       Change
	RepositoryName      Change
	RepositoryNamespace Change
}
