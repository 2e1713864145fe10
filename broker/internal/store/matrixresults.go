package store

import (
	"fmt"
	"strconv"

	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
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
	results, known := f.t.resultsSeen(q.Pairs)
	if known = known && !q.EveryResult; known {
		for _, r := range results {
			if !seen[r.ID] {
				seen[r.ID] = true
				out = append(out, r)
			}
		}
	}
	if len(q.Pairs) > 0 && !known {
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

const resultColumns = `SELECT r.id, r.content_id, r.success, r.telling, r.executed_at, r.created_at, r.provider_version_id`

// resultsOfPairs looks up each wanted pair by the key of the current results,
// or by provider version among all: a provider version has as many results as
// pacts, a content may have one for every build of years.
func (t *tx) resultsOfPairs(every bool) string {
	source := `verification_current k ON k.content_id = w.a AND k.provider_version_id = w.b JOIN verification r ON r.id = k.verification_id`
	if every {
		source = `verification r ON r.provider_version_id = w.b AND +r.content_id = w.a`
	}
	return resultColumns + ` FROM ` + t.pairTable() + ` ` + t.outerFirst() + ` ` + source
}

func (t *tx) pairArgs(pairs []matrix.Pair) []any {
	list := make([][2]int64, len(pairs))
	for i, p := range pairs {
		list[i] = [2]int64{p.Content, p.ProviderVersion}
	}
	return t.pairList(list)
}

// pairTable is the table w(a, b) of the pairs in the arguments of pairList. For
// SQLite they are the members of a JSON object, which it takes apart faster
// than lists in a list. A name may come twice.
func (t *tx) pairTable() string {
	if t.postgres() {
		return `unnest($1::bigint[], $2::bigint[]) AS w(a, b)`
	}
	return `(SELECT CAST(key AS INTEGER) AS a, value AS b FROM json_each($1)) AS w`
}

// outerFirst joins in the order written: SQLite knows nothing of the length of
// a JSON list.
func (t *tx) outerFirst() string {
	if t.postgres() {
		return "JOIN"
	}
	return "CROSS JOIN"
}

func (t *tx) pairList(pairs [][2]int64) []any {
	if t.postgres() {
		first, second := make([]int64, len(pairs)), make([]int64, len(pairs))
		for i, p := range pairs {
			first[i], second[i] = p[0], p[1]
		}
		return []any{first, second}
	}
	text := make([]byte, 0, 2+24*len(pairs))
	text = append(text, '{')
	for i, p := range pairs {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, '"')
		text = strconv.AppendInt(text, p[0], 10)
		text = append(text, '"', ':')
		text = strconv.AppendInt(text, p[1], 10)
	}
	return []any{string(append(text, '}'))}
}

func (t *tx) resultsBy(column string, q matrix.ResultQuery) string {
	source, id, key := `verification_current k JOIN verification r ON r.id = k.verification_id`, "k.verification_id", "k."
	if q.EveryResult {
		source, id, key = `verification r`, "r.id", "r."
	}
	query := resultColumns + ` FROM ` + source + ` WHERE ` + key + column + ` ` + t.in(1)
	if q.Max > 0 {
		if t.postgres() {
			id += " + 0" // or it would go through all results there are, the newest first
		}
		query += fmt.Sprintf(` ORDER BY %s DESC LIMIT %d`, id, q.Max)
	}
	return query
}

// scanMatrixResult reads a result; its number is its id.
func scanMatrixResult(row engine.Row) (matrix.Result, error) {
	var r matrix.Result
	err := row.Scan(&r.ID, &r.ContentID, &r.Success, &r.Telling, stamp{&r.ExecutedAt}, stamp{&r.CreatedAt}, &r.ProviderVersion.ID)
	r.Number = r.ID
	return r, err
}
