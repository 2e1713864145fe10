package store

import (
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const selectEnvironment = `SELECT id, uuid, name, display_name, production, contacts, created_at, updated_at FROM environment `

func scanEnvironment(row engine.Row) (kernel.Environment, error) {
	var r environmentRow
	if err := row.Scan(&r.ID, &r.UUID, &r.Name, &r.DisplayName, &r.Production, &r.Contacts, &r.CreatedAt, &r.UpdatedAt); err != nil {
		return kernel.Environment{}, err
	}
	return r.domain()
}

func (t *tx) FindEnvironment(uuid string) (kernel.Environment, error) {
	return one(t, scanEnvironment, selectEnvironment+`WHERE uuid = $1`, uuid)
}

func (t *tx) FindEnvironmentByName(name string) (kernel.Environment, error) {
	if e, asked := t.ahead[placeNamed{name}].(kernel.Environment); asked {
		return e, mustExist(e.ID)
	}
	return one(t, scanEnvironment, selectEnvironment+`WHERE name = $1`, name)
}

func (t *tx) ListEnvironments() ([]kernel.Environment, error) {
	return all(t, scanEnvironment, selectEnvironment+`ORDER BY lower(display_name), name`)
}

func (t *tx) CreateEnvironment(e kernel.Environment) (kernel.Environment, error) {
	row, err := environmentToRow(e)
	if err != nil {
		return e, err
	}
	row.UpdatedAt = row.CreatedAt
	if err := t.db().Create(&row).Error; err != nil {
		return e, translate(err)
	}
	return row.domain()
}

func (t *tx) SaveEnvironment(e kernel.Environment) error {
	row, err := environmentToRow(e)
	if err != nil {
		return err
	}
	saved := t.db().Model(&row).Select("name", "display_name", "production", "contacts", "updated_at").Updates(&row)
	return changedBy(kernel.RowEnvironment, saved)
}

func (t *tx) ThinEnvironment(id int64, limit int) (int, error) {
	n, err := t.exec(`DELETE FROM deployed_version WHERE id IN (SELECT id FROM deployed_version
		WHERE environment_id = $1 AND undeployed_at IS NOT NULL LIMIT $2) AND undeployed_at IS NOT NULL`, id, limit)
	if err != nil || int(n) == limit {
		return int(n), err
	}
	ended, err := t.exec(`DELETE FROM released_version WHERE id IN (SELECT id FROM released_version
		WHERE environment_id = $1 AND ended_at IS NOT NULL LIMIT $2) AND ended_at IS NOT NULL`, id, limit-int(n))
	return int(n + ended), err
}

func (t *tx) DeleteEnvironment(id int64) error {
	return changedBy(kernel.RowEnvironment, t.db().Delete(&environmentRow{}, id))
}
