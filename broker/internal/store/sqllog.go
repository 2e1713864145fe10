package store

import (
	"context"
	"log/slog"
	"time"
)

// StatementLog says which statements are logged. Their texts are, their values
// never: they may hold what a webhook must keep secret.
type StatementLog struct {
	// Level is the level at which every statement is logged; nil logs none.
	Level *slog.Level
	// SlowAfter is how long a statement takes to be logged as a warning; 0 logs
	// none.
	SlowAfter time.Duration
}

// loggedQuerier logs the statements of a transaction.
type loggedQuerier struct {
	querier
	store *Store
}

// logged returns q with its statements logged as the options say.
func (s *Store) logged(q querier) querier {
	if s.options.Statements == (StatementLog{}) {
		return q
	}
	return loggedQuerier{q, s}
}

func (q loggedQuerier) exec(ctx context.Context, query string, args []any) (int64, error) {
	defer q.store.note(ctx, query, time.Now())
	return q.querier.exec(ctx, query, args)
}

func (q loggedQuerier) insert(ctx context.Context, query string, args []any) (int64, error) {
	defer q.store.note(ctx, query, time.Now())
	return q.querier.insert(ctx, query, args)
}

func (q loggedQuerier) query(ctx context.Context, query string, args []any, each func(scanner) (bool, error)) error {
	defer q.store.note(ctx, query, time.Now())
	return q.querier.query(ctx, query, args, each)
}

// note logs a statement that began at began and has ended now.
func (s *Store) note(ctx context.Context, query string, began time.Time) {
	took := time.Since(began)
	if level := s.options.Statements.Level; level != nil && s.log.Enabled(ctx, *level) {
		s.log.Log(ctx, *level, "statement", "took", took, "text", squeeze(query))
	}
	if slow := s.options.Statements.SlowAfter; slow > 0 && took >= slow {
		s.log.WarnContext(ctx, "slow statement", "took", took, "text", squeeze(query))
	}
}
