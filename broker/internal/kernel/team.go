package kernel

import "time"

// Team is a group of principals, and what belongs to it.
type Team struct {
	ID   int64
	UUID string
	// Name is unique.
	Name      string
	CreatedAt time.Time
	// Members are sorted by name.
	Members []TeamMember
	// Applications and Environments are sorted by name; of the latter, Name is for people
	// and UUID what they are known by.
	Applications []Party
	Environments []TeamEnvironment
}

// TeamMember is a principal in a team.
type TeamMember struct {
	ID         int64
	UUID, Name string
	// Administers says that they may change the team.
	Administers bool
	// ByLogin says that a group of the login service put them there: it ends with that.
	ByLogin bool
}

// TeamEnvironment is an environment of a team.
type TeamEnvironment struct {
	ID         int64
	UUID, Name string
}

// Row returns the row of a fact.
func (t Team) Row() Row { return Row{RowTeam, t.ID} }

// TeamFilter selects teams.
type TeamFilter struct {
	// Search is a part of the name, in any case; empty means all.
	Search string
	// Member is the id of a principal who is in it, Application the name of an
	// application that belongs to it, Environment the id of an environment; the zero
	// value means any.
	Member      int64
	Application string
	Environment int64
	Page        Page
}

// Teams is the storage of who belongs together, and what belongs to them.
type Teams interface {
	// FindTeam returns the one with the UUID.
	FindTeam(uuid string) (Team, error)
	// ListTeams returns a page by name, and the number of all.
	ListTeams(f TeamFilter) ([]Team, int, error)
	// CreateTeam stores one that is new, with nobody and nothing in it. It returns
	// CodeConflict if the name is taken.
	CreateTeam(t Team) (Team, error)
	// SaveTeam writes its name, who is in it, and what belongs to it, by their ids. It
	// returns CodeConflict if another team has the name.
	SaveTeam(t Team) error
	// DeleteTeam deletes one. What belonged to it stays.
	DeleteTeam(id int64) error
	// SetEnvironmentTeams says to which teams an environment belongs, by their ids.
	SetEnvironmentTeams(environmentID int64, teams []int64) error
	// GuardedEnvironments returns the UUIDs of environments that belong to a team.
	GuardedEnvironments() ([]string, error)
}
