package store

import (
	"encoding/json"
	"fmt"
	"sort"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/matrix"
)

// ListResults implements matrix.Reader.
func (f facts) ListResults(q matrix.ResultQuery) ([]matrix.Result, error) {
	var out []matrix.Result
	seen := map[int64]bool{}
	add := func(query string, args ...any) error {
		found, err := all(f.t, scanMatrixResult, query, args...)
		for _, r := range found {
			if !seen[r.ID] {
				seen[r.ID] = true
				out = append(out, r)
			}
		}
		return err
	}
	if len(q.Pairs) > 0 {
		if err := add(f.t.resultsOfPairs(q.EveryResult), f.t.pairArgs(q.Pairs)...); err != nil {
			return nil, err
		}
	}
	if len(q.Contents) > 0 {
		if err := add(f.t.resultsBy("content_id", q), f.t.ids(q.Contents)); err != nil {
			return nil, err
		}
	}
	if len(q.ProviderVersions) > 0 {
		if err := add(f.t.resultsBy("provider_version_id", q), f.t.ids(q.ProviderVersions)); err != nil {
			return nil, err
		}
	}
	return out, f.t.completeResults(out)
}

// completeResults fills in the provider versions, which come as identities.
func (t *tx) completeResults(results []matrix.Result) error {
	ids := make([]int64, len(results))
	for i, r := range results {
		ids[i] = r.ProviderVersion.ID
	}
	if err := t.learnVersions(ids); err != nil {
		return err
	}
	for i := range results {
		results[i].ProviderVersion = t.known.versions[ids[i]]
	}
	return nil
}

const resultColumns = `SELECT r.id, r.content_id, r.success, r.executed_at, r.created_at, r.provider_version_id`

// resultsOfPairs looks up each wanted pair by the key of the current results,
// or by provider version among all: a provider version has as many results as
// pacts, a content may have one for every build of years.
func (t *tx) resultsOfPairs(every bool) string {
	wanted := `(SELECT json_extract(value, '$[0]') AS c, json_extract(value, '$[1]') AS v FROM json_each($1))`
	if t.postgres() {
		wanted = `unnest($1::bigint[], $2::bigint[])`
	}
	source := `verification_current k ON k.content_id = w.c AND k.provider_version_id = w.v JOIN verification r ON r.id = k.verification_id`
	if every {
		source = `verification r ON r.provider_version_id = w.v AND +r.content_id = w.c`
	}
	return resultColumns + ` FROM ` + wanted + ` AS w` + t.columnNames("c", "v") + ` ` + t.outerFirst() + ` ` + source
}

// columnNames names the columns of a table function; SQLite's subquery names
// its own.
func (t *tx) columnNames(first, second string) string {
	if t.postgres() {
		return fmt.Sprintf("(%s, %s)", first, second)
	}
	return ""
}

// outerFirst joins in the order written: SQLite knows nothing of the length of
// a JSON list.
func (t *tx) outerFirst() string {
	if t.postgres() {
		return "JOIN"
	}
	return "CROSS JOIN"
}

func (t *tx) pairArgs(pairs []matrix.Pair) []any {
	if t.postgres() {
		contents, versions := make([]int64, len(pairs)), make([]int64, len(pairs))
		for i, p := range pairs {
			contents[i], versions[i] = p.Content, p.ProviderVersion
		}
		return []any{contents, versions}
	}
	list := make([][2]int64, len(pairs))
	for i, p := range pairs {
		list[i] = [2]int64{p.Content, p.ProviderVersion}
	}
	text, _ := json.Marshal(list) // numbers always marshal
	return []any{string(text)}
}

func (t *tx) resultsBy(column string, q matrix.ResultQuery) string {
	source, id, key := `verification_current k JOIN verification r ON r.id = k.verification_id`, "k.verification_id", "k."
	if q.EveryResult {
		source, id, key = `verification r`, "r.id", "r."
	}
	query := resultColumns + ` FROM ` + source + ` WHERE ` + key + column + ` ` + t.in(1)
	if q.Max > 0 {
		query += fmt.Sprintf(` ORDER BY %s DESC LIMIT %d`, id, q.Max)
	}
	return query
}

// scanMatrixResult reads a result; its number is its id.
func scanMatrixResult(row scanner) (matrix.Result, error) {
	var r matrix.Result
	err := row.Scan(&r.ID, &r.ContentID, &r.Success, stamp{&r.ExecutedAt}, stamp{&r.CreatedAt}, &r.ProviderVersion.ID)
	r.Number = r.ID
	return r, err
}

// LiveEnvironmentsOf implements broker.MatrixReader.
func (t *tx) LiveEnvironmentsOf(versionIDs []int64) (map[int64][]broker.Environment, error) {
	out := map[int64][]broker.Environment{}
	if len(versionIDs) == 0 {
		return out, nil
	}
	type live struct {
		version     int64
		environment broker.Environment
	}
	rows, err := all(t, func(row scanner) (live, error) {
		var l live
		e := &l.environment
		return l, row.Scan(&l.version, &e.ID, &e.UUID, &e.Name, &e.DisplayName, &e.Production, stamp{&e.CreatedAt}, stamp{&e.UpdatedAt})
	}, t.withIDs(liveEnvironments), t.ids(versionIDs))
	if err != nil {
		return nil, err
	}
	seen := map[[2]int64]bool{}
	for _, l := range rows {
		if key := [2]int64{l.version, l.environment.ID}; !seen[key] {
			seen[key] = true
			out[l.version] = append(out[l.version], l.environment)
		}
	}
	for _, list := range out {
		sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	}
	return out, nil
}

const liveEnvironments = `SELECT l.version_id, e.id, e.uuid, e.name, e.display_name, e.production, e.created_at, e.updated_at
	FROM (SELECT d.version_id, d.environment_id FROM deployed_current d WHERE d.version_id {ids}
		UNION ALL SELECT r.version_id, r.environment_id FROM released_version r WHERE r.version_id {ids} AND r.ended_at IS NULL) l
	JOIN environment e ON e.id = l.environment_id`
