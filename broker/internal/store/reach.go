package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// outdated is the code of the error that withinReach ends in: a division by zero.
const outdated = "22012"

// withinReach is asked at the beginning of each transaction on PostgreSQL, where
// a newer release may change the schema under a replica that runs: the server
// itself refuses what a treaty of this schema version ($1) does not know. A
// migration that takes something away first locks schema_reach, so that it waits
// for the transactions that have asked, and the next ones see what it changed.
const withinReach = `SELECT 1 / CASE WHEN oldest > $1::bigint THEN 0 ELSE 1 END FROM schema_reach`

// guard has withinReach asked with the first statement of a transaction.
func (s *Store) guard(ctx context.Context, q engine.Querier) error {
	if s.dialect != postgresDialect {
		return nil // a file has one broker
	}
	return q.Later(ctx, withinReach, []any{s.knows}, nil)
}

// errOutdated says that the schema has gone on without this program.
func errOutdated(knows int64) error {
	return kernel.Errorf(kernel.CodeUnavailable, "a newer treaty has changed the database, and this one, which knows schema version %d, "+
		"can no longer work with it: ask a replica of the newer release", knows).WithReason(kernel.ReasonOutdated)
}

// translate is the function of that name for what withinReach may refuse.
func (s *Store) translate(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == outdated {
		return errOutdated(s.knows)
	}
	return translate(err)
}

// newer decides about a database whose schema is newer than this program: it may
// work beside the newer release until a migration has taken away what it needs.
func newer(ctx context.Context, provider *goose.Provider, oldest func(context.Context) (int64, error)) (is bool, knows int64, err error) {
	found, knows, err := provider.GetVersions(ctx)
	if err != nil {
		return false, knows, fmt.Errorf("read the schema version: %w", err)
	}
	if found <= knows {
		return false, knows, nil
	}
	if reach, err := oldest(ctx); err == nil && reach <= knows {
		return true, knows, nil
	}
	return true, knows, fmt.Errorf("the database has schema version %d, this treaty knows %d: start the newer treaty that made it, or restore a backup", found, knows)
}
