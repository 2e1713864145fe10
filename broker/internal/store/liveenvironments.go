package store

import (
	"sort"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const (
	livePlaces = `SELECT d.version_id, d.environment_id FROM deployed_current d WHERE d.version_id {ids}
		UNION ALL SELECT r.version_id, r.environment_id FROM released_version r WHERE r.version_id {ids} AND r.ended_at IS NULL`
	environmentsByID = `SELECT e.id, e.uuid, e.name, e.display_name, e.production, e.created_at, e.updated_at
		FROM environment e WHERE e.id {ids}`
)

// LiveEnvironmentsOf implements kernel.MatrixReader.
func (t *tx) LiveEnvironmentsOf(versionIDs []int64) (map[int64][]kernel.Environment, error) {
	out := map[int64][]kernel.Environment{}
	if len(versionIDs) == 0 {
		return out, nil
	}
	places, err := all(t, scanPair, t.withIDs(livePlaces), t.ids(versionIDs))
	if err != nil || len(places) == 0 {
		return out, err
	}
	environments, err := t.environmentsOf(places)
	if err != nil {
		return nil, err
	}
	seen := map[[2]int64]bool{}
	for _, place := range places {
		if e, found := environments[place[1]]; found && !seen[place] {
			seen[place] = true
			out[place[0]] = append(out[place[0]], e)
		}
	}
	for _, list := range out {
		sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	}
	return out, nil
}

// environmentsOf returns the environments of pairs of version and environment.
// Those read before in a transaction that only reads are known.
func (t *tx) environmentsOf(places [][2]int64) (map[int64]kernel.Environment, error) {
	ids := make([]int64, len(places))
	for i, place := range places {
		ids[i] = place[1]
	}
	if !t.reading || t.known.environments == nil {
		t.known.environments = map[int64]kernel.Environment{}
	}
	missing := unknownOf(ids, t.known.environments)
	if len(missing) == 0 {
		return t.known.environments, nil
	}
	found, err := all(t, func(row engine.Row) (kernel.Environment, error) {
		var e kernel.Environment
		return e, row.Scan(&e.ID, &e.UUID, &e.Name, &e.DisplayName, &e.Production, stamp{&e.CreatedAt}, stamp{&e.UpdatedAt})
	}, t.withIDs(environmentsByID), t.ids(missing))
	for _, e := range found {
		t.known.environments[e.ID] = e
	}
	return t.known.environments, err
}
