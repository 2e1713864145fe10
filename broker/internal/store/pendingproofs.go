package store

import (
	"fmt"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// ProofOf implements kernel.SelectorReader.
func (t *tx) ProofOf(contentIDs []int64, q kernel.ProofQuery) (map[int64]kernel.Proof, error) {
	out := make(map[int64]kernel.Proof, len(contentIDs))
	if len(contentIDs) == 0 {
		return out, nil
	}
	query, args := t.proofQuery(contentIDs, q)
	type found struct {
		id    int64
		proof kernel.Proof
	}
	rows, err := all(t, func(row engine.Row) (found, error) {
		var f found
		return f, row.Scan(&f.id, &f.proof.Here, &f.proof.ElsewhereBefore, &f.proof.Anywhere)
	}, query, args...)
	for _, f := range rows {
		out[f.id] = f.proof
	}
	return out, err
}

// proofQuery asks at most two questions of each content, each answered by the
// first entries of an index.
func (t *tx) proofQuery(contentIDs []int64, q kernel.ProofQuery) (string, []any) {
	if q.Scope.Kind == kernel.ScopeNone {
		return `SELECT s.content_id, FALSE, FALSE, s.any_success_at IS NOT NULL FROM content_state s WHERE s.content_id ` + t.in(1),
			[]any{t.ids(contentIDs)}
	}
	args := []any{t.ids(contentIDs), q.Scope.ID}
	arg := func(value any) string {
		args = append(args, value)
		return fmt.Sprintf("$%d", len(args))
	}
	// The kind is written out: planners then know which part of the index.
	base := fmt.Sprintf(`EXISTS (SELECT 1 FROM content_scope_success s WHERE s.content_id = w.value AND s.scope = %d`, q.Scope.Kind)
	common := ""
	if q.Explicit {
		common = ` AND s.wip = FALSE`
	}
	if q.Explicit && !q.After.IsZero() {
		common += ` AND s.last_executed_at > ` + arg(t.at(q.After))
	}
	before := ""
	if !q.Before.IsZero() {
		column := "first_created_at"
		if q.Explicit {
			column = "first_executed_at"
		}
		before = fmt.Sprintf(` AND s.%s < %s`, column, arg(t.at(q.Before)))
	}
	return `SELECT w.value, ` + base + ` AND s.ref_id = $2` + common + `), ` +
		base + ` AND s.ref_id <> $2` + common + before + `), FALSE FROM ` + t.each(1) + ` w`, args
}

// each makes a table of one column, value, of the ids in parameter n.
func (t *tx) each(n int) string {
	if t.postgres() {
		return fmt.Sprintf("(SELECT unnest($%d::bigint[]) AS value)", n)
	}
	return fmt.Sprintf("json_each($%d)", n)
}
