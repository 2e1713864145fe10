package store

import (
	"maps"
	"slices"
	"strings"
	"time"

	"encoding/json"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const selectTrustRule = `SELECT t.id, t.uuid, t.name, t.principal_id, p.name, p.uuid, t.issuer, t.audience, t.conditions, t.writes, t.permissions, t.active, t.position,
	t.created_at, t.updated_at, t.last_used_at FROM trust_rule t JOIN principal p ON p.id = t.principal_id `

func scanTrustRule(row engine.Row) (r kernel.TrustRule, err error) {
	var conditions, permissions string
	if err := row.Scan(&r.ID, &r.UUID, &r.Name, &r.PrincipalID, &r.Account, &r.AccountUUID, &r.Issuer, &r.Audience, &conditions, &r.Writes, &permissions, &r.Active, &r.Position,
		stamp{&r.CreatedAt}, stamp{&r.UpdatedAt}, stamp{&r.LastUsedAt}); err != nil {
		return r, err
	}
	if permissions != "" {
		r.Permissions = strings.Fields(permissions)
	}
	var match map[string]string
	err = json.Unmarshal([]byte(conditions), &match)
	for _, claim := range slices.Sorted(maps.Keys(match)) {
		r.Conditions = append(r.Conditions, kernel.Condition{Claim: claim, Value: match[claim]})
	}
	return r, err
}

// conditionsText is how conditions are stored.
func conditionsText(conditions []kernel.Condition) (string, error) {
	match := map[string]string{}
	for _, c := range conditions {
		match[c.Claim] = c.Value
	}
	text, err := json.Marshal(match)
	return string(text), err
}

// ListTrustRules implements kernel.TrustRules.
func (t *tx) ListTrustRules() ([]kernel.TrustRule, error) {
	return all(t, scanTrustRule, selectTrustRule+`ORDER BY t.position, t.id`)
}

// FindTrusted implements kernel.TrustRules.
func (t *tx) FindTrusted(uuid string) (kernel.Credential, error) {
	return t.credential(holderOfRule, uuid, func(c *kernel.Credential) (err error) {
		c.Rule, err = one(t, scanTrustRule, selectTrustRule+`WHERE t.uuid = $1`, uuid)
		return err
	})
}

// CreateTrustRule implements kernel.TrustRules.
func (t *tx) CreateTrustRule(r kernel.TrustRule) (kernel.TrustRule, error) {
	if err := t.identityChanged(); err != nil {
		return r, err
	}
	conditions, err := conditionsText(r.Conditions)
	if err != nil {
		return r, err
	}
	r.ID, err = t.insert(`INSERT INTO trust_rule (uuid, name, principal_id, issuer, audience, conditions, writes, permissions, active, position, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)`,
		r.UUID, r.Name, r.PrincipalID, r.Issuer, r.Audience, conditions, r.Writes, strings.Join(r.Permissions, " "), r.Active, r.Position, t.at(r.CreatedAt))
	r.UpdatedAt = r.CreatedAt
	return r, err
}

// SaveTrustRule implements kernel.TrustRules.
func (t *tx) SaveTrustRule(r kernel.TrustRule) error {
	if err := t.identityChanged(); err != nil {
		return err
	}
	conditions, err := conditionsText(r.Conditions)
	if err != nil {
		return err
	}
	return t.changed(kernel.RowTrustRule, `UPDATE trust_rule SET name = $2, issuer = $3, audience = $4, conditions = $5, writes = $6, permissions = $7, active = $8, position = $9, updated_at = $10 WHERE id = $1`,
		r.ID, r.Name, r.Issuer, r.Audience, conditions, r.Writes, strings.Join(r.Permissions, " "), r.Active, r.Position, t.at(r.UpdatedAt))
}

// DeleteTrustRule implements kernel.TrustRules.
func (t *tx) DeleteTrustRule(id int64) error {
	if err := t.identityChanged(); err != nil {
		return err
	}
	return t.changed(kernel.RowTrustRule, `DELETE FROM trust_rule WHERE id = $1`, id)
}

// NoteTrust implements kernel.TrustRules. As with tokens, it is no change of who may do
// what.
func (t *tx) NoteTrust(used map[int64]time.Time) error {
	return t.noteUse("trust_rule", used)
}

// DeleteExchanged implements kernel.TrustRules. Nobody takes an expired token, so that
// what others know stays true.
func (t *tx) DeleteExchanged(before time.Time, limit int) error {
	_, err := t.exec(`DELETE FROM token WHERE id IN (SELECT id FROM token WHERE rule_id IS NOT NULL AND expires_at < $1 ORDER BY expires_at LIMIT $2)`, t.at(before), limit)
	return err
}
