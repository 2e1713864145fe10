// Package store keeps the broker's data in SQLite or PostgreSQL, behind the
// port kernel.Store. It is the only package that knows GORM and SQL.
//
// What is read or written on every publication, result and can-i-deploy goes
// through prepared SQL, written once for both databases with $1 parameters;
// everything else goes through GORM on the same transaction.
//
// How a transaction is run is known to the packages below: sqlite and postgres,
// behind the interfaces of engine. Here is what the statements are about.
//
// # What waits
//
// Some rows are needed by every request of a branch, a content or a pair. A
// transaction writes them at its end, or before the first statement that could
// see them: each statement's text says which tables it touches (carefulquerier.go). The
// few hot paths that may leave this out have names (exemption).
//
// # PostgreSQL
//
// What a use case is going to ask it says at its start, and it is asked on one way
// to the server; rows that are certainly new have their identities with it, and
// their INSERTs go with the COMMIT (askahead.go).
//
// Rows that several requests may create at once are inserted with ON CONFLICT DO
// NOTHING and then read. Locks are taken in one order: pacticipants, version,
// branch, content, current rows, integration.
package store
