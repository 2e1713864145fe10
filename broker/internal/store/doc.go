// Package store keeps the broker's data in SQLite or PostgreSQL, behind the
// port kernel.Store. It is the only package that knows GORM and SQL.
//
// What is read or written on every publication, result and can-i-deploy goes
// through prepared SQL, written once for both databases with $1 parameters;
// everything else goes through GORM on the same transaction.
//
// # SQLite
//
// One connection writes, a few read. Updates that arrive together share one
// transaction, each in a savepoint, so that they share one flush to disk: an
// Update returns after the flush that covers it. The default, synchronous=FULL,
// keeps acknowledged writes through a power failure.
//
// # PostgreSQL
//
// Every Update is a transaction of its own and is run again after a deadlock
// or serialization failure. Rows that several requests may create at once are
// inserted with ON CONFLICT DO NOTHING and then read. Locks are taken in one
// order: pacticipants, version, branch, content, current rows, integration.
package store
