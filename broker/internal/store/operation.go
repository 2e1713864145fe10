package store

import (
	"fmt"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

var databaseSize = map[dialect]string{
	postgresDialect: `SELECT pg_database_size(current_database()), 0::bigint`,
	sqliteDialect:   `SELECT p.page_count * s.page_size, f.freelist_count * s.page_size FROM pragma_page_count() p, pragma_page_size() s, pragma_freelist_count() f`,
}

// DatabaseSize implements kernel.Operation.
func (t *tx) DatabaseSize() (bytes, free int64, err error) {
	size, err := one(t, scanPair, databaseSize[t.store.dialect])
	return size[0], size[1], err
}

// ListReplicas implements kernel.Operation.
func (t *tx) ListReplicas() ([]kernel.Replica, error) {
	return all(t, func(row engine.Row) (r kernel.Replica, err error) {
		return r, row.Scan(&r.Name, &r.Release, stamp{&r.Since})
	}, `SELECT id, release, since FROM replica ORDER BY since, id`)
}

// ListPeriodic implements kernel.Operation.
func (t *tx) ListPeriodic() ([]kernel.PeriodicWork, error) {
	return all(t, func(row engine.Row) (w kernel.PeriodicWork, err error) {
		return w, row.Scan(&w.Name, stamp{&w.Due}, &w.Runner)
	}, `SELECT name, due_at, COALESCE(runner, '') FROM periodic_work ORDER BY name`)
}

// FindWorkOutcome implements kernel.Operation.
func (t *tx) FindWorkOutcome(name string) (kernel.WorkOutcome, error) {
	return one(t, func(row engine.Row) (o kernel.WorkOutcome, err error) {
		return o, row.Scan(&o.Name, stamp{&o.BeganAt}, stamp{&o.EndedAt}, &o.Asked, &o.Failure, &o.Report)
	}, `SELECT name, began_at, ended_at, asked, failure, report FROM work_outcome WHERE name = $1`, name)
}

// SaveWorkOutcome implements kernel.Operation.
func (t *tx) SaveWorkOutcome(o kernel.WorkOutcome) error {
	_, err := t.exec(`INSERT INTO work_outcome (name, began_at, ended_at, asked, failure, report) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (name) DO UPDATE SET began_at = excluded.began_at, ended_at = excluded.ended_at, asked = excluded.asked, failure = excluded.failure, report = excluded.report`,
		o.Name, t.at(o.BeganAt), t.at(o.EndedAt), o.Asked, o.Failure, o.Report)
	return err
}

// OpenDeliveries implements kernel.Operation.
func (t *tx) OpenDeliveries(most int) (n int, oldest time.Time, err error) {
	err = t.row(`SELECT COUNT(*), MIN(o.created_at) FROM (SELECT created_at FROM triggered_webhook WHERE status IN ('not_run', 'retrying') ORDER BY created_at LIMIT $1) o`,
		[]any{most}, &n, stamp{&oldest})
	return n, oldest, err
}

// WeighPacticipant implements kernel.Operation.
func (t *tx) WeighPacticipant(id int64, most int) (w kernel.Weight, err error) {
	const ofPairs = `FROM integration i JOIN %s WHERE i.consumer_id = $1 UNION ALL SELECT 1 FROM integration i JOIN %[1]s WHERE i.provider_id = $1 AND i.consumer_id <> $1`
	pairs := func(join string) string { return fmt.Sprintf(ofPairs, join) }
	return w, t.weigh(most, []any{id}, []part{
		{&w.Versions, `FROM version WHERE pacticipant_id = $1`},
		{&w.Branches, `FROM branch WHERE pacticipant_id = $1`},
		{&w.Tags, `FROM tag_head WHERE pacticipant_id = $1`},
		{&w.Pairs, `FROM integration WHERE consumer_id = $1 UNION ALL SELECT 1 FROM integration WHERE provider_id = $1 AND consumer_id <> $1`},
		{&w.Contracts, pairs(`pact_current p ON p.provider_id = i.provider_id AND p.consumer_id = i.consumer_id`)},
		{&w.Results, pairs(`content k ON k.consumer_id = i.consumer_id AND k.provider_id = i.provider_id JOIN verification v ON v.content_id = k.id`)},
		{&w.Webhooks, `FROM webhook WHERE consumer_id = $1 OR provider_id = $1`},
		{&w.Deliveries, `FROM triggered_webhook WHERE consumer_id = $1 UNION ALL SELECT 1 FROM triggered_webhook WHERE provider_id = $1 AND consumer_id <> $1`},
		{&w.Deployments, `FROM deployed_current WHERE pacticipant_id = $1`},
		{&w.Releases, `FROM released_version WHERE pacticipant_id = $1 AND ended_at IS NULL`},
	})
}

// WeighIntegration implements kernel.Operation.
func (t *tx) WeighIntegration(consumerID, providerID int64, most int) (w kernel.Weight, err error) {
	return w, t.weigh(most, []any{consumerID, providerID}, []part{
		{&w.Contracts, `FROM pact_current WHERE consumer_id = $1 AND provider_id = $2`},
		{&w.Results, `FROM content k JOIN verification v ON v.content_id = k.id WHERE k.consumer_id = $1 AND k.provider_id = $2`},
		{&w.Webhooks, `FROM webhook WHERE consumer_id = $1 AND provider_id = $2`},
		{&w.Deliveries, `FROM triggered_webhook WHERE consumer_id = $1 AND provider_id = $2`},
	})
}

// WeighBranch implements kernel.Operation.
func (t *tx) WeighBranch(id int64, most int) (w kernel.Weight, err error) {
	return w, t.weigh(most, []any{id}, []part{{&w.Memberships, `FROM branch_version WHERE branch_id = $1`}})
}

// part is a count with the rows that it counts.
type part struct {
	into *int
	rows string
}

// weigh counts parts, each up to most, with one statement.
func (t *tx) weigh(most int, args []any, parts []part) error {
	counts, into := make([]string, len(parts)), make([]any, len(parts))
	for i, p := range parts {
		counts[i] = fmt.Sprintf(`(SELECT COUNT(*) FROM (SELECT 1 %s LIMIT %d) x)`, p.rows, most)
		into[i] = p.into
	}
	return t.row(`SELECT `+strings.Join(counts, ", "), args, into...)
}
