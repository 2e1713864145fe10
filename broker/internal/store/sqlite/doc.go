// Package sqlite runs transactions on a file of SQLite. It knows nothing of what
// is kept there.
//
// One connection writes, a few read, one copies the log beside them, and a
// handle of database/sql is for everything that is not the store's: migrations
// and the job queue. Each of the store's connections is a session, which keeps
// its statements prepared; a facade shows a session to who needs database/sql.
//
// Updates that arrive together share one transaction, each in a savepoint, so
// that they share one flush to disk: an Update returns after the flush that
// covers it. The default, synchronous=FULL, keeps acknowledged writes through a
// power failure.
package sqlite
