package kernel

import (
	"time"
)

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
	// CreatedBy is the UUID of the principal that published it first; empty where that
	// is not known.
	CreatedBy string
}

// Party is a pacticipant in one of its roles, as little of it as is needed to
// name it.
type Party struct {
	ID   int64
	Name string
}

// Party returns p as a Party.
func (p Pacticipant) Party() Party { return Party{ID: p.ID, Name: p.Name} }

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

// EnsurePacticipant returns the pacticipant, created if there is none, and
// whether it is new.
func EnsurePacticipant(tx Tx, name string, at time.Time) (Pacticipant, bool, error) {
	return tx.EnsurePacticipant(Pacticipant{Name: name, DisplayName: DisplayName(name), CreatedAt: at})
}
