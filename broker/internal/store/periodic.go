package store

import (
	"context"
	"time"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// PlanPeriodic makes work due at a time, unless it is due earlier already.
func (s *Store) PlanPeriodic(ctx context.Context, name string, due time.Time) error {
	return s.changePeriodic(ctx, nil, `INSERT INTO periodic_work (name, due_at) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < periodic_work.due_at`, name, s.dialect.time(due))
}

// ClaimPeriodic gives the work to the runner and returns true if it is due and
// nobody does it. A runner on PostgreSQL must have said that it lives: nobody
// would ever take the work over from one that is not known.
func (s *Store) ClaimPeriodic(ctx context.Context, name, runner string, now time.Time) (bool, error) {
	const free = ` FROM periodic_work WHERE name = $1 AND runner IS NULL AND due_at <= $2`
	due := false
	err := s.engine.View(ctx, func(ctx context.Context, q engine.Querier) error {
		return q.Query(ctx, `SELECT 1`+free, []any{name, s.dialect.time(now)}, func(engine.Row) (bool, error) {
			due = true
			return false, nil
		})
	})
	if err != nil || !due {
		return false, translate(err)
	}
	alive := ``
	if s.dialect == postgresDialect {
		alive = ` AND EXISTS (SELECT 1 FROM replica WHERE id = $3)`
	}
	var claimed int64
	err = s.changePeriodic(ctx, &claimed, `UPDATE periodic_work SET runner = $3
		WHERE name = $1 AND runner IS NULL AND due_at <= $2`+alive, name, s.dialect.time(now), runner)
	return claimed == 1, err
}

// FinishPeriodic takes the work from its runner and makes it due again.
func (s *Store) FinishPeriodic(ctx context.Context, name, runner string, due time.Time) error {
	return s.changePeriodic(ctx, nil, `UPDATE periodic_work SET runner = NULL, due_at = $3 WHERE name = $1 AND runner = $2`,
		name, runner, s.dialect.time(due))
}

func (s *Store) changePeriodic(ctx context.Context, changed *int64, query string, args ...any) error {
	return translate(s.engine.Update(ctx, func(ctx context.Context, q engine.Querier) error {
		n, err := q.Exec(ctx, query, args)
		if changed != nil {
			*changed = n
		}
		return err
	}))
}
