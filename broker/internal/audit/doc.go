// Package audit keeps the record of who did what.
//
// A request that writes has an act in its context ([kernel.Act]). [Around] makes every
// transaction of such a context write one event with what it does, so that no use case
// has to think of it, and none can do without. A [Sealer] gives events their places in a
// chain of hashes afterwards, so that those who write do not wait for each other.
package audit
