package kernel

import "time"

// Secret is a value that webhooks send and nobody is shown. It is stored sealed.
type Secret struct {
	ID   int64
	UUID string
	// Team is the UUID of the team that it belongs to; empty for none.
	Team              string
	Name, Description string
	// Hosts are patterns of those that it may be sent to; none means any that
	// webhooks may call.
	Hosts []string
	// Sealed is the value, encrypted and bound to UUID, Name and Hosts; Key names the
	// key that it was encrypted with.
	Sealed               []byte
	Key                  string
	CreatedAt, UpdatedAt time.Time
}

// Row returns the row of a fact.
func (s Secret) Row() Row { return Row{RowSecret, s.ID} }

// Secrets is the storage of secrets.
type Secrets interface {
	// ListSecrets returns all, by name.
	ListSecrets() ([]Secret, error)
	// SecretsNamed returns those of the names that belong to a team, or with an empty
	// UUID to none, by name.
	SecretsNamed(team string, names []string) ([]Secret, error)
	// FindSecret returns the one with the UUID.
	FindSecret(uuid string) (Secret, error)
	// SealedOtherwise returns those that were not encrypted with the key and have a
	// larger id, the smallest ids first, limit at most.
	SealedOtherwise(key string, after int64, limit int) ([]Secret, error)
	// CreateSecret returns CodeConflict if the name is taken in its team.
	CreateSecret(s Secret) (Secret, error)
	// SaveSecret writes all but UUID, team and when it was made. It returns
	// CodeConflict if another secret of its team has the name.
	SaveSecret(s Secret) error
	// DeleteSecret deletes one.
	DeleteSecret(id int64) error
}
