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

// migrate brings the schema up to date. On PostgreSQL an advisory lock lets one
// replica do it while the others wait.
func migrate(ctx context.Context, d dialect, db *sql.DB, log *slog.Logger) error {
	provider, err := migrationProvider(d, db)
	if err != nil {
		return err
	}
	if err := refuseNewer(ctx, provider); err != nil {
		return err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate the schema: %w", err)
	}
	for _, r := range results {
		log.Info("schema migrated", "version", r.Source.Version, "took", r.Duration)
	}
	return nil
}

func migrationProvider(d dialect, db *sql.DB) (*goose.Provider, error) {
	folder, kind := "migrations/sqlite", goose.DialectSQLite3
	options := []goose.ProviderOption{goose.WithLogger(goose.NopLogger()), goose.WithVerbose(false)}
	if d == postgresDialect {
		folder, kind = "migrations/postgres", goose.DialectPostgres
		options = append(options, goose.WithSessionLocker(&migrationLock{db: db}))
	}
	files, err := fs.Sub(migrations, folder)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(kind, db, files, options...)
}

// refuseNewer stops an older program before it writes to a schema that it does
// not know.
func refuseNewer(ctx context.Context, provider *goose.Provider) error {
	found, known, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the schema version: %w", err)
	}
	if found > known {
		return fmt.Errorf("the database has schema version %d, this treaty knows %d: start the newer treaty that made it, or restore a backup", found, known)
	}
	return nil
}
