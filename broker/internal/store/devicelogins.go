package store

import (
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const selectDeviceLogin = `SELECT d.id, d.device_hash, d.code_hash, d.state, d.program, d.machine, d.address, d.place, d.created_at, d.expires_at,
	COALESCE(d.principal_id, 0), COALESCE(p.uuid, ''), d.writes, d.permissions, d.token_until FROM device_login d LEFT JOIN principal p ON p.id = d.principal_id `

func scanDeviceLogin(row engine.Row) (d kernel.DeviceLogin, err error) {
	var permissions string
	err = row.Scan(&d.ID, &d.DeviceHash, &d.CodeHash, &d.State, &d.Program, &d.Machine, &d.Address, &d.Place, stamp{&d.CreatedAt}, stamp{&d.ExpiresAt},
		&d.PrincipalID, &d.Principal, &d.Writes, &permissions, stamp{&d.Until})
	if permissions != "" {
		d.Permissions = strings.Fields(permissions)
	}
	return d, err
}

// FindDeviceLogin implements kernel.Identities.
func (t *tx) FindDeviceLogin(deviceHash string) (kernel.DeviceLogin, error) {
	return one(t, scanDeviceLogin, selectDeviceLogin+`WHERE d.device_hash = $1`, deviceHash)
}

// FindDeviceLoginByCode implements kernel.Identities.
func (t *tx) FindDeviceLoginByCode(codeHash string) (kernel.DeviceLogin, error) {
	return one(t, scanDeviceLogin, selectDeviceLogin+`WHERE d.code_hash = $1`, codeHash)
}

// CountDeviceLogins implements kernel.Identities.
func (t *tx) CountDeviceLogins(now time.Time, place string) (all, there int, err error) {
	return all, there, t.row(`SELECT count(*), count(CASE WHEN place = $2 THEN 1 END) FROM device_login WHERE expires_at > $1`, []any{t.at(now), place}, &all, &there)
}

// CreateDeviceLogin implements kernel.Identities. Nobody may do more by it.
func (t *tx) CreateDeviceLogin(d kernel.DeviceLogin) (kernel.DeviceLogin, error) {
	id, err := t.insert(`INSERT INTO device_login (device_hash, code_hash, state, program, machine, address, place, created_at, expires_at, principal_id, writes, permissions, token_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		d.DeviceHash, d.CodeHash, string(d.State), d.Program, d.Machine, d.Address, d.Place, t.at(d.CreatedAt), t.at(d.ExpiresAt),
		idOrNull(d.PrincipalID), d.Writes, strings.Join(d.Permissions, " "), t.atOrNull(d.Until))
	d.ID = id
	return d, err
}

// SaveDeviceLogin implements kernel.Identities.
func (t *tx) SaveDeviceLogin(d kernel.DeviceLogin) error {
	return t.changed(kernel.RowDeviceLogin, `UPDATE device_login SET state = $2, principal_id = $3, writes = $4, permissions = $5, token_until = $6 WHERE id = $1`,
		d.ID, string(d.State), idOrNull(d.PrincipalID), d.Writes, strings.Join(d.Permissions, " "), t.atOrNull(d.Until))
}
