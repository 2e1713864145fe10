package engine

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

// Log logs statements as it is told to.
type Log struct {
	To         *slog.Logger
	Statements StatementLog
}

// Off says that no statement is logged.
func (l Log) Off() bool { return l.Statements == (StatementLog{}) }

// Of returns q with its statements logged.
func (l Log) Of(q Querier) Querier {
	if l.Off() {
		return q
	}
	return loggedQuerier{q, l}
}

// Note logs a statement that began at began and has ended now.
func (l Log) Note(ctx context.Context, query string, began time.Time) {
	took := time.Since(began)
	if level := l.Statements.Level; level != nil && l.To.Enabled(ctx, *level) {
		l.To.Log(ctx, *level, "statement", "took", took, "text", Squeeze(query))
	}
	if slow := l.Statements.SlowAfter; slow > 0 && took >= slow {
		l.To.WarnContext(ctx, "slow statement", "took", took, "text", Squeeze(query))
	}
}

// loggedQuerier logs the statements of a transaction.
type loggedQuerier struct {
	Querier
	log Log
}

func (q loggedQuerier) Exec(ctx context.Context, query string, args []any) (int64, error) {
	defer q.log.Note(ctx, query, time.Now())
	return q.Querier.Exec(ctx, query, args)
}

func (q loggedQuerier) Insert(ctx context.Context, query string, args []any) (int64, error) {
	defer q.log.Note(ctx, query, time.Now())
	return q.Querier.Insert(ctx, query, args)
}

func (q loggedQuerier) Query(ctx context.Context, query string, args []any, each func(Row) (bool, error)) error {
	defer q.log.Note(ctx, query, time.Now())
	return q.Querier.Query(ctx, query, args, each)
}

func (q loggedQuerier) Later(ctx context.Context, query string, args []any, each func(Row) (bool, error)) error {
	defer q.log.Note(ctx, query, time.Now())
	return q.Querier.Later(ctx, query, args, each)
}

// Squeeze folds white space, for messages.
func Squeeze(query string) string {
	out := make([]byte, 0, len(query))
	space := false
	for i := 0; i < len(query); i++ {
		switch c := query[i]; c {
		case ' ', '\n', '\t':
			space = len(out) > 0
		default:
			if space {
				out = append(out, ' ')
				space = false
			}
			out = append(out, c)
		}
	}
	return string(out)
}
