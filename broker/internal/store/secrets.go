package store

import (
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const selectSecret = `SELECT id, uuid, COALESCE(team, ''), name, description, hosts, sealed, key_id, created_at, updated_at FROM secret `

func scanSecret(row engine.Row) (s kernel.Secret, err error) {
	var hosts string
	err = row.Scan(&s.ID, &s.UUID, &s.Team, &s.Name, &s.Description, &hosts, &s.Sealed, &s.Key, stamp{&s.CreatedAt}, stamp{&s.UpdatedAt})
	s.Hosts = strings.Fields(hosts)
	return s, err
}

// ListSecrets implements kernel.Secrets.
func (t *tx) ListSecrets() ([]kernel.Secret, error) {
	return all(t, scanSecret, selectSecret+`ORDER BY name, id`)
}

// SecretsNamed implements kernel.Secrets.
func (t *tx) SecretsNamed(team string, names []string) ([]kernel.Secret, error) {
	return all(t, scanSecret, selectSecret+`WHERE COALESCE(team, '') = $2 AND name `+t.inNames(1)+` ORDER BY name`, t.names(names), team)
}

// FindSecret implements kernel.Secrets.
func (t *tx) FindSecret(uuid string) (kernel.Secret, error) {
	return one(t, scanSecret, selectSecret+`WHERE uuid = $1`, uuid)
}

// SealedOtherwise implements kernel.Secrets.
func (t *tx) SealedOtherwise(key string, after int64, limit int) ([]kernel.Secret, error) {
	return all(t, scanSecret, selectSecret+fmt.Sprintf(`WHERE key_id <> $1 AND id > $2 ORDER BY id LIMIT %d`, limit), key, after)
}

// CreateSecret implements kernel.Secrets.
func (t *tx) CreateSecret(s kernel.Secret) (kernel.Secret, error) {
	id, err := t.insert(`INSERT INTO secret (uuid, team, name, name_key, description, hosts, sealed, key_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		s.UUID, orNull(s.Team), s.Name, nameKey(s), s.Description, strings.Join(s.Hosts, " "), s.Sealed, s.Key, t.at(s.CreatedAt), t.at(s.UpdatedAt))
	s.ID = id
	return s, err
}

// SaveSecret implements kernel.Secrets.
func (t *tx) SaveSecret(s kernel.Secret) error {
	return t.changed(kernel.RowSecret, `UPDATE secret SET name = $2, name_key = $3, description = $4, hosts = $5, sealed = $6, key_id = $7, updated_at = $8, team = $9 WHERE id = $1`,
		s.ID, s.Name, nameKey(s), s.Description, strings.Join(s.Hosts, " "), s.Sealed, s.Key, t.at(s.UpdatedAt), orNull(s.Team))
}

// nameKey is a name within its team.
func nameKey(s kernel.Secret) string { return s.Team + " " + s.Name }

// DeleteSecret implements kernel.Secrets.
func (t *tx) DeleteSecret(id int64) error {
	return t.changed(kernel.RowSecret, `DELETE FROM secret WHERE id = $1`, id)
}
