package kernel

import "time"

// Principal is somebody who may be given roles and tokens.
type Principal struct {
	ID     int64
	UUID   string
	Kind   PrincipalKind
	Name   string
	Active bool
	// Roles are the UUIDs of those that it has, sorted.
	Roles                []string
	CreatedAt, UpdatedAt time.Time
	// LastSeenAt is when one of its tokens was used last; zero if none was. It may be a
	// minute late.
	LastSeenAt time.Time
}

// PrincipalKind says what a principal is.
type PrincipalKind string

// KindAccount is a system account: a pipeline or another program.
const KindAccount PrincipalKind = "account"

// Token is what a principal shows who it is by. Its value is known to whoever made it.
type Token struct {
	ID          int64
	UUID        string
	PrincipalID int64
	Name        string
	// Prefix is the part of the value by which the token is found, Hash the SHA-256 of
	// the whole in hex. Both are empty where no value was made yet.
	Prefix, Hash string
	// Writes is false for a token that only reads, whatever its principal may do.
	Writes bool
	// Permissions narrow those of the principal; nil leaves them all.
	Permissions []string
	CreatedAt   time.Time
	// RuleID is the rule by which it was given for a token of another issuer; 0 for one
	// that somebody made. What the rule allows now, it does.
	RuleID int64
	// MadeBy is the name of whoever made it, or gave it its value; empty where nobody
	// wrote it down.
	MadeBy string
	// ExpiresAt is zero for one that does not expire, LastUsedAt for one that was not
	// used yet; it may be a minute late.
	ExpiresAt, LastUsedAt time.Time
}

// AccessRole is a name for permissions. Those that every broker has are not stored.
type AccessRole struct {
	ID                      int64
	UUID, Name, Description string
	Permissions             []string
	CreatedAt               time.Time
}

// Credential is a token with whom it belongs to, the stored roles that they have, and
// the teams that they are in.
type Credential struct {
	Token     Token
	Principal Principal
	Roles     []AccessRole
	Teams     []Team
	// Guarded are the UUIDs of all environments that belong to teams.
	Guarded []string
	// Rule is that of a token that has one.
	Rule TrustRule
}

// Row returns the row of a fact.
func (p Principal) Row() Row { return Row{RowPrincipal, p.ID} }

// Row returns the row of a fact.
func (t Token) Row() Row { return Row{RowToken, t.ID} }

// Row returns the row of a fact.
func (r AccessRole) Row() Row { return Row{RowRole, r.ID} }

// PrincipalFilter selects principals.
type PrincipalFilter struct {
	// Search is a part of the name, in any case; empty means all.
	Search string
	// Kind is what they are; empty means any.
	Kind PrincipalKind
	// Role is the UUID of a role that they have; empty means any.
	Role string
	// Active leaves out those that are switched off.
	Active bool
	Page   Page
}

// Identities is the storage of who may do what.
type Identities interface {
	// IdentityChange returns a number that is another one after each change of
	// principals, roles and tokens, other than when they were used.
	IdentityChange() (int64, error)
	// FindCredential returns the token with the prefix, and whose it is.
	FindCredential(prefix string) (Credential, error)

	// FindPrincipal returns the one with the UUID.
	FindPrincipal(uuid string) (Principal, error)
	// ListPrincipals returns a page by name, and the number of all.
	ListPrincipals(f PrincipalFilter) ([]Principal, int, error)
	// CreatePrincipal stores one that is new.
	CreatePrincipal(p Principal) (Principal, error)
	// SavePrincipal writes its name, whether it is active, and its roles.
	SavePrincipal(p Principal) error
	// DeletePrincipal deletes one with its tokens.
	DeletePrincipal(id int64) error

	// FindToken returns the one with the UUID.
	FindToken(uuid string) (Token, error)
	// TokensOf returns those of a principal that somebody made, the oldest first.
	TokensOf(principalID int64) ([]Token, error)
	// CreateToken stores one that is new.
	CreateToken(t Token) (Token, error)
	// SaveToken writes all but whose it is, when it was made and when it was used.
	SaveToken(t Token) error
	// DeleteToken deletes one.
	DeleteToken(id int64) error
	// NoteUse says when tokens were used the last time, by id. One that is gone is
	// left out.
	NoteUse(used map[int64]time.Time) error

	// ListRoles returns those that are stored, by name.
	ListRoles() ([]AccessRole, error)
	// CreateRole returns CodeConflict if the name is taken.
	CreateRole(r AccessRole) (AccessRole, error)
	// SaveRole writes all but the UUID and when it was made. It returns CodeConflict if
	// another role has the name.
	SaveRole(r AccessRole) error
	// DeleteRole deletes one that nobody has.
	DeleteRole(id int64) error
}
