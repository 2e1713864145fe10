package broker

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/store"
)

// Why Backup and Restore refuse; see package store.
var (
	ErrNotSQLite  = store.ErrNotSQLite
	ErrExists     = store.ErrExists
	ErrNoDatabase = store.ErrNoDatabase
)

// Backup writes a copy of an SQLite database to a new file, also while a
// broker runs on it. The file appears whole or not at all.
func Backup(ctx context.Context, database, file string) error {
	return told(store.Backup(ctx, database, file))
}

// Restore puts a file that Backup wrote where a database should be and is not.
// No broker may run on it meanwhile.
func Restore(ctx context.Context, file, database string) error {
	return told(store.Restore(ctx, file, database))
}
