package store

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const selectToken = `SELECT id, uuid, principal_id, name, COALESCE(prefix, ''), COALESCE(hash, ''), writes, permissions, created_at, expires_at, last_used_at, COALESCE(rule_id, 0), made_by, by_login FROM token `

func scanToken(row engine.Row) (k kernel.Token, err error) {
	var permissions string
	err = row.Scan(&k.ID, &k.UUID, &k.PrincipalID, &k.Name, &k.Prefix, &k.Hash, &k.Writes, &permissions,
		stamp{&k.CreatedAt}, stamp{&k.ExpiresAt}, stamp{&k.LastUsedAt}, &k.RuleID, &k.MadeBy, &k.ByLogin)
	if permissions != "" {
		k.Permissions = strings.Fields(permissions)
	}
	return k, err
}

// holderOfToken and holderOfSession are whom a credential belongs to.
const (
	holderOfToken   = `(SELECT principal_id FROM token WHERE prefix = $1)`
	holderOfSession = `(SELECT principal_id FROM session WHERE hash = $1)`
	holderOfRule    = `(SELECT principal_id FROM trust_rule WHERE uuid = $1)`
)

// FindCredential implements kernel.Identities.
func (t *tx) FindCredential(prefix string) (c kernel.Credential, err error) {
	return t.credential(holderOfToken, prefix, func(c *kernel.Credential) error {
		return t.Together(func() (err error) {
			c.Token, err = one(t, scanToken, selectToken+`WHERE prefix = $1`, prefix)
			return err
		}, func() error {
			found, err := all(t, scanTrustRule, selectTrustRule+`WHERE t.id = (SELECT rule_id FROM token WHERE prefix = $1)`, prefix)
			if len(found) > 0 {
				c.Rule = found[0]
			}
			return err
		})
	})
}

// FindSession implements kernel.Identities.
func (t *tx) FindSession(hash string) (c kernel.Credential, err error) {
	return t.credential(holderOfSession, hash, func(c *kernel.Credential) (err error) {
		c.Session, err = one(t, scanSession, `SELECT id, principal_id, hash, created_at, expires_at FROM session WHERE hash = $1`, hash)
		return err
	})
}

// credential finds, in one way to the server, what somebody shows who they are by, and
// all that says what they may do.
func (t *tx) credential(holder, shown string, find func(*kernel.Credential) error) (c kernel.Credential, err error) {
	err = t.Together(func() (err error) {
		return find(&c)
	}, func() (err error) {
		c.Principal, err = one(t, scanPrincipal, selectPrincipal+`WHERE p.id = `+holder, shown)
		return err
	}, func() (err error) {
		c.Roles, err = all(t, scanRole, selectRole+`WHERE uuid IN (SELECT r.role FROM principal_role r WHERE r.principal_id = `+holder+`) ORDER BY name`, shown)
		return err
	}, func() (err error) {
		c.Teams, err = all(t, scanTeam, selectTeam+`WHERE t.id IN (SELECT m.team_id FROM team_member m WHERE m.principal_id = `+holder+`) ORDER BY t.name`, shown)
		return err
	}, func() (err error) {
		c.Guarded, err = t.GuardedEnvironments()
		return err
	})
	if err != nil {
		return c, err
	}
	c.Teams, err = t.wholeTeams(c.Teams)
	return c, err
}

// FindToken implements kernel.Identities.
func (t *tx) FindToken(uuid string) (kernel.Token, error) {
	return one(t, scanToken, selectToken+`WHERE uuid = $1`, uuid)
}

// TokensOf implements kernel.Identities.
func (t *tx) TokensOf(principalID int64) ([]kernel.Token, error) {
	return all(t, scanToken, selectToken+`WHERE principal_id = $1 AND rule_id IS NULL ORDER BY id`, principalID)
}

// CreateToken implements kernel.Identities. Tokens that are given for those of other
// issuers come by the hundred, those that logins give every morning, and they make untrue
// nothing that is known: no replica is to give that up for one.
func (t *tx) CreateToken(k kernel.Token) (kernel.Token, error) {
	if k.RuleID == 0 && !k.ByLogin {
		if err := t.identityChanged(); err != nil {
			return k, err
		}
	}
	id, err := t.insert(`INSERT INTO token (uuid, principal_id, name, prefix, hash, writes, permissions, created_at, expires_at, rule_id, made_by, by_login)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		k.UUID, k.PrincipalID, k.Name, orNull(k.Prefix), orNull(k.Hash), k.Writes, strings.Join(k.Permissions, " "), t.at(k.CreatedAt), t.atOrNull(k.ExpiresAt), idOrNull(k.RuleID), k.MadeBy, k.ByLogin)
	k.ID = id
	return k, err
}

// idOrNull is an id for a column in which none is NULL.
func idOrNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// SaveToken implements kernel.Identities.
func (t *tx) SaveToken(k kernel.Token) error {
	if err := t.identityChanged(); err != nil {
		return err
	}
	return t.changed(kernel.RowToken, `UPDATE token SET name = $2, prefix = $3, hash = $4, writes = $5, permissions = $6, expires_at = $7, made_by = $8 WHERE id = $1`,
		k.ID, k.Name, orNull(k.Prefix), orNull(k.Hash), k.Writes, strings.Join(k.Permissions, " "), t.atOrNull(k.ExpiresAt), k.MadeBy)
}

// DeleteToken implements kernel.Identities.
func (t *tx) DeleteToken(id int64) error {
	if err := t.identityChanged(); err != nil {
		return err
	}
	return t.changed(kernel.RowToken, `DELETE FROM token WHERE id = $1`, id)
}

// NoteUse implements kernel.Identities. Nobody keeps anything of it, so that it is no
// change of who may do what.
func (t *tx) NoteUse(used map[int64]time.Time) error {
	return t.noteUse("token", used)
}

// noteUse notes when rows of a table were used; the later time stays.
func (t *tx) noteUse(table string, used map[int64]time.Time) error {
	for _, id := range slices.Sorted(maps.Keys(used)) {
		if _, err := t.exec(`UPDATE `+table+` SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)`, id, t.at(used[id])); err != nil {
			return err
		}
	}
	return nil
}

// orNull is a text for a column in which none is NULL.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// atOrNull is a time for a column in which none is NULL.
func (t *tx) atOrNull(moment time.Time) any {
	if moment.IsZero() {
		return nil
	}
	return t.at(moment)
}
