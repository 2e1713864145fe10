package broker

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/store"
)

// Why [Backup] and [Restore] refuse; ask with errors.Is. Nothing has been changed
// then.
var (
	// ErrNotSQLite means that the database is on PostgreSQL, whose own tools are
	// pg_dump and pg_restore.
	ErrNotSQLite = store.ErrNotSQLite
	// ErrExists means that there is a file already where one is to be written.
	ErrExists = store.ErrExists
	// ErrInUse means that another broker works on the SQLite file. [New] returns it too,
	// as the cause of a [*DatabaseError].
	ErrInUse = store.ErrInUse
	// ErrNoDatabase means that the file to read is missing, or is not the
	// database of a broker.
	ErrNoDatabase = store.ErrNoDatabase
)

// Backup writes a copy of an SQLite database, named as in [Options].Database, to a
// new file, also while a broker runs on it. The copy is of one moment, and the file
// appears whole or not at all. The error is [ErrNotSQLite], [ErrExists],
// [ErrNoDatabase] or the system's.
func Backup(ctx context.Context, database, file string) error {
	return told(store.Backup(ctx, database, file))
}

// Restore puts a file that [Backup] wrote where a database should be and is not.
// No broker may run on it meanwhile. A database of a newer broker than this one is
// refused. The error is [ErrNotSQLite], [ErrExists], [ErrInUse], [ErrNoDatabase] or the
// system's.
func Restore(ctx context.Context, file, database string) error {
	return told(store.Restore(ctx, file, database))
}
