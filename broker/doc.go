// Package broker runs a broker inside a program: the database, the HTTP interface
// with its dashboard, the delivery of webhooks, the clean-up.
//
//	options := broker.DefaultOptions()
//	options.Port = 0
//	b, err := broker.New(ctx, options) // binds the port, opens the database
//	b.Start()                          // answers requests
//	defer b.Stop()                     // drains, closes
//
// [Run] does all of it until its context ends. A test has it in one line with
// package brokertest.
//
// What a broker knows is asked over HTTP, for which package client is the Go
// interface: there is no other way in. It speaks HTTP and no HTTPS, which a proxy
// before it does. Several brokers may share one PostgreSQL; an SQLite file belongs
// to one.
package broker
