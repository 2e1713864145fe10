package store

import (
	"fmt"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

const selectPacticipant = `SELECT id, name, display_name, main_branch, repository_url, repository_name, repository_namespace,
	created_at, updated_at, created_by FROM pacticipant `

func scanPacticipant(row engine.Row) (p kernel.Pacticipant, err error) {
	err = row.Scan(&p.ID, &p.Name, &p.DisplayName, &p.MainBranch, &p.RepositoryURL, &p.RepositoryName,
		&p.RepositoryNamespace, stamp{&p.CreatedAt}, stamp{&p.UpdatedAt}, &p.CreatedBy)
	return p, err
}

func (t *tx) FindPacticipant(name string) (kernel.Pacticipant, error) {
	if k := &t.known; t.reading && k.named.ID != 0 && k.namedAs == name {
		return k.named, nil
	}
	if p, asked := t.ahead[partyNamed{name}].(kernel.Pacticipant); asked {
		return p, mustExist(p.ID)
	}
	t.recall()
	p, err := t.findPacticipant(name)
	if err == nil && t.asking == nil {
		t.known.named, t.known.namedAs = p, name
	}
	return p, err
}

func (t *tx) findPacticipant(name string) (kernel.Pacticipant, error) {
	if t.store.options.IgnoreNameCase {
		return one(t, scanPacticipant, selectPacticipant+`WHERE name_fold = $1 ORDER BY id LIMIT 1`, fold(name))
	}
	return one(t, scanPacticipant, selectPacticipant+`WHERE name = $1`, name)
}

func (t *tx) FindPacticipants(names ...string) (map[string]kernel.Pacticipant, error) {
	out := make(map[string]kernel.Pacticipant, len(names))
	if t.postgres() && !t.store.options.IgnoreNameCase {
		t.recall()
		found, err := all(t, scanPacticipant, selectPacticipant+`WHERE name = ANY($1::text[])`, names)
		for _, p := range found {
			if out[p.Name] = p; t.asking != nil {
				continue
			}
			t.known.party(matrix.Pacticipant{ID: p.ID, Name: p.Name, MainBranch: p.MainBranch})
		}
		return out, err
	}
	var ahead error
	for _, name := range names { // without a server between, a look-up each is as fast
		p, err := t.FindPacticipant(name)
		if err == nil {
			out[name] = p
		} else if !kernel.IsNotFound(err) {
			if t.asking == nil {
				return out, err
			}
			ahead = err // the others are asked too
		}
	}
	return out, ahead
}

func (t *tx) FindPacticipantByID(id int64) (kernel.Pacticipant, error) {
	return one(t, scanPacticipant, selectPacticipant+`WHERE id = $1`, id)
}

func (t *tx) FindPacticipantsByID(ids []int64) (map[int64]kernel.Pacticipant, error) {
	found, err := all(t, scanPacticipant, selectPacticipant+`WHERE id `+t.in(1), t.ids(ids))
	out := make(map[int64]kernel.Pacticipant, len(found))
	for _, p := range found {
		out[p.ID] = p
	}
	return out, err
}

func (t *tx) ListPacticipants(q kernel.PacticipantQuery) ([]kernel.Pacticipant, int, error) {
	where, args := `WHERE TRUE`, []any{}
	add := func(condition string, arg any) {
		args = append(args, arg)
		where += fmt.Sprintf(" AND "+condition, len(args))
	}
	if q.Search != "" {
		add(`name_fold LIKE $%d ESCAPE '\'`, contains(q.Search))
	}
	if q.Label != "" {
		add(`id IN (SELECT pacticipant_id FROM label WHERE name = $%d)`, q.Label)
	}
	return listPage(t, scanPacticipant, q.Page, selectPacticipant+where+` ORDER BY name_fold, name`, `SELECT count(*) FROM pacticipant `+where, args)
}

// listPage reads a page of a list, and the number of all.
func listPage[T any](t *tx, scan func(engine.Row) (T, error), page kernel.Page, list, count string, args []any) (found []T, total int, err error) {
	if page.Whole() {
		found, err = all(t, scan, list, args...)
		return found, len(found), err
	}
	err = t.Together(func() error {
		return t.row(count, args, &total)
	}, func() (err error) {
		found, err = all(t, scan, list+fmt.Sprintf(` LIMIT $%d OFFSET $%d`, len(args)+1, len(args)+2), append(slices.Clip(args), page.Size, page.Offset())...)
		return err
	})
	return found, total, err
}

// page reads a page of query into rows and returns the number of all.
func page[R any](query *gorm.DB, p kernel.Page, order string, rows *[]R) (int, error) {
	var total int64
	if !p.Whole() {
		if err := query.Session(&gorm.Session{}).Count(&total).Error; err != nil {
			return 0, err
		}
		query = query.Limit(p.Size).Offset(p.Offset())
	}
	err := query.Order(order).Find(rows).Error
	if p.Whole() {
		total = int64(len(*rows))
	}
	return int(total), err
}

func (t *tx) ListPacticipantNames() ([]string, error) {
	return all(t, scanText, `SELECT name FROM pacticipant ORDER BY name_fold, name`)
}

func (t *tx) EnsurePacticipant(p kernel.Pacticipant) (kernel.Pacticipant, bool, error) {
	found, err := t.FindPacticipant(p.Name)
	if !kernel.IsNotFound(err) {
		return found, false, err
	}
	row := pacticipantToRow(p)
	row.UpdatedAt = row.CreatedAt
	created := t.db().Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
	if created.Error != nil {
		return found, false, created.Error
	}
	found, err = t.FindPacticipant(p.Name)
	if kernel.IsNotFound(err) {
		err = goneSince(kernel.RowPacticipant)
	}
	return found, created.RowsAffected > 0, err
}

func (t *tx) SavePacticipant(p kernel.Pacticipant) error {
	if err := t.Lock(kernel.ToChange, p.Row()); err != nil {
		return err
	}
	before, err := t.FindPacticipantByID(p.ID)
	if err != nil {
		return err
	}
	row := pacticipantToRow(p)
	if err := changedBy(kernel.RowPacticipant, t.db().Model(&row).Select("display_name", "main_branch", "repository_url", "repository_name",
		"repository_namespace", "updated_at").Updates(&row)); err != nil {
		return err
	}
	if before.MainBranch == p.MainBranch {
		return nil
	}
	if err := t.moveMain(p.ID); err != nil {
		return err
	}
	return t.recomputeMain(p.ID)
}

// IsUnclaimed implements kernel.Pacticipants.
func (t *tx) IsUnclaimed(pacticipantID int64) (free bool, err error) {
	return free, t.row(`SELECT EXISTS (SELECT 1 FROM pacticipant p WHERE p.id = $1 AND p.created_by = ''
		AND NOT EXISTS (SELECT 1 FROM version v WHERE v.pacticipant_id = p.id))`, []any{pacticipantID}, &free)
}

// HasMade implements kernel.Pacticipants.
func (t *tx) HasMade(principal string) (made bool, err error) {
	return made, t.row(`SELECT EXISTS (SELECT 1 FROM pacticipant WHERE created_by = $1)`, []any{principal}, &made)
}

// Claim implements kernel.Pacticipants.
func (t *tx) Claim(pacticipantID int64, principal string) error {
	return t.changed(kernel.RowPacticipant, `UPDATE pacticipant SET created_by = $2 WHERE id = $1`, pacticipantID, principal)
}

func (t *tx) DeletePacticipant(id int64) error {
	// Whoever may write what a team has must not go on with one that gets the name later.
	if n, err := t.exec(`DELETE FROM team_pacticipant WHERE pacticipant_id = $1`, id); err != nil {
		return err
	} else if n > 0 {
		if err := t.identityChanged(); err != nil {
			return err
		}
	}
	return t.changed(kernel.RowPacticipant, `DELETE FROM pacticipant WHERE id = $1`, id)
}

func (t *tx) EnsureLabel(pacticipantID int64, name string, at time.Time) (kernel.Label, bool, error) {
	created := t.db().Clauses(clause.OnConflict{DoNothing: true}).
		Create(&labelRow{PacticipantID: pacticipantID, Name: name, CreatedAt: momentOf(at)})
	if created.Error != nil {
		return kernel.Label{}, false, created.Error
	}
	label, err := t.FindLabel(pacticipantID, name)
	if kernel.IsNotFound(err) {
		err = goneSince("label")
	}
	return label, created.RowsAffected > 0, err
}

func (t *tx) FindLabel(pacticipantID int64, name string) (kernel.Label, error) {
	return one(t, scanLabel, selectLabel+`WHERE l.pacticipant_id = $1 AND l.name = $2`, pacticipantID, name)
}

const selectLabel = `SELECT l.name, p.name, l.created_at FROM label l JOIN pacticipant p ON p.id = l.pacticipant_id `

func scanLabel(row engine.Row) (l kernel.Label, err error) {
	return l, row.Scan(&l.Name, &l.Pacticipant, stamp{&l.CreatedAt})
}

func (t *tx) DeleteLabel(pacticipantID int64, name string) error {
	deleted := t.db().Where("pacticipant_id = ? AND name = ?", pacticipantID, name).Delete(&labelRow{})
	if deleted.Error == nil && deleted.RowsAffected == 0 {
		return notFound()
	}
	return deleted.Error
}

func (t *tx) ListLabelNames(p kernel.Page) ([]string, int, error) {
	query := t.db().Table("(SELECT DISTINCT name FROM label) AS l").Select("name")
	var names []string
	total, err := page(query, p, "name", &names)
	return names, total, err
}

func (t *tx) LabelsOf(pacticipantIDs []int64) (map[int64][]kernel.Label, error) {
	type owned struct {
		id    int64
		label kernel.Label
	}
	found, err := all(t, func(row engine.Row) (o owned, err error) {
		return o, row.Scan(&o.id, &o.label.Name, &o.label.Pacticipant, stamp{&o.label.CreatedAt})
	}, `SELECT l.pacticipant_id, l.name, p.name, l.created_at FROM label l JOIN pacticipant p ON p.id = l.pacticipant_id
		WHERE l.pacticipant_id `+t.in(1)+` ORDER BY l.pacticipant_id, l.name`, t.ids(pacticipantIDs))
	out := make(map[int64][]kernel.Label, len(found))
	for _, o := range found {
		out[o.id] = append(out[o.id], o.label)
	}
	return out, err
}
