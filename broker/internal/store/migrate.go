package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// migrate brings the schema up to date and returns the schema version that this
// program knows. On PostgreSQL one replica does it while the others wait. A newer
// schema is left as it is.
func migrate(ctx context.Context, d dialect, db *sql.DB, log *slog.Logger) (knows int64, err error) {
	err = alone(ctx, d, db, func(ctx context.Context) error {
		knows, err = migrateAlone(ctx, d, db, log)
		return err
	})
	return knows, err
}

func migrateAlone(ctx context.Context, d dialect, db *sql.DB, log *slog.Logger) (knows int64, err error) {
	provider, err := migrationProvider(d, db)
	if err != nil {
		return 0, err
	}
	ahead, knows, err := newer(ctx, provider, func(ctx context.Context) (oldest int64, err error) {
		return oldest, db.QueryRowContext(ctx, `SELECT oldest FROM schema_reach`).Scan(&oldest)
	})
	if err != nil {
		return knows, err
	}
	if ahead {
		log.Warn("the database belongs to a newer treaty, which this one may work beside", "schema", knows)
		return knows, nil
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return knows, fmt.Errorf("migrate the schema: %w", err)
	}
	for _, r := range results {
		log.Info("schema migrated", "version", r.Source.Version, "took", r.Duration)
	}
	return knows, nil
}

func migrationProvider(d dialect, db *sql.DB) (*goose.Provider, error) {
	folder, kind := "migrations/sqlite", goose.DialectSQLite3
	options := []goose.ProviderOption{goose.WithLogger(goose.NopLogger()), goose.WithVerbose(false)}
	if d == postgresDialect {
		folder, kind = "migrations/postgres", goose.DialectPostgres
	}
	files, err := fs.Sub(migrations, folder)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(kind, db, files, options...)
}
