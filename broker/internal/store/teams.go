package store

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const selectTeam = `SELECT t.id, t.uuid, t.name, t.created_at FROM team t `

func scanTeam(row engine.Row) (m kernel.Team, err error) {
	return m, row.Scan(&m.ID, &m.UUID, &m.Name, stamp{&m.CreatedAt})
}

// FindTeam implements kernel.Teams.
func (t *tx) FindTeam(uuid string) (kernel.Team, error) {
	found, err := one(t, scanTeam, selectTeam+`WHERE t.uuid = $1`, uuid)
	if err != nil {
		return found, err
	}
	whole, err := t.wholeTeams([]kernel.Team{found})
	if err != nil {
		return found, err
	}
	return whole[0], nil
}

// ListTeams implements kernel.Teams.
func (t *tx) ListTeams(f kernel.TeamFilter) ([]kernel.Team, int, error) {
	where, args := `WHERE TRUE`, []any{}
	add := func(condition string, arg any) {
		args = append(args, arg)
		where += fmt.Sprintf(" AND "+condition, len(args))
	}
	if f.Search != "" {
		add(`t.name_fold LIKE $%d ESCAPE '\'`, contains(f.Search))
	}
	if f.Member != 0 {
		add(`t.id IN (SELECT team_id FROM team_member WHERE principal_id = $%d)`, f.Member)
	}
	if f.Application != "" {
		add(`t.id IN (SELECT a.team_id FROM team_pacticipant a JOIN pacticipant p ON p.id = a.pacticipant_id WHERE p.name = $%d)`, f.Application)
	}
	if f.Environment != 0 {
		add(`t.id IN (SELECT team_id FROM team_environment WHERE environment_id = $%d)`, f.Environment)
	}
	found, total, err := listPage(t, scanTeam, f.Page, selectTeam+where+` ORDER BY t.name_fold, t.name, t.id`, `SELECT count(*) FROM team t `+where, args)
	if err != nil {
		return nil, 0, err
	}
	found, err = t.wholeTeams(found)
	return found, total, err
}

// inTeam is something in a team.
type inTeam[T any] struct {
	team int64
	of   T
}

// wholeTeams adds to teams who is in them and what belongs to them.
func (t *tx) wholeTeams(teams []kernel.Team) ([]kernel.Team, error) {
	if len(teams) == 0 {
		return teams, nil
	}
	ids := make([]int64, len(teams))
	for i, m := range teams {
		ids[i] = m.ID
	}
	var (
		members      []inTeam[kernel.TeamMember]
		applications []inTeam[kernel.Party]
		environments []inTeam[kernel.TeamEnvironment]
	)
	err := t.Together(func() (err error) {
		members, err = all(t, func(row engine.Row) (m inTeam[kernel.TeamMember], err error) {
			return m, row.Scan(&m.team, &m.of.ID, &m.of.UUID, &m.of.Name, &m.of.Administers, &m.of.ByLogin)
		}, `SELECT m.team_id, p.id, p.uuid, p.name, m.administers, m.by_login FROM team_member m JOIN principal p ON p.id = m.principal_id
			WHERE m.team_id `+t.in(1)+` ORDER BY p.name_fold, p.name, p.id`, t.ids(ids))
		return err
	}, func() (err error) {
		applications, err = all(t, func(row engine.Row) (m inTeam[kernel.Party], err error) {
			return m, row.Scan(&m.team, &m.of.ID, &m.of.Name)
		}, `SELECT m.team_id, p.id, p.name FROM team_pacticipant m JOIN pacticipant p ON p.id = m.pacticipant_id
			WHERE m.team_id `+t.in(1)+` ORDER BY p.name_fold, p.name`, t.ids(ids))
		return err
	}, func() (err error) {
		environments, err = all(t, func(row engine.Row) (m inTeam[kernel.TeamEnvironment], err error) {
			return m, row.Scan(&m.team, &m.of.ID, &m.of.UUID, &m.of.Name)
		}, `SELECT m.team_id, e.id, e.uuid, e.name FROM team_environment m JOIN environment e ON e.id = m.environment_id
			WHERE m.team_id `+t.in(1)+` ORDER BY e.name, e.id`, t.ids(ids))
		return err
	})
	at := map[int64]*kernel.Team{}
	for i := range teams {
		at[teams[i].ID] = &teams[i]
	}
	for _, m := range members {
		at[m.team].Members = append(at[m.team].Members, m.of)
	}
	for _, m := range applications {
		at[m.team].Applications = append(at[m.team].Applications, m.of)
	}
	for _, m := range environments {
		at[m.team].Environments = append(at[m.team].Environments, m.of)
	}
	return teams, err
}

