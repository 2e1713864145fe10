// Package identity keeps who may use a broker: system accounts, their roles, and the
// tokens by which they show who they are. What they may do then is decided by package
// access.
//
// A token's value is random and shown once; only its SHA-256 is stored. So nobody can
// read values out of a database or a backup, and there is no need for a slow hash.
package identity
