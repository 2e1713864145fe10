package kernel

import "time"

// Principal is somebody who may be given roles and tokens.
type Principal struct {
	ID     int64
	UUID   string
	Kind   PrincipalKind
	Name   string
	Active bool
	// Roles are the UUIDs of those that it has, sorted; LoginRoles those of them that a
	// login gave, and that the next one may take away.
	Roles, LoginRoles    []string
	CreatedAt, UpdatedAt time.Time

	// The rest is empty for an account.

	// Email is unique, and in lower case; it may be empty.
	Email string
	// Issuer and Subject are whom the login service knows the person by, together
	// unique. Both are empty before the first login.
	Issuer, Subject string
	// LastLoginAt is zero for who never came, LastSeenAt for whom neither session nor token
	// was used; the latter, which accounts have too, may be a minute behind.
	LastLoginAt, LastSeenAt time.Time
	// TeamsMissing are the names of teams that the last login should have put the person
	// into, and that were not there.
	TeamsMissing []string
}

// PrincipalKind says what a principal is.
type PrincipalKind string

// The kinds of principals.
const (
	// KindAccount is a system account: a pipeline or another program.
	KindAccount PrincipalKind = "account"
	// KindUser is a person, who logs in.
	KindUser PrincipalKind = "user"
)

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
	// ByLogin says that a login at a terminal gave it: it is deleted
	// [LoginTokenKept] after it has expired.
	ByLogin bool
	// ExpiresAt is zero for one that does not expire, LastUsedAt for one that was not
	// used yet; it may be a minute late.
	ExpiresAt, LastUsedAt time.Time
}

// LoginTokenKept is how long a token that a login gave is kept after it has expired, so
// that whoever shows it is told so.
const LoginTokenKept = 24 * time.Hour

// AccessRole is a name for permissions. Those that every broker has are not stored.
type AccessRole struct {
	ID                      int64
	UUID, Name, Description string
	Permissions             []string
	CreatedAt               time.Time
}

// Session is what the browser of a person shows who it is by.
type Session struct {
	ID          int64
	PrincipalID int64
	// Hash is the SHA-256 of what the browser has, in hex.
	Hash                 string
	CreatedAt, ExpiresAt time.Time
}

// DeviceLogin is a login at a terminal that a program has asked for (RFC 8628). What
// asks is known by one code, and its person in a browser by another.
type DeviceLogin struct {
	ID int64
	// DeviceHash and CodeHash are the SHA-256 of the two codes, in hex.
	DeviceHash, CodeHash string
	State                DeviceState
	// Program and Machine are what asks says of itself, and nobody vouches for it.
	// Address is where it asked from, Place the network of that.
	Program, Machine, Address, Place string
	CreatedAt, ExpiresAt             time.Time

	// The rest is empty before somebody has granted it.

	// PrincipalID is of whoever granted it, Principal their UUID.
	PrincipalID int64
	Principal   string
	// Writes, Permissions and Until are those of the token: see [Token].
	Writes      bool
	Permissions []string
	Until       time.Time
}

// DeviceState says what became of a login at a terminal.
type DeviceState string

// The states of logins at terminals. They change once, from waiting; of those that are
// granted one more gets used, when its token is made.
const (
	DeviceWaits   DeviceState = "waits"
	DeviceGranted DeviceState = "granted"
	DeviceRefused DeviceState = "refused"
	DeviceUsed    DeviceState = "used"
)

// Credential is a token or a session with whom it belongs to, the stored roles that they
// have, and the teams that they are in.
type Credential struct {
	// One of both is zero.
	Token     Token
	Session   Session
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
func (d DeviceLogin) Row() Row { return Row{RowDeviceLogin, d.ID} }

// Row returns the row of a fact.
func (r AccessRole) Row() Row { return Row{RowRole, r.ID} }

// PrincipalFilter selects principals.
type PrincipalFilter struct {
	// Search is a part of the name, in any case; empty means all.
	Search string
	// Role is the UUID of a role that they have; empty means any.
	Role string
	// Active leaves out those that are switched off.
	Active bool
	// Kind is the kind of those that are meant; empty means any.
	Kind PrincipalKind
	Page Page
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
	// FindPerson returns whom the login service knows by issuer and subject.
	FindPerson(issuer, subject string) (Principal, error)
	// FindByEmail returns the person with the address, which is in lower case.
	FindByEmail(email string) (Principal, error)
	// ListPrincipals returns a page by name, and the number of all.
	ListPrincipals(f PrincipalFilter) ([]Principal, int, error)
	// CreatePrincipal stores one that is new. It returns CodeConflict if another person
	// has its address, or is known by its issuer and subject.
	CreatePrincipal(p Principal) (Principal, error)
	// SavePrincipal writes its name, its address, whom the login service knows it by,
	// whether it is active, and its roles. It returns CodeConflict as CreatePrincipal
	// does.
	SavePrincipal(p Principal) error
	// DeletePrincipal deletes one with its tokens.
	DeletePrincipal(id int64) error

	// FindSession returns the one with the hash, and whose it is.
	FindSession(hash string) (Credential, error)
	// CreateSession stores one that is new.
	CreateSession(s Session) (Session, error)
	// EndSession deletes one, and reports whether it was there; EndSessionsOf deletes all
	// of a principal.
	EndSession(hash string) (bool, error)
	EndSessionsOf(principalID int64) error
	// NoteLogin writes when a person logged in, and which teams were missing then.
	NoteLogin(p Principal) error
	// NoteSeen says when sessions were used the last time, by id, and so when their
	// principals were seen. One that is gone is left out.
	NoteSeen(used map[int64]time.Time) error
	// UseLogin notes that an answer of the login service counted, by its hash, until it
	// would not any more. It reports false if it did before.
	UseLogin(hash string, until time.Time) (bool, error)
	// AnyExpired reports whether there is something for DeleteExpired, which deletes at
	// most limit sessions, used answers and logins at terminals that have expired, and
	// tokens of such logins that did so [LoginTokenKept] ago.
	AnyExpired(now time.Time) (bool, error)
	DeleteExpired(now time.Time, limit int) (int, error)
	// FindDeviceLogin returns the login at a terminal by the hash of the code that its
	// program has, FindDeviceLoginByCode by that of the code that its person sees.
	FindDeviceLogin(deviceHash string) (DeviceLogin, error)
	FindDeviceLoginByCode(codeHash string) (DeviceLogin, error)
	// CountDeviceLogins returns how many have not expired yet, and how many of those were
	// asked for from a place.
	CountDeviceLogins(now time.Time, place string) (all, there int, err error)
	// CreateDeviceLogin stores one that is new. It returns CodeConflict if one of its
	// codes is another's.
	CreateDeviceLogin(d DeviceLogin) (DeviceLogin, error)
	// SaveDeviceLogin writes its state and what it gives.
	SaveDeviceLogin(d DeviceLogin) error
	// SetLoginTeams says which teams a person is in by their login: teams are ids. In
	// teams that they are in by hand they stay as they are.
	SetLoginTeams(principalID int64, teams []int64) error

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
