package store

import (
	"context"
	"time"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// Beat says that the replica lives, and how many changes it has made, and returns
// how often each of the others said so. It is one of many and need not outlive the server, so that it waits for no
// flush to disk and for no standby. On SQLite there are no others.
func (s *Store) Beat(ctx context.Context, replica string) (others map[string]int64, err error) {
	if s.dialect == sqliteDialect {
		return nil, nil
	}
	told := map[string]int64{}
	err = s.engine.Update(ctx, func(ctx context.Context, q engine.Querier) error {
		others = map[string]int64{}
		clear(told)
		if err := s.guard(ctx, q); err != nil {
			return err
		}
		if err := q.Later(ctx, `SET LOCAL synchronous_commit = off`, nil, nil); err != nil {
			return err
		}
		if err := q.Later(ctx, `INSERT INTO replica (id, beat, schema_version, changes, release, since) VALUES ($1, 1, $2, $3, $4, now())
			ON CONFLICT (id) DO UPDATE SET beat = replica.beat + 1, changes = excluded.changes`, []any{replica, s.knows, s.changes.count(), s.options.Release}, nil); err != nil {
			return err
		}
		return q.Query(ctx, `SELECT id, beat, changes FROM replica WHERE id <> $1`, []any{replica}, func(row engine.Row) (bool, error) {
			var id string
			var beat, changes int64
			err := row.Scan(&id, &beat, &changes)
			others[id], told[id] = beat, changes
			return true, err
		})
	})
	if err == nil {
		s.changes.hear(told)
	}
	return others, s.translate(err)
}

// TakeOver gives to the others what a replica had under way that has not lived
// since that beat: webhooks, periodic work, and the lead of the job queue. It
// does nothing and returns false if the replica lives or another took over.
func (s *Store) TakeOver(ctx context.Context, replica string, beat int64) (webhooks int64, taken bool, err error) {
	err = s.engine.Update(ctx, func(ctx context.Context, q engine.Querier) error {
		gone, err := q.Exec(ctx, `DELETE FROM replica WHERE id = $1 AND beat = $2`, []any{replica, beat})
		if taken = gone > 0; err != nil || !taken {
			return err
		}
		webhooks, err = s.free(ctx, q, replica)
		return err
	})
	return webhooks, taken, translate(err)
}

// Leave ends the life of the replica. Nothing of what it had under way runs any
// more.
func (s *Store) Leave(ctx context.Context, replica string) error {
	return translate(s.engine.Update(ctx, func(ctx context.Context, q engine.Querier) error {
		if _, err := q.Exec(ctx, `DELETE FROM replica WHERE id = $1`, []any{replica}); err != nil {
			return err
		}
		_, err := s.free(ctx, q, replica)
		return err
	}))
}

// Resume frees what was under way when the broker of an SQLite file ended: a file
// has one broker, so that none of it runs elsewhere. On PostgreSQL it does
// nothing: there the replicas watch each other.
func (s *Store) Resume(ctx context.Context) error {
	if s.dialect != sqliteDialect {
		return nil
	}
	return translate(s.engine.Update(ctx, func(ctx context.Context, q engine.Querier) error {
		if _, err := q.Exec(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'`, nil); err != nil {
			return err
		}
		_, err := q.Exec(ctx, `UPDATE periodic_work SET runner = NULL WHERE runner IS NOT NULL`, nil)
		return err
	}))
}

// Recall frees the webhooks that the replica has had under way for longer than that
// and does not know of: they were lost on their way to it. On SQLite nothing is
// lost between the file and its broker.
func (s *Store) Recall(ctx context.Context, replica string, known []int64, longer time.Duration) (webhooks int64, err error) {
	if s.dialect == sqliteDialect {
		return 0, nil
	}
	err = s.engine.Update(ctx, func(ctx context.Context, q engine.Querier) error {
		webhooks, err = q.Exec(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running' AND kind = 'webhook'
			AND attempted_by[array_upper(attempted_by, 1)] = $1 AND attempted_at < now() - $2 * interval '1 second' AND NOT (id = ANY($3))`,
			[]any{replica, longer.Seconds(), known})
		return err
	})
	return webhooks, s.translate(err)
}

// free takes from a replica all that it had under way. On SQLite the list of who
// attempted a job is JSON.
func (s *Store) free(ctx context.Context, q engine.Querier, replica string) (webhooks int64, err error) {
	last := `attempted_by[array_upper(attempted_by, 1)]`
	if s.dialect == sqliteDialect {
		last = `json_extract(attempted_by, '$[#-1]')`
	}
	webhooks, err = q.Exec(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running' AND `+last+` = $1`, []any{replica})
	if err != nil {
		return 0, err
	}
	for _, statement := range []string{`UPDATE periodic_work SET runner = NULL WHERE runner = $1`, `DELETE FROM river_leader WHERE leader_id = $1`} {
		if _, err := q.Exec(ctx, statement, []any{replica}); err != nil {
			return 0, err
		}
	}
	return webhooks, nil
}
