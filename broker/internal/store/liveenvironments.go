package store

import (
	"sort"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

var (
	livePlaces = &lookup[[2]int64]{query: `SELECT d.version_id, d.environment_id FROM deployed_current d WHERE d.version_id {ids}
		UNION ALL SELECT r.version_id, r.environment_id FROM released_version r WHERE r.version_id {ids} AND r.ended_at IS NULL`,
		scan: func(_ *tx, row engine.Row) ([2]int64, error) { return scanPair(row) },
		of:   func(place [2]int64) int64 { return place[0] },
	}
	environmentsByID = &lookup[kernel.Environment]{query: `SELECT e.id, e.uuid, e.name, e.display_name, e.production, e.created_at, e.updated_at
		FROM environment e WHERE e.id {ids}`,
		scan: func(_ *tx, row engine.Row) (e kernel.Environment, err error) {
			return e, row.Scan(&e.ID, &e.UUID, &e.Name, &e.DisplayName, &e.Production, stamp{&e.CreatedAt}, stamp{&e.UpdatedAt})
		},
		of: func(e kernel.Environment) int64 { return e.ID },
	}
)

// LiveEnvironmentsOf implements kernel.MatrixReader.
func (t *tx) LiveEnvironmentsOf(versionIDs []int64) (map[int64][]kernel.Environment, error) {
	out := map[int64][]kernel.Environment{}
	if len(versionIDs) == 0 {
		return out, nil
	}
	places, err := t.livePlacesOf(versionIDs)
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

// livePlacesOf returns versions with the environments where they are live.
func (t *tx) livePlacesOf(versionIDs []int64) (places [][2]int64, err error) {
	if places, known := livePlaces.seen(t, versionIDs); known {
		return places, nil
	}
	err = t.Together(func() (err error) {
		places, err = livePlaces.find(t, versionIDs)
		return err
	}, func() error {
		if !t.ways() {
			return nil
		}
		return environmentsByID.ahead(t, t.environmentsWhereLive(t.given(versionIDs)))()
	})
	return places, err
}

// environmentsWhereLive are the environments where versions are live.
func (t *tx) environmentsWhereLive(versions source) source {
	places := strings.ReplaceAll(livePlaces.query, "{ids}", versions.condition())
	return newSource(`SELECT l.environment_id FROM (`+places+`) l`, versions.args...)
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
	found, err := environmentsByID.find(t, missing)
	for _, e := range found {
		t.known.environments[e.ID] = e
	}
	return t.known.environments, err
}
