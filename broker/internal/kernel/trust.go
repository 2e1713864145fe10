package kernel

import "time"

// TrustRule says which tokens of an issuer the broker takes, and as whose: whoever shows
// one is the principal of the rule, and keeps no secret of the broker.
type TrustRule struct {
	ID          int64
	UUID, Name  string
	PrincipalID int64
	// Account is what the principal is called, AccountUUID what it is known by.
	Account, AccountUUID string
	// Issuer is an address, equal to the claim iss; Audience is one of the claim aud.
	Issuer, Audience string
	// Conditions have to hold all; they are sorted by claim.
	Conditions []Condition
	// Writes is false for a rule whose tokens only read, whatever the principal may do.
	Writes bool
	// Permissions narrow those of the principal; nil leaves them all.
	Permissions []string
	// Active is false for a rule that fits nothing.
	Active bool
	// Position is that among all rules, from 1: the first that fits counts.
	Position             int
	CreatedAt, UpdatedAt time.Time
	// LastUsedAt is zero for one that was not used yet; it may be a minute late.
	LastUsedAt time.Time
}

// Condition is what a claim of a token has to be.
type Condition struct{ Claim, Value string }

// Row returns the row of a fact.
func (r TrustRule) Row() Row { return Row{RowTrustRule, r.ID} }

// TrustRules is the storage of which tokens of others count.
type TrustRules interface {
	// ListTrustRules returns all in the order in which they are tried.
	ListTrustRules() ([]TrustRule, error)
	// FindTrusted returns whom the holders of a rule's tokens are, without a token; the
	// rule is named by its UUID.
	FindTrusted(uuid string) (Credential, error)
	// CreateTrustRule stores one that is new. It returns CodeConflict if the name is
	// taken.
	CreateTrustRule(r TrustRule) (TrustRule, error)
	// SaveTrustRule writes all but the UUID, whose it is and when it was made. It
	// returns CodeConflict if another rule has the name.
	SaveTrustRule(r TrustRule) error
	// DeleteTrustRule deletes one with the tokens that were given for tokens of others
	// by it.
	DeleteTrustRule(id int64) error
	// NoteTrust says when rules were used the last time, by id. One that is gone is left
	// out.
	NoteTrust(used map[int64]time.Time) error
	// DeleteExchanged deletes some of the tokens that were given for tokens of others and
	// expired before a moment.
	DeleteExchanged(before time.Time, limit int) error
}
