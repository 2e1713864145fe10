package store

import (
	"errors"

	"github.com/treatyhq/treaty/broker"
	"gorm.io/gorm"
)

func (t *tx) FindEnvironment(uuid string) (broker.Environment, error) {
	return t.findEnvironment("uuid = ?", uuid)
}

func (t *tx) FindEnvironmentByName(name string) (broker.Environment, error) {
	return t.findEnvironment("name = ?", name)
}

func (t *tx) findEnvironment(where string, arg any) (broker.Environment, error) {
	var row environmentRow
	if err := t.db().Where(where, arg).Take(&row).Error; err != nil {
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return broker.Environment{}, notFound()
		}
		return broker.Environment{}, err
	}
	return row.domain()
}

func (t *tx) ListEnvironments() ([]broker.Environment, error) {
	var rows []environmentRow
	if err := t.db().Order("lower(display_name), name").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]broker.Environment, len(rows))
	for i, r := range rows {
		e, err := r.domain()
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

func (t *tx) CreateEnvironment(e broker.Environment) (broker.Environment, error) {
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

func (t *tx) SaveEnvironment(e broker.Environment) error {
	row, err := environmentToRow(e)
	if err != nil {
		return err
	}
	return translate(t.db().Model(&row).Select("name", "display_name", "production", "contacts", "updated_at").Updates(&row).Error)
}

func (t *tx) DeleteEnvironment(id int64) error {
	return t.db().Delete(&environmentRow{}, id).Error
}