// CreateTeam implements kernel.Teams.
func (t *tx) CreateTeam(m kernel.Team) (kernel.Team, error) {
	if err := t.identityChanged(); err != nil {
		return m, err
	}
	id, err := t.insert(`INSERT INTO team (uuid, name, name_fold, created_at) VALUES ($1, $2, $3, $4)`, m.UUID, m.Name, fold(m.Name), t.at(m.CreatedAt))
	m.ID = id
	return m, err
}

// SaveTeam implements kernel.Teams.
func (t *tx) SaveTeam(m kernel.Team) error {
	if err := t.identityChanged(); err != nil {
		return err
	}
	if err := t.changed(kernel.RowTeam, `UPDATE team SET name = $2, name_fold = $3 WHERE id = $1`, m.ID, m.Name, fold(m.Name)); err != nil {
		return err
	}
	for _, table := range []string{"team_member", "team_pacticipant", "team_environment"} {
		if _, err := t.exec(`DELETE FROM `+table+` WHERE team_id = $1`, m.ID); err != nil {
			return err
		}
	}
	for _, member := range byID(m.Members, func(p kernel.TeamMember) int64 { return p.ID }) {
		if _, err := t.exec(`INSERT INTO team_member (team_id, principal_id, administers, by_login) VALUES ($1, $2, $3, $4)`, m.ID, member.ID, member.Administers, member.ByLogin); err != nil {
			return err
		}
	}
	for _, p := range byID(m.Applications, func(p kernel.Party) int64 { return p.ID }) {
		if _, err := t.exec(`INSERT INTO team_pacticipant (team_id, pacticipant_id) VALUES ($1, $2)`, m.ID, p.ID); err != nil {
			return err
		}
	}
	for _, e := range byID(m.Environments, func(e kernel.TeamEnvironment) int64 { return e.ID }) {
		if _, err := t.exec(`INSERT INTO team_environment (team_id, environment_id) VALUES ($1, $2)`, m.ID, e.ID); err != nil {
			return err
		}
	}
	return nil
}

// byID sorts things by their ids, in which order everybody locks rows, and leaves each
// once.
func byID[T any](things []T, id func(T) int64) []T {
	things = slices.SortedStableFunc(slices.Values(things), func(a, b T) int { return cmp.Compare(id(a), id(b)) })
	return slices.CompactFunc(things, func(a, b T) bool { return id(a) == id(b) })
}

// DeleteTeam implements kernel.Teams.
func (t *tx) DeleteTeam(id int64) error {
	if err := t.identityChanged(); err != nil {
		return err
	}
	if _, err := t.exec(`UPDATE webhook SET team = '' WHERE team = (SELECT uuid FROM team WHERE id = $1)`, id); err != nil {
		return err
	}
	return t.changed(kernel.RowTeam, `DELETE FROM team WHERE id = $1`, id)
}

// GuardedEnvironments implements kernel.Teams.
func (t *tx) GuardedEnvironments() ([]string, error) {
	return all(t, scanText, `SELECT e.uuid FROM environment e WHERE EXISTS (SELECT 1 FROM team_environment m WHERE m.environment_id = e.id) ORDER BY e.uuid`)
}

// SetEnvironmentTeams implements kernel.Teams.
func (t *tx) SetEnvironmentTeams(environmentID int64, teams []int64) error {
	if err := t.identityChanged(); err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM team_environment WHERE environment_id = $1`, environmentID); err != nil {
		return err
	}
	for _, id := range byID(slices.Clone(teams), func(id int64) int64 { return id }) {
		if _, err := t.exec(`INSERT INTO team_environment (team_id, environment_id) VALUES ($1, $2)`, id, environmentID); err != nil {
			return err
		}
	}
	return nil
}
